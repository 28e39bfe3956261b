-- One seat moving from one client computer to another, once and permanently (KB 315262).
create table transfers (
    id integer primary key,
    seat_id integer not null references licenses (id),
    move_number integer not null,
    policy text not null check (policy in ('one_time', 'ninety_day', 'none')),
    license_id integer not null references licenses (id),
    source_id integer not null references clients (id),
    destination_id integer not null references clients (id),
    company_id integer not null references companies (id),
    server_id integer not null references license_servers (id),
    version text not null,
    license_type text not null,
    reason text not null check (reason in ('permanent', 'hardware_failed', 'lost', 'reinstalled', 'other')),
    note text not null,
    state text not null check (state in ('queued', 'requested', 'granted', 'completed', 'denied', 'cancelled')),
    override_reason text,
    override_by text,
    queued_at integer not null,
    queued_by text not null,
    granted_at integer,
    completed_at integer,
    denied_at integer,
    cancelled_at integer,
    key_pack_id integer references key_packs (id),
    destination_license_id integer references licenses (id),
    check (source_id <> destination_id),
    check ((state = 'completed') = (completed_at is not null)),
    check ((state = 'denied') = (denied_at is not null)),
    check ((state = 'cancelled') = (cancelled_at is not null)),
    -- The one-time rule: a second move needs an override.
    check (policy <> 'one_time' or move_number = 1 or override_reason is not null)
) strict;
create unique index transfers_move on transfers (seat_id, move_number) where denied_at is null and cancelled_at is null;
create index transfers_state on transfers (state, id);
create index transfers_seat on transfers (seat_id, id);
create index transfers_license on transfers (license_id, id);
create index transfers_source on transfers (source_id, id);
create index transfers_destination on transfers (destination_id, id);
create index transfers_server on transfers (server_id, id);
create index transfers_key_pack on transfers (key_pack_id) where key_pack_id is not null;
