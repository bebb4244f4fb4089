-- Who a member is on platforms where people have accounts of their own, and the accounts whose servers are managed.

create table platform_identities (
    id text primary key,
    member_id text not null,
    platform text not null,
    remote_id text not null,
    name text not null,
    email text,
    accepts boolean not null,
    linked_at bigint not null,
    seen_at bigint not null
);
create unique index platform_identities_by_remote on platform_identities (platform, remote_id);
create unique index platform_identities_by_member on platform_identities (member_id, platform);

create table owner_accounts (
    id text primary key,
    platform text not null,
    remote_id text not null,
    name text not null,
    email text,
    has_pass boolean not null,
    base text not null,
    state text not null,
    reason text,
    added_at bigint not null,
    checked_at bigint not null
);
create unique index owner_accounts_by_remote on owner_accounts (platform, remote_id);

alter table servers add column owner_account_id text;
alter table servers add column renew_library text;
create index servers_of_owner on servers (owner_account_id) where owner_account_id is not null;

alter table shares add column invited_at bigint not null default 9223372036854775807;

create table platform_sign_ins (
    id text primary key,
    platform text not null,
    base text not null,
    page_ref text not null,
    page_address text not null,
    begun_by text not null,
    accepts boolean not null,
    begun_at bigint not null
);
