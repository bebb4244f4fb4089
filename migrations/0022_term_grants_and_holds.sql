-- What gives time (one row per cause), and what withholds access.

create table term_grants (
    id text primary key,
    subscription_id text not null references subscriptions (id),
    length_count bigint not null,
    length_unit text not null,
    cause_kind text not null,
    cause_id text not null,
    anchor text not null,
    effective_at bigint not null,
    cut_at bigint not null,
    revoked_at bigint not null,
    reason text,
    revoked_reason text,
    created_at bigint not null
);
create unique index term_grants_by_cause on term_grants (cause_kind, cause_id);
create index term_grants_of_subscription on term_grants (subscription_id, effective_at, id);

create table holds (
    id text primary key,
    subscription_id text not null references subscriptions (id),
    reason text not null,
    source text not null,
    note text,
    since bigint not null,
    until bigint not null,
    lifted_at bigint not null
);
create index holds_of_subscription on holds (subscription_id, since, id);
