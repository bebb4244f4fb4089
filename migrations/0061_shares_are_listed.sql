-- The list of who is on which server: latest change first, all of them, those of one state, those of one server.

create index shares_by_change on shares (changed_at, id);
create index shares_by_state on shares (state, changed_at, id);
create index shares_of_server_by_change on shares (server_id, changed_at, id);
create index shares_that_left on shares (changed_at, id) where stage = 'gone';
