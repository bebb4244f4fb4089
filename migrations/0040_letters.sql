-- Letters on their way, and the operator's own texts.

create table letters (
    id text primary key,
    letter_key text not null,
    kind text not null,
    to_email text not null,
    to_name text not null,
    language text not null,
    zone text not null,
    context text not null,
    subject text not null,
    state text not null,
    title text,
    reason text,
    tries bigint not null,
    created_at bigint not null,
    sent_at bigint not null
);
create unique index letters_by_key on letters (letter_key);
create index letters_by_time on letters (created_at desc, id desc);
create index letters_by_state on letters (state, created_at desc, id desc);
create index letters_of_subject on letters (subject, created_at desc);

create table letter_texts (
    kind text not null,
    language text not null,
    title text not null,
    body text not null,
    is_enabled boolean not null,
    changed_at bigint not null,
    primary key (kind, language)
);
