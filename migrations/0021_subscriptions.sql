-- Subscriptions: one subject on one plan version. The last columns are copies for lists and sweeps;
-- the truth is the fold over term_grants and holds.

create table subscriptions (
    id text primary key,
    subject text not null,
    kind text not null,
    payer_id text not null,
    plan_id text not null references plans (id),
    plan_version_id text not null references plan_versions (id),
    zone text not null,
    created_at bigint not null,
    cancel_at bigint not null,
    cancel_reason text,
    closed_at bigint not null,
    gateway_id text,
    agreement text,
    agreement_state text not null,
    version bigint not null,
    status text not null,
    status_since bigint not null,
    status_changes_at bigint not null,
    ends_at bigint not null,
    ends_known_at bigint not null,
    rules_version bigint not null,
    deletion_told boolean not null
);
create unique index subscriptions_living on subscriptions (subject, kind)
    where closed_at = 9223372036854775807;
create index subscriptions_of_subject on subscriptions (subject, id);
create index subscriptions_of_payer on subscriptions (payer_id, id);
create unique index subscriptions_by_agreement on subscriptions (gateway_id, agreement)
    where agreement is not null;
create index subscriptions_by_status on subscriptions (status, id);
create index subscriptions_by_status_since on subscriptions (status, status_since);
create index subscriptions_by_status_end on subscriptions (status, ends_at, id);
create index subscriptions_changing on subscriptions (status_changes_at, id);
create index subscriptions_ending on subscriptions (ends_at, id);
create index subscriptions_by_rules on subscriptions (rules_version, id);
create index subscriptions_of_version on subscriptions (plan_version_id);
create index subscriptions_of_plan on subscriptions (plan_id, status, id);
