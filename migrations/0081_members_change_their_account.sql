-- Who must give another account of a platform before they may buy or be invited again.

create table account_changes (
    id text primary key,
    member_id text not null,
    platform text not null,
    remote_id text,
    name text,
    reason text not null,
    asked_at bigint not null,
    done_at bigint not null
);
create unique index account_changes_open on account_changes (member_id, platform) where done_at = 9223372036854775807;
create index account_changes_of_member on account_changes (member_id, asked_at);
