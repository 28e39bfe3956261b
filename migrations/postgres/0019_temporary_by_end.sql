-- When temporary licenses end, in that order: PostgreSQL reads a week of them by this one, and all of them by the other, which SQLite uses.
create index licenses_by_end on licenses (expires_at, id) where status = 1 and gone_at is null;
