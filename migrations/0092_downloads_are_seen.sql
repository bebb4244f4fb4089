-- What members had downloaded to their devices, where the platform shows it and the operator wants it kept.

create table downloads (
    id text primary key,
    server_id text not null,
    remote_id text not null,
    user_name text not null,
    member_id text,
    title text not null,
    device text not null,
    state text not null,
    items bigint not null,
    asked_at bigint not null,
    changed_at bigint not null
);
create unique index downloads_by_remote on downloads (server_id, remote_id);
create index downloads_by_time on downloads (asked_at, id);
create index downloads_of_member on downloads (member_id, asked_at, id);
create index downloads_of_server on downloads (server_id, asked_at, id);
