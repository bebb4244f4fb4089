-- What plays now and what was played, where the operator wants it kept; and what servers are watched for.

alter table servers add column records_streams boolean not null default false;
alter table servers add column records_downloads boolean not null default false;

create table streams (
    id text primary key,
    server_id text not null,
    session text not null,
    remote_id text,
    user_name text not null,
    member_id text,
    title text not null,
    item text not null,
    library text not null,
    device text not null,
    app text not null,
    address text not null,
    decision text not null,
    height bigint not null,
    target_height bigint not null,
    position_ms bigint not null,
    length_ms bigint not null,
    is_paused boolean not null,
    begun_at bigint not null,
    seen_at bigint not null,
    watched_ms bigint not null
);
create unique index streams_by_session on streams (server_id, session, item);
create index streams_of_member on streams (member_id);
create index streams_by_seen on streams (seen_at);

create table plays (
    id text primary key,
    server_id text not null,
    remote_id text,
    user_name text not null,
    member_id text,
    title text not null,
    item text not null,
    library text not null,
    device text not null,
    app text not null,
    decision text not null,
    height bigint not null,
    target_height bigint not null,
    begun_at bigint not null,
    ended_at bigint not null,
    watched_ms bigint not null
);
create index plays_by_end on plays (ended_at, id);
create index plays_of_member on plays (member_id, ended_at, id);
create index plays_of_server on plays (server_id, ended_at, id);

-- When each server was last looked at, and how much played there.
create table stream_looks (
    server_id text primary key,
    looked_at bigint not null,
    playing bigint not null
);

-- What is not allowed: seen once, and stopped at the second look. Names nobody.
create table stream_stops (
    server_id text not null,
    session text not null,
    item text not null,
    first_seen_at bigint not null,
    stopped_at bigint not null,
    primary key (server_id, session, item)
);
