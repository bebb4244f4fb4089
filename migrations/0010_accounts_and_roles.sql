-- Roles, accounts, passwords, and the counter of the accounts' public numbers.

create table roles (
    id text primary key,
    name text not null,
    name_key text not null unique,
    permissions text not null,
    built_in boolean not null,
    created_at bigint not null,
    version bigint not null
);
insert into roles (id, name, name_key, permissions, built_in, created_at, version)
values ('rol_administrator', 'Administrator', 'administrator', '[]', true, 0, 1),
       ('rol_user', 'User', 'user', '[]', true, 0, 1);

create table account_numbers (
    id text primary key,
    next bigint not null
);
insert into account_numbers (id, next) values ('accounts', 1000);

create table accounts (
    id text primary key,
    number bigint not null unique,
    username text not null,
    username_key text not null unique,
    email text not null,
    email_key text not null unique,
    name text not null,
    phone text,
    locale text,
    zone text,
    level text not null,
    role_id text not null references roles (id),
    enabled boolean not null,
    email_confirmed_at bigint,
    api_access boolean not null,
    created_at bigint not null,
    version bigint not null
);
create index accounts_by_time on accounts (created_at desc, id desc);
create index accounts_by_name on accounts (name, id);
create index accounts_by_role on accounts (role_id);
create index accounts_of_administrators on accounts (id) where level = 'administrator';

create table passwords (
    account_id text primary key references accounts (id),
    hash text not null,
    changed_at bigint not null
);
