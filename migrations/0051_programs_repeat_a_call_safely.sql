-- Answers to calls with an Idempotency-Key, kept for a day: the same call again gets the same answer.
-- The answer is sealed, since it may hold a key that is shown once.
create table idempotency_keys (
    api_key_id text not null,
    name text not null,
    fingerprint text not null,
    status bigint not null,
    sealed_by text not null,
    sealed text not null,
    began_at bigint not null,
    primary key (api_key_id, name)
);
create index idempotency_keys_by_age on idempotency_keys (began_at);
