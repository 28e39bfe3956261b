-- The register by hand: what people say of companies, servers, packs, clients and licenses, what was bought, and
-- the tables that say who needs a license.
alter table companies add column contact_first_name text not null default '';
alter table companies add column contact_last_name text not null default '';
alter table companies add column email text not null default '';
alter table companies add column phone text not null default '';
alter table companies add column address text not null default '';
alter table companies add column country text not null default '';
alter table companies add column note text not null default '';
alter table companies add column retired_at integer;

alter table license_servers add column os_version text not null default '';
alter table license_servers add column country text not null default '';
alter table license_servers add column call_number text not null default '';
alter table license_servers add column note text not null default '';
alter table license_servers add column connection_method text not null default '' check (connection_method in ('', 'automatic', 'web', 'telephone'));
alter table license_servers add column discovery_scope text not null default '' check (discovery_scope in ('', 'workgroup', 'domain', 'forest'));
alter table license_servers add column retired_at integer;
create index license_servers_id_end on license_servers (substr(license_server_id, 31));

-- A purchase: what the company owns. `search` holds its numbers without blanks and hyphens.
create table agreements (
    id integer primary key,
    company_id integer not null references companies (id),
    program text not null check (program in ('retail', 'open_license', 'select', 'enterprise', 'campus', 'school', 'spla',
        'other')),
    license_number text not null,
    authorization_number text not null,
    agreement_number text not null,
    retail_code_end text not null,
    product_version text not null,
    license_type text not null check (license_type in ('per_device', 'per_user', 'other')),
    quantity integer not null,
    purchased_on text,
    transfer_policy text not null check (transfer_policy in ('one_time', 'ninety_day', 'none')),
    document text not null,
    note text not null,
    search text not null,
    created_at integer not null,
    retired_at integer
) strict;
create index agreements_company on agreements (company_id, id);
create index agreements_version on agreements (product_version, license_type, id);

alter table key_packs add column license_key_pack_id text;
alter table key_packs add column agreement_id integer references agreements (id);
alter table key_packs add column state text not null default 'installed' check (state in ('received', 'installed', 'removed', 'superseded', 'install_failed', 'void'));
alter table key_packs add column follow_up text not null default '' check (follow_up in ('', 'reissue_unissued', 'reinstall_or_migrate'));
alter table key_packs add column installed_on text;
alter table key_packs add column entered_by_hand integer not null default 0;
alter table key_packs add column note text not null default '';
create unique index key_packs_license_key_pack_id on key_packs (license_key_pack_id) where license_key_pack_id is not null;
create index key_packs_id_end on key_packs (substr(license_key_pack_id, 31));
create index key_packs_agreement on key_packs (agreement_id, id) where agreement_id is not null;
create index key_packs_state on key_packs (state, id);
create index key_packs_follow_up on key_packs (follow_up, id) where follow_up <> '';

create table product_versions (
    id integer primary key,
    version text not null unique,
    name text not null,
    per_device_name text not null,
    per_user_name text not null,
    product_code text not null,
    source text not null,
    note text not null
) strict;

-- Client operating systems, as far as licensing tells them apart.
create table os_families (
    id integer primary key,
    name text not null,
    name_key text not null unique,
    position integer not null,
    source text not null,
    retired_at integer
) strict;

-- Does a client of this family need a license on a session host that is Windows 2000, or a later one?
create table cal_needs (
    id integer primary key,
    os_family_id integer not null references os_families (id),
    host text not null check (host in ('2000', 'later')),
    need text not null check (need in ('needed', 'none', 'ask')),
    note text not null,
    source text not null,
    unique (os_family_id, host)
) strict;

-- Does a license of one version serve a session host of another?
create table cal_serves (
    id integer primary key,
    host text not null,
    cal text not null,
    serves text not null check (serves in ('yes', 'no', 'ask')),
    note text not null,
    source text not null,
    unique (host, cal)
) strict;

alter table clients add column fqdn text not null default '';
alter table clients add column site text not null default '';
alter table clients add column owner text not null default '';
alter table clients add column note text not null default '';
alter table clients add column local_license_by text not null default '';
alter table clients add column local_license_method text not null default '';
alter table clients add column local_license_backup text not null default '';
alter table clients add column os_family_id integer references os_families (id);
alter table clients add column status text not null default 'active' check (status in ('active', 'decommissioned', 'lost', 'reinstalled'));
alter table clients add column local_license text not null default 'unknown' check (local_license in ('unknown', 'present', 'removal_requested', 'removed', 'not_possible'));
alter table clients add column local_license_at integer;
alter table clients add column entered_by_hand integer not null default 0;
create index clients_status on clients (status, id);
create index clients_os_family on clients (os_family_id, id) where os_family_id is not null;

