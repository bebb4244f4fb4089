-- People whom staff invite: each with a link, alone or by the list, and the servers that somebody chose for them.

create table invitations (
    id text primary key,
    member_id text not null references members (id),
    name text not null,
    email text not null,
    email_key text not null,
    plan text not null,
    made_member boolean not null,
    batch_id text,
    made_at bigint not null,
    expires_at bigint not null,
    sent_at bigint not null,
    opened_at bigint not null,
    used_at bigint not null,
    withdrawn_at bigint not null
);
create unique index invitations_open on invitations (email_key)
    where used_at = 9223372036854775807 and withdrawn_at = 9223372036854775807;
create index invitations_by_time on invitations (made_at, id);
create index invitations_of_member on invitations (member_id, made_at);

create table invitation_batches (
    id text primary key,
    terms text not null,
    total bigint not null,
    made_by text not null,
    made_at bigint not null,
    ended_at bigint not null
);
create index invitation_batches_by_time on invitation_batches (made_at, id);

create table invitation_lines (
    batch_id text not null references invitation_batches (id),
    number bigint not null,
    name text not null,
    email text not null,
    email_key text not null,
    plan_id text,
    days bigint,
    state text not null,
    reason text,
    invitation_id text,
    primary key (batch_id, number)
);
create unique index invitation_lines_by_email on invitation_lines (batch_id, email_key);

create table chosen_servers (
    member_id text not null,
    server_id text not null references servers (id),
    chosen_at bigint not null,
    primary key (member_id, server_id)
);
