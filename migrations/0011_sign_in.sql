-- Sessions, one-time links, second factors, passkeys, ceremonies, rate limits.

create table sessions (
    id text primary key,
    token_hash text not null unique,
    account_id text not null references accounts (id),
    stay boolean not null,
    proof text not null,
    proved_at bigint not null,
    entered_by text references accounts (id),
    user_agent text not null,
    address text not null,
    created_at bigint not null,
    seen_at bigint not null,
    idle_ms bigint not null,
    idle_until bigint not null,
    absolute_until bigint not null
);
create index sessions_of_account on sessions (account_id, seen_at desc, id desc);
create index sessions_by_end on sessions (idle_until);
create index sessions_entered on sessions (entered_by) where entered_by is not null;

create table tokens (
    id text primary key,
    token_hash text not null unique,
    purpose text not null,
    subject text not null,
    detail text,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint not null
);
create index tokens_of_subject on tokens (subject, purpose);
create index tokens_by_end on tokens (expires_at);

create table second_factors (
    account_id text primary key references accounts (id),
    enabled_at bigint not null,
    last_step bigint not null
);

create table recovery_codes (
    account_id text not null references accounts (id),
    code_hash text not null,
    used_at bigint not null,
    primary key (account_id, code_hash)
);

create table passkeys (
    id text primary key,
    account_id text not null references accounts (id),
    credential_id text not null unique,
    name text not null,
    passkey text not null,
    created_at bigint not null,
    used_at bigint
);
create index passkeys_of_account on passkeys (account_id, created_at, id);

create table ceremonies (
    token_hash text primary key,
    kind text not null,
    account_id text references accounts (id),
    state text not null,
    expires_at bigint not null
);
create index ceremonies_by_end on ceremonies (expires_at);
create index ceremonies_of_account on ceremonies (account_id) where account_id is not null;

create table rates (
    kind text not null,
    bucket text not null,
    started_at bigint not null,
    ends_at bigint not null,
    tries bigint not null,
    primary key (kind, bucket)
);
create index rates_by_end on rates (ends_at);
