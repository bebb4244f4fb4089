-- The addresses by which media platforms know somebody, and members who were joined with another.

alter table remote_users add column email text;

alter table members add column plex_email text;
alter table members add column emby_email text;
alter table members add column merged_into text;
create index members_by_plex_email on members (lower(plex_email)) where plex_email is not null;
create index members_by_emby_email on members (lower(emby_email)) where emby_email is not null;
