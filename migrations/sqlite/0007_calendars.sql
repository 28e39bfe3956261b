-- The days on which a country or region does not work, a line each: the day, then its name.
create table calendars (
    id integer primary key,
    country text not null,
    country_key text not null unique,
    days text not null
) strict;
