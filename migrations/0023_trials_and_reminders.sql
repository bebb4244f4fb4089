-- Who has had a trial, and which reminders have been told.

create table trials (
    subject text primary key,
    email_hash text,
    subscription_id text not null references subscriptions (id),
    started_at bigint not null
);
create unique index trials_by_email on trials (email_hash) where email_hash is not null;

create table reminders (
    subscription_id text not null references subscriptions (id),
    period_end bigint not null,
    step_days bigint not null,
    told_at bigint not null,
    primary key (subscription_id, period_end, step_days)
);
