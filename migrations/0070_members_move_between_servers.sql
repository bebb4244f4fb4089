-- Members of one server who are moved to another: the move, and each of its members.

create table moves (
    id text primary key,
    source_id text not null,
    source_name text not null,
    target_id text not null,
    target_name text not null,
    source_gone boolean not null,
    state text not null,
    reason text not null,
    begun_at bigint not null,
    ended_at bigint not null,
    waits bigint not null
);
create index moves_by_begin on moves (begun_at, id);
create index moves_at_work on moves (id) where state in ('running', 'undoing');

create table movers (
    move_id text not null references moves (id),
    member_id text not null,
    outlook text not null,
    state text not null,
    is_open boolean not null,
    reason text,
    changed_at bigint not null,
    primary key (move_id, member_id)
);
-- Nobody goes two ways at once.
create unique index movers_at_once on movers (member_id) where is_open;
create index movers_by_state on movers (move_id, state, member_id);
