-- Orders to a server to look again at an item, a folder or a directory, and how far it is.

create table scans (
    id text primary key,
    server_id text not null,
    member_id text,
    library_id text not null,
    item text,
    path text,
    title text not null,
    state text not null,
    reason text,
    tries bigint not null,
    asked_at bigint not null,
    sent_at bigint not null,
    ended_at bigint not null
);
-- One at a time for each member, and none twice at once for staff.
create unique index scans_of_members_under_way on scans (member_id)
    where member_id is not null and state in ('asked', 'scanning');
create unique index scans_of_staff_under_way on scans (server_id, library_id, coalesce(item, ''), coalesce(path, ''))
    where member_id is null and state in ('asked', 'scanning');
create index scans_of_member on scans (member_id, asked_at);
create index scans_by_time on scans (asked_at, id);
