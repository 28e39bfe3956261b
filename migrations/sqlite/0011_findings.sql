-- Twins and ghosts: what imports show and somebody should look at, and what was said of each.
create table findings (
    id integer primary key,
    kind text not null check (kind in ('same_name', 'same_hardware_id', 'full_and_temporary', 'retired_holder', 'unseen',
        'user_spelling')),
    company_id integer not null references companies (id),
    server_id integer not null references license_servers (id),
    first_id integer not null,
    second_id integer not null,
    client_id integer not null references clients (id),
    other_client_id integer references clients (id),
    license_id integer references licenses (id),
    other_license_id integer references licenses (id),
    state text not null check (state in ('open', 'settled', 'dismissed', 'gone')),
    found_at integer not null,
    found_import_id integer references imports (id),
    gone_at integer,
    gone_import_id integer references imports (id),
    answered_at integer,
    answered_by text,
    answer text not null,
    looked integer not null,
    unique (kind, first_id, second_id)
) strict;
create index findings_state on findings (state, id);
create index findings_kind on findings (kind, id);
create index findings_company on findings (company_id, id);
create index findings_server on findings (server_id, id);
create index findings_client on findings (client_id, id);
create index findings_other_client on findings (other_client_id, id) where other_client_id is not null;

-- How often somebody has looked for them; whoever looks or answers holds this row, so that they take turns.
create table finding_looks (
    id integer primary key check (id = 1),
    looked integer not null
) strict;
insert into finding_looks (id, looked) values (1, 0);

-- One person under several spellings, found without reading the licenses themselves.
create index licenses_spelling on licenses (client_id, user_name) where license_type = 'per_user' and gone_at is null;
