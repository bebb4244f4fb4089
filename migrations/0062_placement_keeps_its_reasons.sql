-- Why a member was placed where they are, how full a platform's own limits are, and what each reading of a server
-- came to.

create table share_placements (
    share_id text primary key,
    member_id text not null,
    rule text not null,
    passed_over text not null,
    placed_at bigint not null
);
create index share_placements_by_member on share_placements (member_id);

alter table owner_accounts add column most_people bigint;

alter table servers add column licensed boolean not null default true;
alter table servers add column left_alone boolean not null default false;
alter table servers add column remote_name text;

create table server_reads (
    id text primary key,
    server_id text not null,
    asked_by text not null,
    state text not null,
    begun_at bigint not null,
    ended_at bigint not null,
    report text not null
);
create index server_reads_of_server on server_reads (server_id, begun_at);
