-- SQLite brings json_each itself; PostgreSQL gets a function of this name.
select 1;
