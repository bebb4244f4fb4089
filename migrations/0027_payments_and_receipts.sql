-- Money that moved, and the papers about it.

create table payments (
    id text primary key,
    provider text not null,
    provider_account text not null,
    realm text not null,
    provider_transaction text not null,
    sequence bigint not null,
    gateway_id text,
    payer_id text,
    subscription_id text,
    order_id text,
    attempt_id text,
    agreement text,
    paid_for text not null,
    amount_minor bigint not null,
    booked text not null,
    order_minor bigint not null,
    tax_minor bigint not null,
    fee_minor bigint not null,
    fee_known boolean not null,
    currency text not null,
    payer_email text,
    placed boolean not null,
    problem text,
    note text,
    settled_at bigint not null,
    recorded_at bigint not null,
    voided_at bigint not null
);
create unique index payments_by_transaction
    on payments (provider, provider_account, provider_transaction, sequence);
create index payments_by_time on payments (settled_at desc, id desc);
create index payments_of_payer on payments (payer_id, settled_at desc, id desc);
create index payments_of_subscription on payments (subscription_id, settled_at desc, id desc);
create index payments_of_order on payments (order_id);
create index payments_unplaced on payments (settled_at desc, id desc) where not placed;

create table receipt_series (
    series text primary key,
    last_number bigint not null
);

create table receipts (
    id text primary key,
    series text not null,
    number bigint not null,
    payment_id text not null references payments (id),
    payer_id text not null references payers (id),
    kind text not null,
    paper text not null,
    total_minor bigint not null,
    tax_minor bigint not null,
    currency text not null,
    issued_at bigint not null
);
create unique index receipts_by_number on receipts (series, number);
create index receipts_of_payment on receipts (payment_id, number);
create index receipts_of_payer on receipts (payer_id, issued_at desc, id desc);

create table failures (
    provider text not null,
    provider_account text not null,
    provider_transaction text not null,
    at bigint not null,
    primary key (provider, provider_account, provider_transaction)
);
