-- Programs sign in with tokens, and a creating call that is sent again is answered as the first time.
create table api_tokens (
    id integer primary key,
    user_id integer not null references users (id),
    label text not null,
    role text not null check (role in ('auditor', 'help_desk', 'admin')),
    token_hash text not null unique,
    created_at integer not null,
    expires_at integer not null,
    last_used_at integer,
    revoked_at integer
) strict;
create index api_tokens_user on api_tokens (user_id, id);

-- What a creating call answered. `call` is its method and address.
create table idempotency_keys (
    token_id integer not null references api_tokens (id),
    key text not null,
    call text not null,
    body_hash text not null,
    at integer not null,
    status integer not null,
    location text not null,
    tag text not null,
    answer text not null,
    primary key (token_id, key)
) strict, without rowid;
create index idempotency_keys_at on idempotency_keys (at);
