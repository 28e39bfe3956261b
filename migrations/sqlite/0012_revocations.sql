-- Who revoked which license, when and why: no license server tells it, and each counts against its limit of 20 percent.
create table revocations (
    id integer primary key,
    license_id integer not null references licenses (id),
    client_id integer not null references clients (id),
    revoked_on text not null,
    revoked_by text not null,
    reason text not null,
    expires_at integer not null,
    recorded_at integer not null,
    recorded_by text not null,
    taken_back_at integer,
    taken_back_by text,
    taken_back_reason text,
    check ((taken_back_at is null) = (taken_back_by is null)),
    check ((taken_back_at is null) = (taken_back_reason is null))
) strict;
create unique index revocations_license on revocations (license_id, expires_at) where taken_back_at is null;
create index revocations_expires on revocations (expires_at, id) where taken_back_at is null;
create index revocations_of on revocations (license_id, id);
-- The few revoked ones that have not expired, among all licenses.
create index licenses_revoked on licenses (status, expires_at, id) where status = 4;
