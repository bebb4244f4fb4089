-- Where the files of a library lie on its server: a list of paths, as last seen.

alter table libraries add column locations text not null default '[]';
