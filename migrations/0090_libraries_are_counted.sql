-- What lies in each library, by kind of thing, as last counted.

create table library_counts (
    library_id text not null references libraries (id),
    things text not null,
    server_id text not null,
    amount bigint not null,
    counted_at bigint not null,
    primary key (library_id, things)
);
create index library_counts_of_server on library_counts (server_id);
