-- Who pays, and through whom.

create table payers (
    id text primary key,
    owner text not null,
    name text not null,
    email text,
    version bigint not null,
    created_at bigint not null
);
create unique index payers_by_owner on payers (owner);

create table wallets (
    payer_id text not null references payers (id),
    currency text not null,
    balance_minor bigint not null,
    primary key (payer_id, currency)
);

create table payer_customers (
    payer_id text not null references payers (id),
    provider text not null,
    provider_account text not null,
    reference text not null,
    primary key (payer_id, provider, provider_account)
);

create table gateways (
    id text primary key,
    hook_key text not null,
    driver text not null,
    title text not null,
    enabled boolean not null,
    one_off boolean not null,
    recurring boolean not null,
    config text not null,
    provider_account text not null,
    realm text not null,
    cursor text not null,
    wide_cursor text not null,
    findings text not null,
    checked_at bigint not null,
    heard_at bigint not null,
    position bigint not null,
    version bigint not null
);
create unique index gateways_by_hook on gateways (hook_key);