-- A seat is a lineage: `seat_id` is its first license; null: the license's own number.
alter table licenses add column seat_id integer references licenses (id);
alter table licenses add column predecessor_id integer references licenses (id);
alter table licenses add column transferred_at integer;
alter table licenses add column note text not null default '';
alter table licenses add column entered_by_hand integer not null default 0;
create index licenses_seat on licenses (seat_id, id) where seat_id is not null;
create index licenses_predecessor on licenses (predecessor_id) where predecessor_id is not null;

-- A pack that was entered by hand and one that an import shows: is it the same? (A question more.)
create table import_problems_wider (
    import_id integer not null,
    n integer not null,
    kind text not null check (kind in ('error', 'hardware_id', 'license_holder', 'license_server_id', 'entered_by_hand')),
    file_id integer,
    line integer,
    server_n integer,
    row_n integer,
    subject text not null,
    message text not null,
    settled text,
    primary key (import_id, n)
) strict, without rowid;
insert into import_problems_wider (import_id, n, kind, file_id, line, server_n, row_n, subject, message, settled)
select import_id, n, kind, file_id, line, server_n, row_n, subject, message, settled from import_problems;
drop table import_problems;
alter table import_problems_wider rename to import_problems;
create index import_problems_kind on import_problems (import_id, kind, n);
create index import_problems_subject on import_problems (subject, import_id);

insert into product_versions (version, name, per_device_name, per_user_name, product_code, source, note) values
    ('2000', 'Windows 2000 Server', 'Windows 2000 TS CAL', '', 'A02-5.00-S', 'KB 315262; observed product codes', ''),
    ('2003', 'Windows Server 2003', 'TS Per Device CAL', 'TS Per User CAL', 'A02-5.02-S', 'KB 823313; observed product codes', ''),
    ('2008', 'Windows Server 2008 or 2008 R2', 'TS or RDS Per Device CAL', 'TS or RDS Per User CAL', 'A02-6.00-S', 'Microsoft, Win32_TSLicenseKeyPack; observed product codes', '2008 and 2008 R2 take the same license.'),
    ('2012', 'Windows Server 2012', 'RDS Per Device CAL', 'RDS Per User CAL', 'A02-6.02-S', 'Microsoft, Win32_TSLicenseKeyPack; observed product codes', '2012 and 2012 R2 take the same license.'),
    ('2016', 'Windows Server 2016', 'RDS Per Device CAL', 'RDS Per User CAL', 'A02-10.00-S', 'Microsoft, Win32_TSLicenseKeyPack', 'The product code follows the pattern of the others.'),
    ('2019', 'Windows Server 2019', 'RDS Per Device CAL', 'RDS Per User CAL', 'A02-10.01-S', 'Microsoft, Win32_TSLicenseKeyPack; observed product codes', ''),
    ('2022', 'Windows Server 2022', 'RDS Per Device CAL', 'RDS Per User CAL', 'A02-10.02-S', 'Microsoft, Win32_TSLicenseKeyPack', 'The product code follows the pattern of the others.'),
    ('2025', 'Windows Server 2025', 'RDS Per Device CAL', 'RDS Per User CAL', 'A02-10.03-S', 'Microsoft, Win32_TSLicenseKeyPack', 'The product code follows the pattern of the others.');

insert into os_families (id, name, name_key, position, source) values
    (1, 'Windows 2000 Professional or Server', 'windows 2000 professional or server', 1, 'KB 315262'),
    (2, 'Windows XP Professional', 'windows xp professional', 2, 'KB 315262'),
    (3, 'Windows XP Home', 'windows xp home', 3, 'KB 315262'),
    (4, 'Windows 95, 98 or Me', 'windows 95, 98 or me', 4, 'KB 315262'),
    (5, 'Windows NT 4.0', 'windows nt 4.0', 5, 'KB 315262'),
    (6, 'Windows CE or thin client', 'windows ce or thin client', 6, 'KB 315262'),
    (7, 'Mac', 'mac', 7, 'KB 823313'),
    (8, 'Linux', 'linux', 8, 'KB 823313'),
    (9, 'MS-DOS', 'ms-dos', 9, 'KB 823313'),
    (10, 'Windows Vista or later, Professional or higher', 'windows vista or later, professional or higher', 10, 'public licensing threads'),
    (11, 'Windows Vista or later, Home', 'windows vista or later, home', 11, 'public licensing threads');

