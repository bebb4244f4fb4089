-- The devices that are signed in on servers, as last read: one row for each user of a device.

create table devices (
    id text primary key,
    server_id text not null,
    remote_id text not null,
    user_id text not null,
    user_name text not null,
    user_key text not null,
    name text not null,
    name_key text not null,
    app text not null,
    last_active_at bigint not null
);
create unique index devices_by_remote on devices (server_id, remote_id, user_id);
create index devices_of_user on devices (server_id, user_id);
create index devices_by_activity on devices (last_active_at, id);
create index devices_by_name on devices (name_key, id);
create index devices_by_user_name on devices (user_key, id);

create table device_readings (
    server_id text primary key,
    read_at bigint not null
);
