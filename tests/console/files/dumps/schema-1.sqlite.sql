PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'foundation','2026-11-24 10:28:42',1,X'1e3a399aec2ab70cedfca6e50af4e793f3a3c735c18bb4cf533269e0e6f4ae3b230d9e2d007e7778c1376567de35a29d',3996104);
CREATE TABLE users (
    id integer primary key,
    name text not null,
    name_key text not null unique,
    role text not null check (role in ('auditor', 'help_desk', 'admin')),
    password_hash text,
    created_at integer not null,
    disabled_at integer
) strict;
INSERT INTO users VALUES(1,'Ada','ada','admin','$argon2id$v=19$m=19456,t=2,p=1$hSaVf9ZSF3UyiWrNYny45A$yre2U7l+E5eQUj8Emx7kBh0pMp48e2dQnR4gP2duy0I',1795516122,NULL);
INSERT INTO users VALUES(2,'Hedda','hedda','help_desk','$argon2id$v=19$m=19456,t=2,p=1$tKkSb6L8GkDZ2pIWx1QM0Q$3BA94TFFOE4QzHC7C+dCFQhjX5wTPkyiPs5qalZGCRo',1795516123,1795516123);
CREATE TABLE sessions (
    id integer primary key,
    user_id integer not null references users (id),
    token_hash text not null unique,
    address text not null,
    browser text not null,
    created_at integer not null,
    last_used_at integer not null,
    ended_at integer
) strict;
CREATE TABLE one_time_links (
    id integer primary key,
    token_hash text not null unique,
    user_id integer references users (id),
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict;
CREATE TABLE sign_in_attempts (
    id integer primary key,
    at integer not null,
    account text not null,
    address text not null
) strict;
CREATE TABLE history (
    id integer primary key,
    at integer not null,
    effective_on text,
    actor text not null,
    action text not null,
    subject_kind text not null,
    subject_id integer not null,
    before text,
    after text,
    reason text,
    import_id integer,
    previous_hash text not null,
    hash text not null
) strict;
INSERT INTO history VALUES(1,1795516122,NULL,'reseat import','company added','company',1,NULL,'{"name":"My company"}',NULL,NULL,'','ce5b93287f0060fa25d2079c9b42128a1a02be9f69bf8a100c6add4e23326088');
INSERT INTO history VALUES(2,1795516122,NULL,'reseat import','license server added','license_server',1,NULL,'{"name":"LIC-01"}',NULL,1,'ce5b93287f0060fa25d2079c9b42128a1a02be9f69bf8a100c6add4e23326088','951a3b5efcd3c752ea1a7055fcc4401755f596c01383d114c1a7c7f751471a1e');
INSERT INTO history VALUES(3,1795516122,NULL,'reseat import','import applied','import',1,NULL,'{"captured_at":"2026-08-01T00:00:00Z","changed":0,"files":[{"name":"packs.csv","rows":3,"sha256":"7036759ff4a641049376ce5829411ae9986a2491c1ac970fabb9c9240e6b9588"},{"name":"issued.csv","rows":40,"sha256":"9a0d185a69b1da01616387b70530ce13f99972e1b3cf4c919fc6e73f26934afe"}],"gone":0,"left_out":0,"new":43,"older":0,"unchanged":0}',NULL,1,'951a3b5efcd3c752ea1a7055fcc4401755f596c01383d114c1a7c7f751471a1e','26ba82d526a33dc0408ce9f7e694dc53db21f93dc40c4471d3fcc7a93462a704');
INSERT INTO history VALUES(4,1795516122,NULL,'reseat import','client renamed','client',12,'{"name":"PC-012"}','{"name":"PC-012-NEW"}',NULL,2,'26ba82d526a33dc0408ce9f7e694dc53db21f93dc40c4471d3fcc7a93462a704','21cedfc76ee12ce875b81c1ecee9e3b3b80351eb0ee0d6e1cd0847267f42438e');
INSERT INTO history VALUES(5,1795516122,'2026-08-20','reseat import','license changed','license',24,'{"computer":"PC-012"}','{"computer":"PC-012-NEW"}',NULL,2,'21cedfc76ee12ce875b81c1ecee9e3b3b80351eb0ee0d6e1cd0847267f42438e','b519f4fc132ef0c02ff2a1448d60b4ec76533d78583c4471fe1c780348b4b826');
INSERT INTO history VALUES(6,1795516122,'2026-08-20','reseat import','license gone from the server','license',14,NULL,NULL,NULL,2,'b519f4fc132ef0c02ff2a1448d60b4ec76533d78583c4471fe1c780348b4b826','7d53208d830b9432c1d779230eef88439ed8fbdcc99959bc898fee15651dd2b5');
INSERT INTO history VALUES(7,1795516122,NULL,'reseat import','import applied','import',2,NULL,'{"captured_at":"2026-08-20T00:00:00Z","changed":1,"files":[{"name":"issued2.csv","rows":39,"sha256":"e980bd26f56b01918491f5e17e32a35a8a9d34d2be59d6b2fe41585cc08a7709"}],"gone":1,"left_out":0,"new":0,"older":0,"unchanged":38}',NULL,2,'7d53208d830b9432c1d779230eef88439ed8fbdcc99959bc898fee15651dd2b5','71b37ae8c852747c56c31d2dbabed4043c754aaf80573c9bec9cd315a9792e43');
INSERT INTO history VALUES(8,1795516122,NULL,'reseat user add','person added','user',1,NULL,'{"name":"Ada","role":"admin"}',NULL,NULL,'71b37ae8c852747c56c31d2dbabed4043c754aaf80573c9bec9cd315a9792e43','c458563955db8aff989b82e6fdca488d35185792912f62e390884d3e39018139');
INSERT INTO history VALUES(9,1795516123,NULL,'reseat user add','person added','user',2,NULL,'{"name":"Hedda","role":"help_desk"}',NULL,NULL,'c458563955db8aff989b82e6fdca488d35185792912f62e390884d3e39018139','ddf49979c80610cf6ae25bee8612b6f559bf6e50386287dba7392e7876d1eddf');
INSERT INTO history VALUES(10,1795516123,NULL,'reseat user disable','person disabled','user',2,NULL,NULL,NULL,NULL,'ddf49979c80610cf6ae25bee8612b6f559bf6e50386287dba7392e7876d1eddf','9f34502ceceb87f8517cc7639ab34bb96802e1c22ee03794f619163a2c415b9d');
CREATE TABLE history_subjects (
    kind text not null,
    id integer not null,
    line integer not null references history (id),
    primary key (kind, id, line)
) strict, without rowid;
INSERT INTO history_subjects VALUES('client',7,6);
INSERT INTO history_subjects VALUES('client',12,4);
INSERT INTO history_subjects VALUES('client',12,5);
INSERT INTO history_subjects VALUES('company',1,1);
INSERT INTO history_subjects VALUES('company',1,2);
INSERT INTO history_subjects VALUES('company',1,3);
INSERT INTO history_subjects VALUES('company',1,7);
INSERT INTO history_subjects VALUES('import',1,3);
INSERT INTO history_subjects VALUES('import',2,7);
INSERT INTO history_subjects VALUES('license',14,6);
INSERT INTO history_subjects VALUES('license',24,5);
INSERT INTO history_subjects VALUES('license_server',1,2);
INSERT INTO history_subjects VALUES('license_server',1,3);
INSERT INTO history_subjects VALUES('license_server',1,7);
INSERT INTO history_subjects VALUES('user',1,8);
INSERT INTO history_subjects VALUES('user',2,9);
INSERT INTO history_subjects VALUES('user',2,10);
CREATE TABLE history_tail (
    id integer primary key check (id = 1),
    line integer not null,
    at integer not null,
    hash text not null
) strict;
INSERT INTO history_tail VALUES(1,10,1795516123,'9f34502ceceb87f8517cc7639ab34bb96802e1c22ee03794f619163a2c415b9d');
CREATE TABLE companies (
    id integer primary key,
    name text not null,
    name_key text not null unique,
    created_at integer not null
) strict;
INSERT INTO companies VALUES(1,'My company','my company',1795516122);
CREATE TABLE license_servers (
    id integer primary key,
    company_id integer not null references companies (id),
    name text not null,
    name_key text not null,
    license_server_id text,
    product_id text,
    epoch integer not null default 1,
    revision integer not null default 0,
    packs_seen_at integer,
    licenses_seen_at integer,
    created_at integer not null,
    unique (company_id, name_key)
) strict;
INSERT INTO license_servers VALUES(1,1,'LIC-01','lic-01',NULL,NULL,1,2,1785542400,1787184000,1795516122);
CREATE TABLE key_packs (
    id integer primary key,
    server_id integer not null references license_servers (id),
    epoch integer not null,
    keypack_id integer,
    origin text not null check (origin in ('unknown', 'original', 'reissue', 'reinstall', 'migration',
        'conversion', 'built_in', 'temporary', 'over_used')),
    version text not null,
    license_type text not null check (license_type in ('per_device', 'per_user', 'other')),
    product_code text not null,
    product_version text not null,
    product_version_id integer,
    key_pack_type integer,
    product_type integer,
    type_and_model text not null,
    access_rights integer,
    quantity integer,
    issued integer,
    available integer,
    expires_at integer not null,
    described_at integer,
    first_import_id integer,
    created_at integer not null,
    gone_at integer,
    unique (id, version, license_type)
) strict;
INSERT INTO key_packs VALUES(1,1,1,4,'unknown','2022','per_device','A02-10.02-S','Windows Server 2022',7,2,0,'RDS Per Device CAL',7,100,27,73,253402300799,1795516122,1,1795516122,NULL);
INSERT INTO key_packs VALUES(2,1,1,5,'unknown','2022','per_device','A02-10.02-S','Windows Server 2022',7,2,0,'RDS Per Device CAL',7,50,13,37,253402300799,1795516122,1,1795516122,NULL);
INSERT INTO key_packs VALUES(3,1,1,6,'unknown','2022','per_device','A02-10.02-S','Windows Server 2022',7,2,0,'RDS Per Device CAL',7,25,0,25,253402300799,1795516122,1,1795516122,NULL);
CREATE TABLE key_pack_counts (
    key_pack_id integer not null references key_packs (id),
    captured_at integer not null,
    import_id integer not null,
    quantity integer,
    issued integer,
    available integer,
    primary key (key_pack_id, captured_at)
) strict, without rowid;
INSERT INTO key_pack_counts VALUES(1,1785542400,1,100,27,73);
INSERT INTO key_pack_counts VALUES(2,1785542400,1,50,13,37);
INSERT INTO key_pack_counts VALUES(3,1785542400,1,25,0,25);
CREATE TABLE clients (
    id integer primary key,
    company_id integer not null references companies (id),
    kind text not null check (kind in ('computer', 'user')),
    name text not null,
    name_key text not null,
    hardware_id text,
    identity text not null,
    search text not null,
    last_issued_at integer not null,
    first_import_id integer,
    created_at integer not null,
    unique (company_id, identity)
) strict;
INSERT INTO clients VALUES(1,1,'computer','PC-001','pc-001','00000000000000000000000000000001','h:00000000000000000000000000000001','pc-001 00000000000000000000000000000001',1782983662,1,1795516122);
INSERT INTO clients VALUES(2,1,'computer','PC-002','pc-002','00000000000000000000000000000002','h:00000000000000000000000000000002','pc-002 00000000000000000000000000000002',1783070062,1,1795516122);
INSERT INTO clients VALUES(3,1,'computer','PC-003','pc-003','00000000000000000000000000000003','h:00000000000000000000000000000003','pc-003 00000000000000000000000000000003',1783156462,1,1795516122);
INSERT INTO clients VALUES(4,1,'computer','PC-004','pc-004','00000000000000000000000000000004','h:00000000000000000000000000000004','pc-004 00000000000000000000000000000004',1783242862,1,1795516122);
INSERT INTO clients VALUES(5,1,'computer','PC-005','pc-005','00000000000000000000000000000005','h:00000000000000000000000000000005','pc-005 00000000000000000000000000000005',1783329262,1,1795516122);
INSERT INTO clients VALUES(6,1,'computer','PC-006','pc-006','00000000000000000000000000000006','h:00000000000000000000000000000006','pc-006 00000000000000000000000000000006',1783415662,1,1795516122);
INSERT INTO clients VALUES(7,1,'computer','PC-007','pc-007','00000000000000000000000000000007','h:00000000000000000000000000000007','pc-007 00000000000000000000000000000007',1783502062,1,1795516122);
INSERT INTO clients VALUES(8,1,'computer','PC-008','pc-008','00000000000000000000000000000008','h:00000000000000000000000000000008','pc-008 00000000000000000000000000000008',1783588462,1,1795516122);
INSERT INTO clients VALUES(9,1,'computer','PC-009','pc-009','00000000000000000000000000000009','h:00000000000000000000000000000009','pc-009 00000000000000000000000000000009',1783674862,1,1795516122);
INSERT INTO clients VALUES(10,1,'computer','PC-010','pc-010','0000000000000000000000000000000a','h:0000000000000000000000000000000a','pc-010 0000000000000000000000000000000a',1783761262,1,1795516122);
INSERT INTO clients VALUES(11,1,'computer','PC-011','pc-011','0000000000000000000000000000000b','h:0000000000000000000000000000000b','pc-011 0000000000000000000000000000000b',1783847662,1,1795516122);
INSERT INTO clients VALUES(12,1,'computer','PC-012-NEW','pc-012-new','0000000000000000000000000000000c','h:0000000000000000000000000000000c','pc-012-new 0000000000000000000000000000000c',1783934062,1,1795516122);
INSERT INTO clients VALUES(13,1,'computer','PC-013','pc-013','0000000000000000000000000000000d','h:0000000000000000000000000000000d','pc-013 0000000000000000000000000000000d',1784020462,1,1795516122);
INSERT INTO clients VALUES(14,1,'computer','PC-014','pc-014','0000000000000000000000000000000e','h:0000000000000000000000000000000e','pc-014 0000000000000000000000000000000e',1784106862,1,1795516122);
INSERT INTO clients VALUES(15,1,'computer','PC-015','pc-015','0000000000000000000000000000000f','h:0000000000000000000000000000000f','pc-015 0000000000000000000000000000000f',1784193262,1,1795516122);
INSERT INTO clients VALUES(16,1,'computer','PC-016','pc-016','00000000000000000000000000000010','h:00000000000000000000000000000010','pc-016 00000000000000000000000000000010',1784279662,1,1795516122);
INSERT INTO clients VALUES(17,1,'computer','PC-017','pc-017','00000000000000000000000000000011','h:00000000000000000000000000000011','pc-017 00000000000000000000000000000011',1784366062,1,1795516122);
INSERT INTO clients VALUES(18,1,'computer','PC-018','pc-018','00000000000000000000000000000012','h:00000000000000000000000000000012','pc-018 00000000000000000000000000000012',1784452462,1,1795516122);
INSERT INTO clients VALUES(19,1,'computer','PC-019','pc-019','00000000000000000000000000000013','h:00000000000000000000000000000013','pc-019 00000000000000000000000000000013',1784538862,1,1795516122);
INSERT INTO clients VALUES(20,1,'computer','PC-020','pc-020','00000000000000000000000000000014','h:00000000000000000000000000000014','pc-020 00000000000000000000000000000014',1784625262,1,1795516122);
INSERT INTO clients VALUES(21,1,'computer','PC-021','pc-021','00000000000000000000000000000015','h:00000000000000000000000000000015','pc-021 00000000000000000000000000000015',1784711662,1,1795516122);
INSERT INTO clients VALUES(22,1,'computer','PC-022','pc-022','00000000000000000000000000000016','h:00000000000000000000000000000016','pc-022 00000000000000000000000000000016',1784798062,1,1795516122);
INSERT INTO clients VALUES(23,1,'computer','PC-023','pc-023','00000000000000000000000000000017','h:00000000000000000000000000000017','pc-023 00000000000000000000000000000017',1784884462,1,1795516122);
INSERT INTO clients VALUES(24,1,'computer','PC-024','pc-024','00000000000000000000000000000018','h:00000000000000000000000000000018','pc-024 00000000000000000000000000000018',1784970862,1,1795516122);
INSERT INTO clients VALUES(25,1,'computer','PC-025','pc-025','00000000000000000000000000000019','h:00000000000000000000000000000019','pc-025 00000000000000000000000000000019',1785057262,1,1795516122);
INSERT INTO clients VALUES(26,1,'computer','PC-026','pc-026','0000000000000000000000000000001a','h:0000000000000000000000000000001a','pc-026 0000000000000000000000000000001a',1785143662,1,1795516122);
INSERT INTO clients VALUES(27,1,'computer','PC-027','pc-027','0000000000000000000000000000001b','h:0000000000000000000000000000001b','pc-027 0000000000000000000000000000001b',1785230062,1,1795516122);
INSERT INTO clients VALUES(28,1,'computer','PC-028','pc-028','0000000000000000000000000000001c','h:0000000000000000000000000000001c','pc-028 0000000000000000000000000000001c',1782897262,1,1795516122);
INSERT INTO clients VALUES(29,1,'computer','PC-029','pc-029','0000000000000000000000000000001d','h:0000000000000000000000000000001d','pc-029 0000000000000000000000000000001d',1782983662,1,1795516122);
INSERT INTO clients VALUES(30,1,'computer','PC-030','pc-030','0000000000000000000000000000001e','h:0000000000000000000000000000001e','pc-030 0000000000000000000000000000001e',1783070062,1,1795516122);
INSERT INTO clients VALUES(31,1,'computer','PC-031','pc-031','0000000000000000000000000000001f','h:0000000000000000000000000000001f','pc-031 0000000000000000000000000000001f',1783156462,1,1795516122);
INSERT INTO clients VALUES(32,1,'computer','PC-032','pc-032','00000000000000000000000000000020','h:00000000000000000000000000000020','pc-032 00000000000000000000000000000020',1783242862,1,1795516122);
INSERT INTO clients VALUES(33,1,'computer','PC-033','pc-033','00000000000000000000000000000021','h:00000000000000000000000000000021','pc-033 00000000000000000000000000000021',1783329262,1,1795516122);
INSERT INTO clients VALUES(34,1,'computer','PC-034','pc-034','00000000000000000000000000000022','h:00000000000000000000000000000022','pc-034 00000000000000000000000000000022',1783415662,1,1795516122);
INSERT INTO clients VALUES(35,1,'computer','PC-035','pc-035','00000000000000000000000000000023','h:00000000000000000000000000000023','pc-035 00000000000000000000000000000023',1783502062,1,1795516122);
INSERT INTO clients VALUES(36,1,'computer','PC-036','pc-036','00000000000000000000000000000024','h:00000000000000000000000000000024','pc-036 00000000000000000000000000000024',1783588462,1,1795516122);
INSERT INTO clients VALUES(37,1,'computer','PC-037','pc-037','00000000000000000000000000000025','h:00000000000000000000000000000025','pc-037 00000000000000000000000000000025',1783674862,1,1795516122);
INSERT INTO clients VALUES(38,1,'computer','PC-038','pc-038','00000000000000000000000000000026','h:00000000000000000000000000000026','pc-038 00000000000000000000000000000026',1783761262,1,1795516122);
INSERT INTO clients VALUES(39,1,'computer','PC-039','pc-039','00000000000000000000000000000027','h:00000000000000000000000000000027','pc-039 00000000000000000000000000000027',1783847662,1,1795516122);
INSERT INTO clients VALUES(40,1,'computer','PC-040','pc-040','00000000000000000000000000000028','h:00000000000000000000000000000028','pc-040 00000000000000000000000000000028',1783934062,1,1795516122);
create virtual table client_search using fts5 (search, content = 'clients', content_rowid = 'id', tokenize = 'trigram', detail = 'none', columnsize = 0);
CREATE TABLE hardware_id_rulings (
    company_id integer not null references companies (id),
    hardware_id text not null,
    ruling text not null check (ruling in ('one_computer', 'cloned')),
    ruled_at integer not null,
    ruled_by text not null,
    primary key (company_id, hardware_id)
) strict;
CREATE TABLE licenses (
    id integer primary key,
    key_pack_id integer not null,
    version text not null,
    license_type text not null,
    server_id integer not null references license_servers (id),
    license_number integer,
    client_id integer not null references clients (id),
    user_name text not null,
    computer text not null,
    hardware_id text not null,
    status integer not null,
    issued_at integer not null,
    expires_at integer not null,
    first_issued_at integer not null,
    first_seen_at integer not null,
    first_import_id integer,
    gone_at integer,
    foreign key (key_pack_id, version, license_type) references key_packs (id, version, license_type) on update cascade
) strict;
INSERT INTO licenses VALUES(1,1,'2022','per_device',1,28,28,'','PC-028','0000000000000000000000000000001c',2,1782897262,1788254062,1782897262,1785542400,1,NULL);
INSERT INTO licenses VALUES(2,1,'2022','per_device',1,1,1,'','PC-001','00000000000000000000000000000001',2,1782983662,1788340462,1782983662,1785542400,1,NULL);
INSERT INTO licenses VALUES(3,1,'2022','per_device',1,29,29,'','PC-029','0000000000000000000000000000001d',2,1782983662,1788340462,1782983662,1785542400,1,NULL);
INSERT INTO licenses VALUES(4,1,'2022','per_device',1,2,2,'','PC-002','00000000000000000000000000000002',2,1783070062,1788426862,1783070062,1785542400,1,NULL);
INSERT INTO licenses VALUES(5,2,'2022','per_device',1,30,30,'','PC-030','0000000000000000000000000000001e',2,1783070062,1788426862,1783070062,1785542400,1,NULL);
INSERT INTO licenses VALUES(6,2,'2022','per_device',1,3,3,'','PC-003','00000000000000000000000000000003',2,1783156462,1788513262,1783156462,1785542400,1,NULL);
INSERT INTO licenses VALUES(7,1,'2022','per_device',1,31,31,'','PC-031','0000000000000000000000000000001f',2,1783156462,1788513262,1783156462,1785542400,1,NULL);
INSERT INTO licenses VALUES(8,1,'2022','per_device',1,4,4,'','PC-004','00000000000000000000000000000004',2,1783242862,1788599662,1783242862,1785542400,1,NULL);
INSERT INTO licenses VALUES(9,1,'2022','per_device',1,32,32,'','PC-032','00000000000000000000000000000020',2,1783242862,1788599662,1783242862,1785542400,1,NULL);
INSERT INTO licenses VALUES(10,1,'2022','per_device',1,5,5,'','PC-005','00000000000000000000000000000005',2,1783329262,1788686062,1783329262,1785542400,1,NULL);
INSERT INTO licenses VALUES(11,2,'2022','per_device',1,33,33,'','PC-033','00000000000000000000000000000021',2,1783329262,1788686062,1783329262,1785542400,1,NULL);
INSERT INTO licenses VALUES(12,2,'2022','per_device',1,6,6,'','PC-006','00000000000000000000000000000006',2,1783415662,1788772462,1783415662,1785542400,1,NULL);
INSERT INTO licenses VALUES(13,1,'2022','per_device',1,34,34,'','PC-034','00000000000000000000000000000022',2,1783415662,1788772462,1783415662,1785542400,1,NULL);
INSERT INTO licenses VALUES(14,1,'2022','per_device',1,7,7,'','PC-007','00000000000000000000000000000007',2,1783502062,1788858862,1783502062,1785542400,1,1787184000);
INSERT INTO licenses VALUES(15,1,'2022','per_device',1,35,35,'','PC-035','00000000000000000000000000000023',2,1783502062,1788858862,1783502062,1785542400,1,NULL);
INSERT INTO licenses VALUES(16,1,'2022','per_device',1,8,8,'','PC-008','00000000000000000000000000000008',2,1783588462,1788945262,1783588462,1785542400,1,NULL);
INSERT INTO licenses VALUES(17,2,'2022','per_device',1,36,36,'','PC-036','00000000000000000000000000000024',2,1783588462,1788945262,1783588462,1785542400,1,NULL);
INSERT INTO licenses VALUES(18,2,'2022','per_device',1,9,9,'','PC-009','00000000000000000000000000000009',2,1783674862,1789031662,1783674862,1785542400,1,NULL);
INSERT INTO licenses VALUES(19,1,'2022','per_device',1,37,37,'','PC-037','00000000000000000000000000000025',2,1783674862,1789031662,1783674862,1785542400,1,NULL);
INSERT INTO licenses VALUES(20,1,'2022','per_device',1,10,10,'','PC-010','0000000000000000000000000000000a',2,1783761262,1789118062,1783761262,1785542400,1,NULL);
INSERT INTO licenses VALUES(21,1,'2022','per_device',1,38,38,'','PC-038','00000000000000000000000000000026',2,1783761262,1789118062,1783761262,1785542400,1,NULL);
INSERT INTO licenses VALUES(22,1,'2022','per_device',1,11,11,'','PC-011','0000000000000000000000000000000b',2,1783847662,1789204462,1783847662,1785542400,1,NULL);
INSERT INTO licenses VALUES(23,2,'2022','per_device',1,39,39,'','PC-039','00000000000000000000000000000027',2,1783847662,1789204462,1783847662,1785542400,1,NULL);
INSERT INTO licenses VALUES(24,2,'2022','per_device',1,12,12,'','PC-012-NEW','0000000000000000000000000000000c',2,1783934062,1789290862,1783934062,1785542400,1,NULL);
INSERT INTO licenses VALUES(25,1,'2022','per_device',1,40,40,'','PC-040','00000000000000000000000000000028',2,1783934062,1789290862,1783934062,1785542400,1,NULL);
INSERT INTO licenses VALUES(26,1,'2022','per_device',1,13,13,'','PC-013','0000000000000000000000000000000d',2,1784020462,1789377262,1784020462,1785542400,1,NULL);
INSERT INTO licenses VALUES(27,1,'2022','per_device',1,14,14,'','PC-014','0000000000000000000000000000000e',2,1784106862,1789463662,1784106862,1785542400,1,NULL);
INSERT INTO licenses VALUES(28,2,'2022','per_device',1,15,15,'','PC-015','0000000000000000000000000000000f',2,1784193262,1789550062,1784193262,1785542400,1,NULL);
INSERT INTO licenses VALUES(29,1,'2022','per_device',1,16,16,'','PC-016','00000000000000000000000000000010',2,1784279662,1789636462,1784279662,1785542400,1,NULL);
INSERT INTO licenses VALUES(30,1,'2022','per_device',1,17,17,'','PC-017','00000000000000000000000000000011',2,1784366062,1789722862,1784366062,1785542400,1,NULL);
INSERT INTO licenses VALUES(31,2,'2022','per_device',1,18,18,'','PC-018','00000000000000000000000000000012',2,1784452462,1789809262,1784452462,1785542400,1,NULL);
INSERT INTO licenses VALUES(32,1,'2022','per_device',1,19,19,'','PC-019','00000000000000000000000000000013',2,1784538862,1789895662,1784538862,1785542400,1,NULL);
INSERT INTO licenses VALUES(33,1,'2022','per_device',1,20,20,'','PC-020','00000000000000000000000000000014',2,1784625262,1789982062,1784625262,1785542400,1,NULL);
INSERT INTO licenses VALUES(34,2,'2022','per_device',1,21,21,'','PC-021','00000000000000000000000000000015',2,1784711662,1790068462,1784711662,1785542400,1,NULL);
INSERT INTO licenses VALUES(35,1,'2022','per_device',1,22,22,'','PC-022','00000000000000000000000000000016',2,1784798062,1790154862,1784798062,1785542400,1,NULL);
INSERT INTO licenses VALUES(36,1,'2022','per_device',1,23,23,'','PC-023','00000000000000000000000000000017',2,1784884462,1790241262,1784884462,1785542400,1,NULL);
INSERT INTO licenses VALUES(37,2,'2022','per_device',1,24,24,'','PC-024','00000000000000000000000000000018',2,1784970862,1790327662,1784970862,1785542400,1,NULL);
INSERT INTO licenses VALUES(38,1,'2022','per_device',1,25,25,'','PC-025','00000000000000000000000000000019',2,1785057262,1790414062,1785057262,1785542400,1,NULL);
INSERT INTO licenses VALUES(39,1,'2022','per_device',1,26,26,'','PC-026','0000000000000000000000000000001a',2,1785143662,1790500462,1785143662,1785542400,1,NULL);
INSERT INTO licenses VALUES(40,2,'2022','per_device',1,27,27,'','PC-027','0000000000000000000000000000001b',2,1785230062,1790586862,1785230062,1785542400,1,NULL);
CREATE TABLE imports (
    id integer primary key,
    state text not null check (state in ('receiving', 'reading', 'asking', 'ready', 'applying', 'applied',
        'nothing_to_do', 'discarded', 'failed')),
    source text not null,
    actor text not null,
    company_name text not null,
    server_name text not null,
    captured_at integer not null,
    time_zone text not null,
    date_order text,
    covers integer not null,
    captured_said integer not null default 0,
    accept_gone integer not null default 0,
    created_at integer not null,
    heartbeat_at integer not null,
    worker text not null,
    progress text not null default '',
    rows_total integer not null default 0,
    rows_done integer not null default 0,
    reading_since integer not null default 0,
    new_count integer not null default 0,
    changed_count integer not null default 0,
    unchanged_count integer not null default 0,
    gone_count integer not null default 0,
    older_count integer not null default 0,
    conflict_count integer not null default 0,
    error_count integer not null default 0,
    left_out_count integer not null default 0,
    message text not null default '',
    finished_at integer,
    finished_by text
) strict;
INSERT INTO imports VALUES(1,'applied','command line','reseat import','','LIC-01',1785542400,'UTC',NULL,0,1,0,1795516122,1795516122,'2222da642b2d','Comparing with the register',0,0,1795516122,43,0,0,0,0,0,0,0,'',1795516122,'reseat import');
INSERT INTO imports VALUES(2,'applied','command line','reseat import','','LIC-01',1787184000,'UTC',NULL,0,1,0,1795516122,1795516122,'e0636ad07139','Comparing with the register',0,0,1795516122,0,1,38,1,0,0,0,0,'',1795516122,'reseat import');
CREATE TABLE import_files (
    id integer primary key,
    import_id integer not null references imports (id),
    name text not null,
    size integer not null,
    sha256 text not null,
    kind text not null default '',
    described text not null default '',
    signature text not null default '',
    question text not null default '',
    inspection text not null default '',
    row_count integer not null default 0
) strict;
INSERT INTO import_files VALUES(1,1,'packs.csv',458,'7036759ff4a641049376ce5829411ae9986a2491c1ac970fabb9c9240e6b9588','key packs','UTF-8, separated by “,”','keypackid|description|keypacktype|producttype|productversion|productversionid|totallicenses|issuedlicenses|availablelicenses|expirationdate|accessrights|typeandmodel','','{"encoding":"utf8","shape":{"csv":{"delimiter":44}},"kind":"key_packs","headers":["KeyPackId","Description","KeyPackType","ProductType","ProductVersion","ProductVersionID","TotalLicenses","IssuedLicenses","AvailableLicenses","ExpirationDate","AccessRights","TypeAndModel"],"header_line":1,"sample":[["4","A02-10.02-S","2","0","Windows Server 2022","7","100","27","73","20380101000000.000000-000","7","RDS Per Device CAL"],["5","A02-10.02-S","2","0","Windows Server 2022","7","50","13","37","20380101000000.000000-000","7","RDS Per Device CAL"],["6","A02-10.02-S","2","0","Windows Server 2022","7","25","0","25","20380101000000.000000-000","7","RDS Per Device CAL"]],"rows":3,"dates":"none_needed","guess":null,"signature":"keypackid|description|keypacktype|producttype|productversion|productversionid|totallicenses|issuedlicenses|availablelicenses|expirationdate|accessrights|typeandmodel","servers":[],"blank_server_rows":3}',3);
INSERT INTO import_files VALUES(2,1,'issued.csv',4135,'9a0d185a69b1da01616387b70530ce13f99972e1b3cf4c919fc6e73f26934afe','licenses','UTF-8, separated by “,”','licenseid|keypackid|sissuedtouser|sissuedtocomputer|licensestatus|issuedate|expirationdate|shardwareid','','{"encoding":"utf8","shape":{"csv":{"delimiter":44}},"kind":"licenses","headers":["LicenseId","KeyPackId","sIssuedToUser","sIssuedToComputer","LicenseStatus","IssueDate","ExpirationDate","sHardwareId"],"header_line":1,"sample":[["1","4","","PC-001","2","20260702091422.000000+000","20260902091422.000000+000","00000000000000000000000000000001"],["2","4","","PC-002","2","20260703091422.000000+000","20260903091422.000000+000","00000000000000000000000000000002"],["3","5","","PC-003","2","20260704091422.000000+000","20260904091422.000000+000","00000000000000000000000000000003"],["4","4","","PC-004","2","20260705091422.000000+000","20260905091422.000000+000","00000000000000000000000000000004"],["5","4","","PC-005","2","20260706091422.000000+000","20260906091422.000000+000","00000000000000000000000000000005"]],"rows":40,"dates":"none_needed","guess":null,"signature":"licenseid|keypackid|sissuedtouser|sissuedtocomputer|licensestatus|issuedate|expirationdate|shardwareid","servers":[],"blank_server_rows":40}',40);
INSERT INTO import_files VALUES(3,2,'issued2.csv',4039,'e980bd26f56b01918491f5e17e32a35a8a9d34d2be59d6b2fe41585cc08a7709','licenses','UTF-8, separated by “,”','licenseid|keypackid|sissuedtouser|sissuedtocomputer|licensestatus|issuedate|expirationdate|shardwareid','','{"encoding":"utf8","shape":{"csv":{"delimiter":44}},"kind":"licenses","headers":["LicenseId","KeyPackId","sIssuedToUser","sIssuedToComputer","LicenseStatus","IssueDate","ExpirationDate","sHardwareId"],"header_line":1,"sample":[["1","4","","PC-001","2","20260702091422.000000+000","20260902091422.000000+000","00000000000000000000000000000001"],["2","4","","PC-002","2","20260703091422.000000+000","20260903091422.000000+000","00000000000000000000000000000002"],["3","5","","PC-003","2","20260704091422.000000+000","20260904091422.000000+000","00000000000000000000000000000003"],["4","4","","PC-004","2","20260705091422.000000+000","20260905091422.000000+000","00000000000000000000000000000004"],["5","4","","PC-005","2","20260706091422.000000+000","20260906091422.000000+000","00000000000000000000000000000005"]],"rows":39,"dates":"none_needed","guess":null,"signature":"licenseid|keypackid|sissuedtouser|sissuedtocomputer|licensestatus|issuedate|expirationdate|shardwareid","servers":[],"blank_server_rows":39}',39);
CREATE TABLE import_chunks (
    file_id integer not null references import_files (id),
    n integer not null,
    bytes blob not null,
    primary key (file_id, n)
) strict;
CREATE TABLE column_mappings (
    signature text not null primary key,
    mapping text not null,
    mapped_at integer not null,
    mapped_by text not null
) strict;
CREATE TABLE import_servers (
    import_id integer not null references imports (id),
    n integer not null,
    name text not null,
    name_key text not null,
    server_id integer,
    epoch integer not null default 1,
    revision integer not null default 0,
    license_server_id text not null default '',
    product_id text not null default '',
    has_packs integer not null default 0,
    has_licenses integer not null default 0,
    older_packs integer not null default 0,
    older_licenses integer not null default 0,
    new_epoch integer not null default 0,
    gone_packs integer not null default 0,
    gone_licenses integer not null default 0,
    live_packs integer not null default 0,
    live_licenses integer not null default 0,
    primary key (import_id, n)
) strict, without rowid;
INSERT INTO import_servers VALUES(1,1,'LIC-01','lic-01',1,1,0,'','',1,1,0,0,0,0,0,0,0);
INSERT INTO import_servers VALUES(2,1,'LIC-01','lic-01',1,1,1,'','',0,1,0,0,0,0,1,3,40);
CREATE TABLE import_key_packs (
    import_id integer not null,
    n integer not null,
    file_id integer not null,
    line integer not null,
    server_n integer not null,
    keypack_id integer,
    version text not null,
    license_type text not null,
    product_code text not null,
    product_version text not null,
    product_version_id integer,
    key_pack_type integer,
    product_type integer,
    type_and_model text not null,
    access_rights integer,
    quantity integer,
    issued integer,
    available integer,
    expires_at integer not null,
    described integer not null,
    outcome text not null,
    key_pack_id integer,
    primary key (import_id, n)
) strict, without rowid;
CREATE TABLE import_clients (
    import_id integer not null,
    n integer not null,
    identity text not null,
    kind text not null,
    name text not null,
    name_key text not null,
    hardware_id text,
    search text not null,
    issued_at integer not null,
    client_id integer,
    outcome text not null,
    primary key (import_id, n)
) strict, without rowid;
CREATE TABLE import_licenses (
    import_id integer not null,
    n integer not null,
    file_id integer not null,
    line integer not null,
    server_n integer not null,
    pack_n integer not null,
    client_n integer not null,
    license_number integer,
    user_name text not null,
    computer text not null,
    hardware_id text not null,
    status integer not null,
    issued_at integer not null,
    expires_at integer not null,
    outcome text not null,
    license_id integer,
    primary key (import_id, n)
) strict, without rowid;
CREATE TABLE import_gone (
    import_id integer not null,
    kind text not null,
    id integer not null,
    primary key (import_id, kind, id)
) strict, without rowid;
CREATE TABLE import_problems (
    import_id integer not null,
    n integer not null,
    kind text not null check (kind in ('error', 'hardware_id', 'license_holder', 'license_server_id')),
    file_id integer,
    line integer,
    server_n integer,
    row_n integer,
    subject text not null,
    message text not null,
    settled text,
    primary key (import_id, n)
) strict, without rowid;
CREATE INDEX sessions_user on sessions (user_id, id);
CREATE INDEX one_time_links_user on one_time_links (user_id);
CREATE INDEX sign_in_attempts_account on sign_in_attempts (account, at);
CREATE INDEX sign_in_attempts_address on sign_in_attempts (address, at);
CREATE INDEX sign_in_attempts_at on sign_in_attempts (at);
CREATE INDEX history_at on history (at, id);
CREATE INDEX history_actor on history (actor, id);
CREATE INDEX history_action on history (action, id);
CREATE INDEX history_import on history (import_id, id) where import_id is not null;
CREATE TRIGGER history_no_update before update on history
begin select raise(abort, 'history is never changed'); end;
CREATE TRIGGER history_no_delete before delete on history
begin select raise(abort, 'history is never deleted'); end;
CREATE TRIGGER history_subjects_no_update before update on history_subjects
begin select raise(abort, 'history is never changed'); end;
CREATE TRIGGER history_subjects_no_delete before delete on history_subjects
begin select raise(abort, 'history is never deleted'); end;
CREATE UNIQUE INDEX key_packs_number on key_packs (server_id, epoch, keypack_id) where keypack_id is not null;
CREATE INDEX key_packs_server on key_packs (server_id, id);
CREATE INDEX key_packs_version on key_packs (version, license_type, id);
CREATE INDEX key_packs_origin on key_packs (origin, id);
CREATE INDEX key_packs_expires on key_packs (expires_at, id);
CREATE INDEX clients_name on clients (name_key, id);
CREATE INDEX clients_hardware_id on clients (hardware_id) where hardware_id is not null;
CREATE INDEX clients_last_issued on clients (last_issued_at, id);
CREATE INDEX clients_company on clients (company_id, id);
CREATE INDEX clients_kind on clients (kind, id);
CREATE TRIGGER client_search_insert after insert on clients
begin insert into client_search (rowid, search) values (new.id, new.search); end;
CREATE TRIGGER client_search_update after update of search on clients
begin
    insert into client_search (client_search, rowid, search) values ('delete', old.id, old.search);
    insert into client_search (rowid, search) values (new.id, new.search);
end;
CREATE UNIQUE INDEX licenses_number on licenses (key_pack_id, license_number) where license_number is not null;
CREATE INDEX licenses_issued on licenses (issued_at, id) where gone_at is null;
CREATE INDEX licenses_expires on licenses (expires_at, id) where gone_at is null;
CREATE INDEX licenses_pack on licenses (key_pack_id, issued_at, id);
CREATE INDEX licenses_client on licenses (client_id, issued_at, id);
CREATE INDEX licenses_server on licenses (server_id, issued_at, id);
CREATE INDEX licenses_version on licenses (version, issued_at, id);
CREATE INDEX licenses_type on licenses (license_type, issued_at, id);
CREATE INDEX licenses_status on licenses (status, issued_at, id);
CREATE INDEX licenses_gone on licenses (gone_at, id) where gone_at is not null;
CREATE INDEX imports_state on imports (state, id);
CREATE INDEX import_files_import on import_files (import_id, id);
CREATE INDEX import_files_sha256 on import_files (sha256);
CREATE INDEX import_servers_server on import_servers (server_id, import_id);
CREATE INDEX import_key_packs_key on import_key_packs (import_id, server_n, keypack_id);
CREATE INDEX import_key_packs_pack on import_key_packs (import_id, key_pack_id);
CREATE INDEX import_key_packs_outcome on import_key_packs (import_id, outcome, n);
CREATE UNIQUE INDEX import_clients_identity on import_clients (identity, name_key, import_id);
CREATE INDEX import_clients_name on import_clients (name_key, import_id);
CREATE INDEX import_clients_outcome on import_clients (import_id, outcome, n);
CREATE INDEX import_licenses_key on import_licenses (pack_n, license_number, import_id);
CREATE INDEX import_licenses_license on import_licenses (license_id, import_id) where license_id is not null;
CREATE INDEX import_licenses_outcome on import_licenses (import_id, outcome, issued_at, n);
CREATE INDEX import_problems_kind on import_problems (import_id, kind, n);
CREATE INDEX import_problems_subject on import_problems (subject, import_id);
insert into client_search (client_search) values ('rebuild');
COMMIT;
