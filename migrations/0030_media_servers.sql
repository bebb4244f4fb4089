-- Media servers, their libraries in groups, and the users seen on them.

create table servers (
    id text primary key,
    name text not null,
    kind text not null,
    address text not null,
    public_address text not null,
    identity text not null,
    version text not null,
    location text,
    enabled boolean not null,
    takes_members boolean not null,
    takes_trials boolean not null,
    four_k_transcoding boolean not null,
    ceiling bigint,
    members bigint not null,
    template_user text,
    state text not null,
    reason text,
    added_at bigint not null,
    checked_at bigint not null,
    synced_at bigint not null,
    down_since bigint not null,
    edition bigint not null
);
create unique index servers_by_identity on servers (kind, identity);

create table library_groups (
    id text primary key,
    name text not null,
    guard text not null,
    made_at bigint not null
);
create unique index library_groups_by_name on library_groups (name);

insert into library_groups (id, name, guard, made_at) values ('grp_private', 'Private', 'private', 0);
insert into library_groups (id, name, guard, made_at) values ('grp_standard', 'Standard', 'standard', 0);

create table libraries (
    id text primary key,
    server_id text not null references servers (id),
    remote_id text not null,
    name text not null,
    kind text not null,
    group_id text not null references library_groups (id),
    missing_since bigint not null
);
create unique index libraries_by_remote on libraries (server_id, remote_id);
create index libraries_of_group on libraries (group_id, server_id);

create table remote_users (
    id text primary key,
    server_id text not null references servers (id),
    remote_id text not null,
    name text not null,
    name_key text not null,
    is_administrator boolean not null,
    door text not null,
    last_signed_in_at bigint not null,
    last_active_at bigint not null,
    first_seen_at bigint not null,
    gone_since bigint not null
);
create unique index remote_users_by_remote on remote_users (server_id, remote_id);
create index remote_users_by_name on remote_users (server_id, name_key, id);
