-- Keys by which programs act for an account.

create table api_keys (
    id text primary key,
    key_hash text not null unique,
    account_id text not null references accounts (id),
    name text not null,
    scopes text not null,
    created_at bigint not null,
    used_at bigint,
    revoked_at bigint not null
);
create index api_keys_of_account on api_keys (account_id, created_at desc, id desc);
create index api_keys_by_time on api_keys (created_at desc, id desc);
