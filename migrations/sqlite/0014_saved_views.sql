-- A list's filters and order under a name, for whoever saved them or for everybody.
create table saved_views (
    id integer primary key,
    user_id integer not null references users (id),
    list text not null,
    query text not null,
    name text not null,
    name_key text not null,
    shared integer not null,
    created_at integer not null,
    unique (user_id, list, name_key)
) strict;
create index saved_views_list on saved_views (list, name_key, id);
