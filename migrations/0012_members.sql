-- Members, and the identities by which outside systems know them.

create table members (
    id text primary key,
    account_id text unique references accounts (id),
    name text not null,
    name_key text not null,
    email text,
    email_key text,
    note text not null,
    created_at bigint not null,
    version bigint not null
);
create index members_by_time on members (created_at desc, id desc);
create index members_by_name on members (name_key, id);
create index members_by_email on members (email_key) where email_key is not null;

create table identities (
    kind text not null,
    scope text not null,
    remote_id text not null,
    member_id text not null references members (id),
    label text not null,
    created_at bigint not null,
    primary key (kind, scope, remote_id)
);
create index identities_of_member on identities (member_id, kind, scope, remote_id);
