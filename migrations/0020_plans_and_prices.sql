-- Plans, their versions, prices, and what gateways call the prices.

create table plans (
    id text primary key,
    kind text not null,
    position bigint not null,
    is_active boolean not null,
    is_default boolean not null,
    version_id text not null,
    created_at bigint not null,
    archived_at bigint not null
);
create unique index plans_default on plans (kind) where is_default;
create index plans_in_order on plans (position, id);

create table plan_versions (
    id text primary key,
    plan_id text not null references plans (id),
    number bigint not null,
    kind text not null,
    name text not null,
    description text not null,
    trial_count bigint not null,
    trial_unit text not null,
    sections text not null,
    created_at bigint not null
);
create unique index plan_versions_numbered on plan_versions (plan_id, number);

create table prices (
    id text primary key,
    plan_id text not null references plans (id),
    amount_minor bigint not null,
    currency text not null,
    period_count bigint not null,
    period_unit text not null,
    mode text not null,
    is_active boolean not null,
    replaces text,
    created_at bigint not null,
    archived_at bigint not null
);
create index prices_of_plan on prices (plan_id, archived_at);

create table gateway_prices (
    price_id text not null references prices (id),
    gateway_id text not null,
    reference text not null,
    primary key (price_id, gateway_id)
);
create unique index gateway_prices_by_reference on gateway_prices (gateway_id, reference);
