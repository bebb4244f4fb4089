-- Servers that let nobody in without an account of the platform, and the accounts that members gave for them.

create table account_rules (
    server_id text primary key,
    since bigint not null
);

create table given_accounts (
    share_id text primary key,
    member_id text not null,
    server_id text not null,
    name text,
    reason text,
    given_at bigint not null
);
create index given_accounts_of_member on given_accounts (member_id);
