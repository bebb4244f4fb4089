-- Links between a member's user on a server and their account with the platform.

create table connect_links (
    share_id text primary key,
    member_id text not null,
    server_id text not null,
    name text not null,
    is_pending boolean not null,
    is_invitation boolean not null,
    asked_at bigint not null
);
create index connect_links_of_member on connect_links (member_id);
