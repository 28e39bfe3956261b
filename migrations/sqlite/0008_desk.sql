-- The reissue desk: what Microsoft is asked for, the calls, what came of them, and what an old computer does afterwards.
create table reissues (
    id integer primary key,
    company_id integer not null references companies (id),
    server_id integer not null references license_servers (id),
    epoch integer not null,
    version text not null,
    license_type text not null,
    agreement_id integer references agreements (id),
    reason text not null check (reason in ('transfer', 'reinstall', 'migration')),
    cause text not null,
    quantity integer not null check (quantity > 0),
    note text not null,
    state text not null check (state in ('open', 'partly_granted', 'granted', 'denied', 'withdrawn')),
    opened_at integer not null,
    opened_by text not null,
    closed_at integer
) strict;
create index reissues_state on reissues (state, id);
create index reissues_server on reissues (server_id, id);

create table reissue_replaces (
    reissue_id integer not null references reissues (id),
    key_pack_id integer not null references key_packs (id),
    primary key (reissue_id, key_pack_id)
) strict, without rowid;
create index reissue_replaces_key_pack on reissue_replaces (key_pack_id);

-- `seen_license_id`: a full license that an import showed on the destination before anybody granted one.
alter table transfers add column reissue_id integer references reissues (id);
alter table transfers add column seen_license_id integer references licenses (id);
alter table transfers add column needs_call integer not null default 0;
create index transfers_reissue on transfers (reissue_id, id) where reissue_id is not null;

alter table key_packs add column reissue_id integer references reissues (id);
alter table key_packs add column superseded_by_id integer references reissues (id);
alter table key_packs add column failure text not null default '';
create index key_packs_reissue on key_packs (reissue_id, id) where reissue_id is not null;

-- License key pack IDs that were heard wrong: kept beside the corrected one.
create table former_license_key_pack_ids (
    id integer primary key,
    key_pack_id integer not null references key_packs (id),
    license_key_pack_id text not null,
    replaced_at integer not null,
    replaced_by text not null
) strict;
create index former_license_key_pack_ids_pack on former_license_key_pack_ids (key_pack_id, id);
create index former_license_key_pack_ids_text on former_license_key_pack_ids (license_key_pack_id);

-- A call is live until it is ended, and open until nothing is to follow. The draft is what is being typed meanwhile.
create table calls (
    id integer primary key,
    company_id integer not null references companies (id),
    server_id integer not null references license_servers (id),
    about text not null check (about in ('reissue', 'activation', 'deactivation', 'other')),
    started_at integer not null,
    ended_at integer,
    operator text not null,
    follows_id integer references calls (id),
    number_called text not null,
    representative text not null,
    case_reference text not null,
    license_server_id text not null,
    outcome text check (outcome in ('completed', 'partial', 'denied', 'dropped', 'callback', 'wrong_desk')),
    call_back_at integer,
    closed_at integer,
    closed_by text,
    closing text not null,
    note text not null,
    afterwards integer not null,
    draft text not null,
    draft_revision integer not null default 0,
    draft_at integer,
    draft_by text,
    check ((ended_at is null) = (outcome is null)),
    check (closed_at is null or ended_at is not null)
) strict;
create index calls_open on calls (id) where closed_at is null;
create index calls_server on calls (server_id, id);
create index calls_follows on calls (follows_id) where follows_id is not null;

create table call_requests (
    call_id integer not null references calls (id),
    reissue_id integer not null references reissues (id),
    asked integer not null,
    primary key (call_id, reissue_id)
) strict, without rowid;
create index call_requests_reissue on call_requests (reissue_id, call_id);

-- What a call granted: so many licenses under one license key pack ID, which are one key pack.
create table grants (
    id integer primary key,
    call_id integer not null references calls (id),
    reissue_id integer not null references reissues (id),
    key_pack_id integer not null unique references key_packs (id),
    quantity integer not null check (quantity > 0)
) strict;
create index grants_call on grants (call_id, id);
create index grants_reissue on grants (reissue_id, id);

create table call_notes (
    id integer primary key,
    call_id integer not null references calls (id),
    at integer not null,
    author text not null,
    kind text not null check (kind in ('note', 'hold', 'resumed', 'transferred', 'wrong_desk', 'took_over')),
    note text not null
) strict;
create index call_notes_call on call_notes (call_id, id);

-- The number to call, by company and country or region.
create table call_numbers (
    id integer primary key,
    company_id integer not null references companies (id),
    country text not null,
    country_key text not null,
    number text not null,
    hours text not null,
    unique (company_id, country_key)
) strict;

-- What an old computer did after its seat had moved.
create table signs_of_life (
    id integer primary key,
    transfer_id integer not null references transfers (id),
    client_id integer not null references clients (id),
    license_id integer not null references licenses (id),
    kind text not null check (kind in ('renewed', 'new_license')),
    import_id integer not null references imports (id),
    seen_at integer not null,
    settled_at integer,
    settled_by text,
    settlement text not null,
    unique (transfer_id, license_id, import_id)
) strict;
create index signs_of_life_open on signs_of_life (id) where settled_at is null;
create index signs_of_life_client on signs_of_life (client_id, id);
