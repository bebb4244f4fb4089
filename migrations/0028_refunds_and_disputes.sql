-- Money that goes back, by us or against us.

create table refunds (
    id text primary key,
    payment_id text not null references payments (id),
    gateway_id text,
    provider text not null,
    provider_account text not null,
    reference text,
    amount_minor bigint not null,
    currency text not null,
    term text not null,
    state text not null,
    reason text not null,
    problem text,
    looks bigint not null,
    created_at bigint not null,
    ended_at bigint not null
);
create unique index refunds_by_reference on refunds (provider, provider_account, reference)
    where reference is not null;
create index refunds_of_payment on refunds (payment_id, created_at);
create index refunds_by_state on refunds (state, created_at desc, id desc);

create table disputes (
    id text primary key,
    payment_id text not null references payments (id),
    provider text not null,
    provider_account text not null,
    reference text not null,
    amount_minor bigint not null,
    fee_minor bigint not null,
    currency text not null,
    state text not null,
    reason text not null,
    opened_at bigint not null,
    answer_by bigint not null,
    ended_at bigint not null
);
create unique index disputes_by_reference on disputes (provider, provider_account, reference);
create index disputes_of_payment on disputes (payment_id, opened_at);
create index disputes_by_state on disputes (state, opened_at desc, id desc);