insert into cal_needs (os_family_id, host, need, note, source) values
    (1, '2000', 'none', 'Served from the built-in pool; rows of A02-5.00-EX may appear as issued.', 'KB 315262'),
    (1, 'later', 'needed', '', 'KB 823313'),
    (2, '2000', 'none', 'True only against a Windows 2000 terminal server.', 'KB 315262'),
    (2, 'later', 'needed', 'Windows Server 2003 ended the exemption.', 'KB 823313'),
    (3, '2000', 'needed', '', 'KB 315262'),
    (3, 'later', 'needed', '', 'KB 823313'),
    (4, '2000', 'needed', '', 'KB 315262'),
    (4, 'later', 'needed', '', 'KB 823313'),
    (5, '2000', 'needed', '', 'KB 315262'),
    (5, 'later', 'needed', '', 'KB 823313'),
    (6, '2000', 'needed', '', 'KB 315262'),
    (6, 'later', 'needed', '', 'KB 823313'),
    (7, '2000', 'needed', '', 'KB 823313'),
    (7, 'later', 'needed', '', 'KB 823313'),
    (8, '2000', 'needed', '', 'KB 823313'),
    (8, 'later', 'needed', '', 'KB 823313'),
    (9, '2000', 'needed', '', 'KB 823313'),
    (9, 'later', 'needed', '', 'KB 823313'),
    (10, '2000', 'ask', 'The exemption reaches only “a corresponding or later Professional operating system”: read your agreement.', 'public licensing threads'),
    (10, 'later', 'needed', '', 'KB 823313'),
    (11, '2000', 'needed', '', 'KB 315262'),
    (11, 'later', 'needed', '', 'KB 823313');

insert into cal_serves (host, cal, serves, note, source) values
    ('2000', '2000', 'yes', '', 'KB 315262'),
    ('2000', '2003', 'yes', 'By default, unless the policy “Prevent license upgrade” is on.', 'KB 823313'),
    ('2000', '2008', 'yes', '2008 license servers serve Windows 2000 hosts.', 'general knowledge'),
    ('2000', '2012', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2000', '2016', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2000', '2019', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2000', '2022', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2000', '2025', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2003', '2000', 'no', '', 'KB 823313'),
    ('2003', '2003', 'yes', '', 'KB 823313'),
    ('2003', '2008', 'yes', '2008 license servers serve 2003 hosts.', 'general knowledge'),
    ('2003', '2012', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2003', '2016', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2003', '2019', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2003', '2022', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2003', '2025', 'ask', 'Legally a downgrade; no longer supported.', 'general knowledge'),
    ('2008', '2000', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2008', '2003', 'no', 'A support table of Microsoft reads “2008 R2 and earlier”; that is loose wording.', 'general knowledge'),
    ('2008', '2008', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2008', '2012', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2008', '2016', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2008', '2019', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2008', '2022', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2008', '2025', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2012', '2000', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2012', '2003', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2012', '2008', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2012', '2012', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2012', '2016', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2012', '2019', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2012', '2022', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2012', '2025', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2016', '2000', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2016', '2003', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2016', '2008', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2016', '2012', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2016', '2016', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2016', '2019', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2016', '2022', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2016', '2025', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2019', '2000', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2019', '2003', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2019', '2008', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2019', '2012', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2019', '2016', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2019', '2019', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2019', '2022', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2019', '2025', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2022', '2000', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2022', '2003', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2022', '2008', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2022', '2012', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2022', '2016', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2022', '2019', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2022', '2022', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2022', '2025', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2025', '2000', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2025', '2003', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2025', '2008', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2025', '2012', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2025', '2016', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2025', '2019', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2025', '2022', 'no', '', 'Microsoft Learn, License your RDS deployment with client access licenses'),
    ('2025', '2025', 'yes', '', 'Microsoft Learn, License your RDS deployment with client access licenses');
