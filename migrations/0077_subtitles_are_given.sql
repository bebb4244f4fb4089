-- Files of subtitles that somebody gave to a film or an episode, and how far each is.

create table subtitles (
    id text primary key,
    server_id text not null,
    member_id text,
    library_id text not null,
    item text not null,
    title text not null,
    language text not null,
    is_forced boolean not null,
    format text not null,
    content text,
    digest text not null,
    state text not null,
    reason text,
    tries bigint not null,
    before bigint not null,
    given_at bigint not null,
    ended_at bigint not null
);
-- The same file is given to the same thing once; one that failed may be given again.
create unique index subtitles_once on subtitles (server_id, item, language, is_forced, digest)
    where state <> 'failed';
create index subtitles_of_member on subtitles (member_id, given_at);
create index subtitles_of_server on subtitles (server_id, given_at);
