-- The time zone in which a person reads moments; empty: the one that their browser says, else the console's own.
alter table users add column time_zone text not null default '';
