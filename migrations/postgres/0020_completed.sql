-- Transfers by when they were completed: the old computers of the latest ones, and how many there were each month.
create index transfers_completed on transfers (completed_at, id) where completed_at is not null;
