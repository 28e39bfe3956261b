-- What the console does by itself, backups and checks: which copy is at it, and how each run ended.
create table upkeep (
    work text not null primary key check (work in ('backup', 'verify')),
    held_by text not null,
    beat_at integer not null,
    began_at integer not null,
    good_at integer not null,
    failed_at integer
) strict;
insert into upkeep (work, held_by, beat_at, began_at, good_at) values ('backup', '', 0, 0, 0), ('verify', '', 0, 0, 0);

create table upkeep_runs (
    id integer primary key,
    work text not null check (work in ('backup', 'verify')),
    actor text not null,
    began_at integer not null,
    ended_at integer not null,
    ms integer not null,
    wrong text not null,
    file text not null,
    bytes integer not null
) strict;
create index upkeep_runs_work on upkeep_runs (work, id);
create index upkeep_runs_good on upkeep_runs (work, id) where wrong = '';
