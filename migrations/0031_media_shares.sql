-- One member on one server, and the room that checkout holds for somebody.

create table shares (
    id text primary key,
    member_id text not null,
    server_id text not null references servers (id),
    level text not null,
    state text not null,
    takes_place boolean not null,
    entitlements text not null,
    remote_id text,
    user_name text,
    user_name_key text,
    stage text not null,
    seen_level text,
    reason text,
    wanted_at bigint not null,
    joined_at bigint not null,
    changed_at bigint not null,
    edition bigint not null
);
create unique index shares_by_member on shares (member_id, server_id);
create unique index shares_by_remote on shares (server_id, remote_id) where remote_id is not null;
create index shares_by_name on shares (server_id, user_name_key) where user_name_key is not null;
create index shares_taking_place on shares (server_id) where takes_place;
create index shares_of_server on shares (server_id, id);

create table places (
    id text primary key,
    member_id text not null,
    server_id text not null references servers (id),
    share_id text not null references shares (id),
    order_ref text not null,
    made_at bigint not null,
    expires_at bigint not null
);
create unique index places_by_order on places (order_ref, server_id);
create index places_of_server on places (server_id, expires_at);
create index places_of_member on places (member_id);
create index places_by_expiry on places (expires_at);
