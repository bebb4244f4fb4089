-- Settings, events, wants, jobs, schedules, targets.

create table settings (
    section text primary key,
    value text not null,
    version bigint not null,
    changed_at bigint not null
);

create table sealed_values (
    id text primary key,
    key_id text not null,
    sealed text not null,
    changed_at bigint not null
);

create table events (
    id text primary key,
    name text not null,
    payload text not null,
    sentence text not null,
    tone text not null,
    reason text,
    subject text not null,
    actor text not null,
    actor_kind text not null,
    actor_id text not null,
    is_human boolean not null,
    at bigint not null,
    told boolean not null
);
create index events_by_time on events (at desc, id desc);
create index events_by_tone on events (tone, at desc, id desc);
create index events_by_name on events (name, at desc, id desc);
create index events_of_people on events (at desc, id desc) where is_human;
create index events_untold on events (id) where not told;

create table event_subjects (
    subject text not null,
    at bigint not null,
    event_id text not null references events (id),
    primary key (subject, at, event_id)
);

create table wants (
    id text primary key,
    want_key text not null,
    kind text not null,
    sentence text not null,
    detail text,
    action_label text not null,
    action_href text not null,
    tone text not null,
    subject text not null,
    since bigint not null,
    closed_at bigint not null,
    closed_by text,
    note text
);
create unique index wants_open on wants (want_key) where closed_at = 9223372036854775807;
create index wants_by_closing on wants (closed_at desc, since desc, id desc);

create table jobs (
    id text primary key,
    name text not null,
    lane text not null,
    payload text not null,
    repeat_key text,
    priority bigint not null,
    run_at bigint not null,
    locked_until bigint not null,
    lease text not null,
    attempts bigint not null,
    max_attempts bigint not null,
    failed_at bigint not null,
    last_error text,
    created_at bigint not null
);
create index jobs_due on jobs (lane, priority desc, run_at) where failed_at = 9223372036854775807;
create index jobs_failed on jobs (failed_at desc, id desc);
create unique index jobs_repeat on jobs (repeat_key)
    where repeat_key is not null and attempts = 0 and failed_at = 9223372036854775807;

create table job_runs (
    id text primary key,
    job_id text not null,
    name text not null,
    lane text not null,
    outcome text not null,
    detail text,
    attempts bigint not null,
    queued_ms bigint not null,
    took_ms bigint not null,
    at bigint not null
);
create index job_runs_by_time on job_runs (at desc, id desc);
create index job_runs_of_job on job_runs (job_id, at desc);

create table schedules (
    name text primary key,
    next_at bigint not null,
    last_at bigint not null
);

create table targets (
    id text primary key,
    kind text not null,
    target_key text not null,
    remote text not null,
    subject text not null,
    desired_version bigint not null,
    seen_version bigint not null,
    state text not null,
    reason text,
    tries bigint not null,
    next_try_at bigint not null,
    locked_until bigint not null,
    lease text not null,
    wanted_at bigint not null,
    settled_at bigint not null
);
create unique index targets_by_key on targets (kind, target_key);
create index targets_due on targets (next_try_at);
create index targets_of_remote on targets (remote, next_try_at);
create index targets_of_subject on targets (subject);
create index targets_by_state on targets (state, wanted_at);

create table remotes (
    id text primary key,
    failures bigint not null,
    open_until bigint not null,
    reason text,
    down_since bigint not null,
    told_down boolean not null
);

create table processes (
    id text primary key,
    name text not null,
    started_at bigint not null,
    seen_at bigint not null
);
create index event_subjects_of_event on event_subjects (event_id);
