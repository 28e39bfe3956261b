-- Where Reseat starts: people and their sessions, history, what license servers say, and the imports that say it.
create table users (
    id integer primary key,
    name text not null,
    name_key text not null unique,
    role text not null check (role in ('auditor', 'help_desk', 'admin')),
    password_hash text,
    created_at integer not null,
    disabled_at integer
) strict;

create table sessions (
    id integer primary key,
    user_id integer not null references users (id),
    token_hash text not null unique,
    address text not null,
    browser text not null,
    created_at integer not null,
    last_used_at integer not null,
    ended_at integer
) strict;
create index sessions_user on sessions (user_id, id);

create table one_time_links (
    id integer primary key,
    token_hash text not null unique,
    user_id integer references users (id),
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict;
create index one_time_links_user on one_time_links (user_id);

create table sign_in_attempts (
    id integer primary key,
    at integer not null,
    account text not null,
    address text not null
) strict;
create index sign_in_attempts_account on sign_in_attempts (account, at);
create index sign_in_attempts_address on sign_in_attempts (address, at);
create index sign_in_attempts_at on sign_in_attempts (at);

create table history (
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
create index history_at on history (at, id);
create index history_actor on history (actor, id);
create index history_action on history (action, id);
create index history_import on history (import_id, id) where import_id is not null;

create table history_subjects (
    kind text not null,
    id integer not null,
    line integer not null references history (id),
    primary key (kind, id, line)
) strict, without rowid;

-- The end of the chain, kept apart so that a missing last line is noticed.
create table history_tail (
    id integer primary key check (id = 1),
    line integer not null,
    at integer not null,
    hash text not null
) strict;
insert into history_tail (id, line, at, hash) values (1, 0, 0, '');

create trigger history_no_update before update on history
begin select raise(abort, 'history is never changed'); end;
create trigger history_no_delete before delete on history
begin select raise(abort, 'history is never deleted'); end;
create trigger history_subjects_no_update before update on history_subjects
begin select raise(abort, 'history is never changed'); end;
create trigger history_subjects_no_delete before delete on history_subjects
begin select raise(abort, 'history is never deleted'); end;

create table companies (
    id integer primary key,
    name text not null,
    name_key text not null unique,
    created_at integer not null
) strict;

create table license_servers (
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

create table key_packs (
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
create unique index key_packs_number on key_packs (server_id, epoch, keypack_id) where keypack_id is not null;
create index key_packs_server on key_packs (server_id, id);
create index key_packs_version on key_packs (version, license_type, id);
create index key_packs_origin on key_packs (origin, id);
create index key_packs_expires on key_packs (expires_at, id);

create table key_pack_counts (
    key_pack_id integer not null references key_packs (id),
    captured_at integer not null,
    import_id integer not null,
    quantity integer,
    issued integer,
    available integer,
    primary key (key_pack_id, captured_at)
) strict, without rowid;

create table clients (
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
create index clients_name on clients (name_key, id);
create index clients_hardware_id on clients (hardware_id) where hardware_id is not null;
create index clients_last_issued on clients (last_issued_at, id);
create index clients_company on clients (company_id, id);
create index clients_kind on clients (kind, id);

create virtual table client_search using fts5 (search, content = 'clients', content_rowid = 'id',
    tokenize = 'trigram', detail = 'none', columnsize = 0);
create trigger client_search_insert after insert on clients
begin insert into client_search (rowid, search) values (new.id, new.search); end;
create trigger client_search_update after update of search on clients
begin
    insert into client_search (client_search, rowid, search) values ('delete', old.id, old.search);
    insert into client_search (rowid, search) values (new.id, new.search);
end;

-- One hardware ID under several names: one computer that was renamed, or cloned images.
create table hardware_id_rulings (
    company_id integer not null references companies (id),
    hardware_id text not null,
    ruling text not null check (ruling in ('one_computer', 'cloned')),
    ruled_at integer not null,
    ruled_by text not null,
    primary key (company_id, hardware_id)
) strict;

create table licenses (
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
create unique index licenses_number on licenses (key_pack_id, license_number) where license_number is not null;
create index licenses_issued on licenses (issued_at, id) where gone_at is null;
create index licenses_expires on licenses (expires_at, id) where gone_at is null;
create index licenses_pack on licenses (key_pack_id, issued_at, id);
create index licenses_client on licenses (client_id, issued_at, id);
create index licenses_server on licenses (server_id, issued_at, id);
create index licenses_version on licenses (version, issued_at, id);
create index licenses_type on licenses (license_type, issued_at, id);
create index licenses_status on licenses (status, issued_at, id);
create index licenses_gone on licenses (gone_at, id) where gone_at is not null;

create table imports (
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
create index imports_state on imports (state, id);

create table import_files (
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
create index import_files_import on import_files (import_id, id);
create index import_files_sha256 on import_files (sha256);

create table import_chunks (
    file_id integer not null references import_files (id),
    n integer not null,
    bytes blob not null,
    primary key (file_id, n)
) strict;

create table column_mappings (
    signature text not null primary key,
    mapping text not null,
    mapped_at integer not null,
    mapped_by text not null
) strict;

-- The servers that an import speaks of; n numbers them within it.
create table import_servers (
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
create index import_servers_server on import_servers (server_id, import_id);

create table import_key_packs (
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
create index import_key_packs_key on import_key_packs (import_id, server_n, keypack_id);
create index import_key_packs_pack on import_key_packs (import_id, key_pack_id);
create index import_key_packs_outcome on import_key_packs (import_id, outcome, n);

create table import_clients (
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
-- These indexes begin with what is looked for: an import's number alone says nothing among its own rows.
create unique index import_clients_identity on import_clients (identity, name_key, import_id);
create index import_clients_name on import_clients (name_key, import_id);
create index import_clients_outcome on import_clients (import_id, outcome, n);

create table import_licenses (
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
create index import_licenses_key on import_licenses (pack_n, license_number, import_id);
create index import_licenses_license on import_licenses (license_id, import_id) where license_id is not null;
create index import_licenses_outcome on import_licenses (import_id, outcome, issued_at, n);

create table import_gone (
    import_id integer not null,
    kind text not null,
    id integer not null,
    primary key (import_id, kind, id)
) strict, without rowid;

-- What keeps an import from being applied: rows with errors, and questions that a person settles.
create table import_problems (
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
create index import_problems_kind on import_problems (import_id, kind, n);
create index import_problems_subject on import_problems (subject, import_id);
