-- The ledger, append-only, and the messages of gateways as they came.

create table ledger_transactions (
    id text primary key,
    external_id text not null,
    kind text not null,
    at bigint not null
);
create unique index ledger_by_external_id on ledger_transactions (external_id);
create index ledger_by_time on ledger_transactions (at desc, id desc);

create table ledger_entries (
    id text primary key,
    transaction_id text not null references ledger_transactions (id),
    account text not null,
    amount_minor bigint not null,
    currency text not null,
    at bigint not null
);
create index ledger_entries_of_transaction on ledger_entries (transaction_id);
create index ledger_entries_of_account on ledger_entries (account, currency, at desc, id desc);

create table messages (
    id text primary key,
    gateway_id text not null references gateways (id),
    provider text not null,
    provider_account text not null,
    message_id text not null,
    kind text not null,
    object text,
    headers text not null,
    body text not null,
    state text not null,
    problem text,
    received_at bigint not null,
    ended_at bigint not null,
    forgotten boolean not null
);
create unique index messages_once on messages (provider, provider_account, message_id);
create index messages_by_time on messages (received_at desc, id desc);
create index messages_by_state on messages (state, received_at);
create index messages_to_forget on messages (received_at) where not forgotten;
