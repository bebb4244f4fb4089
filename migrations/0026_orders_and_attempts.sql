-- What was ordered, frozen, and each try to pay for it.

create table orders (
    id text primary key,
    payer_id text not null references payers (id),
    subscription_id text not null,
    plan_version_id text not null,
    price_id text not null,
    mode text not null,
    title text not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    total_minor bigint not null,
    currency text not null,
    length_count bigint not null,
    length_unit text not null,
    trial_days bigint not null,
    state text not null,
    placed_at bigint not null,
    settled_at bigint not null
);
create index orders_of_payer on orders (payer_id, placed_at desc, id desc);
create index orders_of_subscription on orders (subscription_id, placed_at desc, id desc);

create table order_lines (
    id text primary key,
    order_id text not null references orders (id),
    position bigint not null,
    label text not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    tax_label text not null,
    tax_rate_bp bigint not null
);
create unique index order_lines_by_position on order_lines (order_id, position);

create table attempts (
    id text primary key,
    order_id text not null references orders (id),
    payer_id text not null references payers (id),
    subscription_id text not null,
    gateway_id text not null references gateways (id),
    provider text not null,
    provider_account text not null,
    realm text not null,
    mode text not null,
    amount_minor bigint not null,
    currency text not null,
    state text not null,
    code text not null,
    reference text,
    url text,
    reason text,
    looks bigint not null,
    created_at bigint not null,
    sent_at bigint not null,
    expires_at bigint not null,
    ended_at bigint not null
);
create unique index attempts_by_code on attempts (code);
create unique index attempts_by_reference on attempts (provider, provider_account, reference)
    where reference is not null;
create index attempts_of_order on attempts (order_id, created_at desc, id desc);
create index attempts_of_subscription on attempts (subscription_id, created_at desc, id desc);
create index attempts_by_state on attempts (state, created_at desc, id desc);

create table proofs (
    id text primary key,
    attempt_id text not null references attempts (id),
    name text not null,
    media_type text not null,
    size_bytes bigint not null,
    content text not null,
    uploaded_at bigint not null
);
create index proofs_of_attempt on proofs (attempt_id, uploaded_at desc, id desc);

create table agreements (
    provider text not null,
    provider_account text not null,
    reference text not null,
    gateway_id text not null references gateways (id),
    order_id text not null references orders (id),
    payer_id text not null references payers (id),
    subscription_id text not null,
    state text not null,
    period_ends_at bigint not null,
    ends_at_period_end boolean not null,
    wanted_end text not null,
    began_at bigint not null,
    ended_at bigint not null,
    primary key (provider, provider_account, reference)
);
create index agreements_of_subscription on agreements (subscription_id, ended_at desc, began_at desc);
create index agreements_by_wanted_end on agreements (wanted_end, ended_at);
