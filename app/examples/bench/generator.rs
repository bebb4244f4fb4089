//! A house with years behind it: members, payments and events by the hundred thousand, made where they are kept.
//!
//! The same order gives the same rows on both engines: number `i` of a table follows from `i` and the seed
//! alone. All buy once a month: the payments go round the members, and each round takes a month.

use db::{Db, values};
use kit::Actor;
use kit::id::ServerId;

use crate::Fallible;
use crate::house::{Shop, entitlements};

/// Payments of each member, one a month; for each, two events are told.
pub const MONTHS: i64 = 10;
const MONTH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The numbers from 0 to below $1.
macro_rules! numbers {
    () => {
        "with recursive n(i) as (select cast(0 as bigint) union all select i + 1 from n where i + 1 < $1) "
    };
}

/// The id of the thing with the number that an SQL expression gives.
macro_rules! id {
    ($prefix:literal, $number:literal) => {
        concat!("'", $prefix, "_' || ", digits!($number))
    };
}

macro_rules! digits {
    ($number:literal) => {
        concat!("substr(cast(1000000000 + ", $number, " as text), 2)")
    };
}

/// The member who is number `i` in a round of `$2` members: 7919 is prime, so each comes once; 4711 is the seed.
macro_rules! member_of_turn {
    () => {
        "((i % $2) * 7919 + 4711) % $2 as m"
    };
}

/// `Aino Berg 000017`: eight first names, names that sort, and a number to know them by.
macro_rules! name {
    () => {
        concat!(
            "trim(substr('Aino  Bela  Carla Dmitri Elif Farid Greta Hedda', cast(i * 7 % 8 * 6 + 1 as integer), 6)) || ' Berg ' || ",
            digits!("i")
        )
    };
}

const ACCOUNTS: &str = concat!(
    "insert into accounts (id, number, username, username_key, email, email_key, name, level, role_id, enabled,
         email_confirmed_at, api_access, created_at, version) ",
    numbers!(),
    "select ", id!("acc", "i"), ", 1000000 + i, 'member' || ", digits!("i"), ", 'member' || ", digits!("i"),
    ", 'member' || ", digits!("i"), " || '@lights.example', 'member' || ", digits!("i"),
    " || '@lights.example', ", name!(), ", 'customer', 'rol_user', true, $2 + i, false, $2 + i, 1 from n"
);

const MEMBERS: &str = concat!(
    "insert into members (id, account_id, name, name_key, email, email_key, note, created_at, version) ",
    numbers!(),
    "select ",
    id!("mem", "i"),
    ", ",
    id!("acc", "i"),
    ", ",
    name!(),
    ", lower(",
    name!(),
    "), 'member' || ",
    digits!("i"),
    " || '@lights.example', 'member' || ",
    digits!("i"),
    " || '@lights.example', '', $2 + i, 1 from n"
);

const PAYERS: &str = concat!(
    "insert into payers (id, owner, name, email, version, created_at) ",
    numbers!(),
    "select ",
    id!("pyr", "i"),
    ", ",
    id!("acc", "i"),
    ", ",
    name!(),
    ", 'member' || ",
    digits!("i"),
    " || '@lights.example', 1, $2 + i from n"
);

/// Of a hundred: four expired, two in grace, one suspended, one permanent; the others active.
const SUBSCRIPTIONS: &str = concat!(
    "insert into subscriptions (id, subject, kind, payer_id, plan_id, plan_version_id, zone, created_at, cancel_at,
         closed_at, agreement_state, version, status, status_since, status_changes_at, ends_at, ends_known_at,
         rules_version, deletion_told) ",
    numbers!(),
    "select ", id!("sub", "m"), ", ", id!("mem", "m"), ", 'membership', ", id!("pyr", "m"),
    ", $3, $4, 'Europe/Berlin', $5, 9223372036854775807, 9223372036854775807, 'none', 1,
        case when m % 100 < 4 then 'expired' when m % 100 < 6 then 'grace' when m % 100 = 6 then 'suspended'
             when m % 100 = 7 then 'permanent' else 'active' end,
        $5, 9223372036854775807,
        case when m % 100 < 6 then $6 - 86400000 - m % 1000 when m % 100 = 7 then 9223372036854775807
             else $6 + i * $7 end,
        $6, 0, false
   from (select i, ", member_of_turn!(), " from n) as turns"
);

const GRANTS: &str = concat!(
    "insert into term_grants (id, subscription_id, length_count, length_unit, cause_kind, cause_id, anchor,
         effective_at, cut_at, revoked_at, created_at) ",
    numbers!(),
    "select ", id!("grt", "i"), ", ", id!("sub", "m"), ", 30, 'days', 'payment', ", id!("pay", "i"),
    ", 'settled', $3 + i * $4, 9223372036854775807, 9223372036854775807, $3 + i * $4
   from (select i, ", member_of_turn!(), " from n) as turns"
);

const ORDERS: &str = concat!(
    "insert into orders (id, payer_id, subscription_id, plan_version_id, price_id, mode, title, net_minor,
         tax_minor, total_minor, currency, length_count, length_unit, trial_days, state, placed_at, settled_at) ",
    numbers!(),
    "select ", id!("ord", "i"), ", ", id!("pyr", "m"), ", ", id!("sub", "m"),
    ", $5, $6, 'prepaid', 'Family, 1 month', 1008, 192, 1200, 'EUR', 1, 'months', 0, 'settled',
        $3 + i * $4, $3 + i * $4
   from (select i, ", member_of_turn!(), " from n) as turns"
);

const PAYMENTS: &str = concat!(
    "insert into payments (id, provider, provider_account, realm, provider_transaction, sequence, gateway_id,
         payer_id, subscription_id, order_id, paid_for, amount_minor, booked, order_minor, tax_minor, fee_minor,
         fee_known, currency, payer_email, placed, settled_at, recorded_at, voided_at) ",
    numbers!(),
    "select ", id!("pay", "i"), ", 'stripe', 'acct_standin', 'test', 'pi_' || ", digits!("i"), ", 1, $5, ",
    id!("pyr", "m"), ", ", id!("sub", "m"), ", ", id!("ord", "i"),
    ", 'order', 1200, 'order', 1200, 192, 43, true, 'EUR', 'member' || ", digits!("m"),
    " || '@lights.example', true, $3 + i * $4, $3 + i * $4, 9223372036854775807
   from (select i, ", member_of_turn!(), " from n) as turns"
);

const RECEIPTS: &str = concat!(
    "insert into receipts (id, series, number, payment_id, payer_id, kind, paper, total_minor, tax_minor, currency,
         issued_at) ",
    numbers!(),
    "select ", id!("rcp", "i"), ", 'receipts', 1000000 + i, ", id!("pay", "i"), ", ", id!("pyr", "m"),
    ", 'payment', '{\"number\":\"NL-' || ", digits!("i"),
    " || '\",\"seller\":{\"name\":\"Northern Lights\"},\"payer_name\":\"Aino Berg\",\"payer_email\":null,' ||
        '\"lines\":[],\"total\":{\"amount_minor\":1200,\"currency\":\"EUR\"},' ||
        '\"tax\":{\"amount_minor\":192,\"currency\":\"EUR\"},\"settled_at\":0}',
        1200, 192, 'EUR', $3 + i * $4
   from (select i, ", member_of_turn!(), " from n) as turns"
);

/// Two for each payment: that it was settled, and the time that it gave.
const EVENTS: &str = concat!(
    "insert into events (id, name, payload, sentence, tone, subject, actor, actor_kind, actor_id, is_human, at,
         told) ",
    numbers!(),
    "select ", id!("evt", "i"), ",
        case when i % 2 = 0 then 'billing.payment_settled' else 'billing.term_changed' end,
        case when i % 2 = 0
             then '{\"payment\":\"' || ", id!("pay", "i / 2"), " || '\",\"amount\":{\"amount_minor\":1200,\"currency\":\"EUR\"}}'
             else '{\"subscription\":\"' || ", id!("sub", "m"), " || '\",\"change\":{\"what\":\"given\"}}' end,
        case when i % 2 = 0
             then '{\"t\":\"A renewal of {amount} was paid.\",\"a\":[[\"amount\",{\"money\":{\"amount_minor\":1200,\"currency\":\"EUR\"}}]]}'
             else '{\"t\":\"Given: {length} ({cause})\",\"a\":[[\"length\",{\"plain\":\"30 days\"}],[\"cause\",{\"text\":{\"t\":\"payment\"}}]]}' end,
        case when i % 2 = 0 then 'good' else 'info' end,
        case when i % 2 = 0 then ", id!("pay", "i / 2"), " else ", id!("mem", "m"), " end,
        '{\"kind\":\"gateway\",\"id\":\"stripe\",\"name\":\"stripe\"}', 'gateway', 'stripe', false,
        $3 + i / 2 * $4, true
   from (select i, (i / 2 % $2 * 7919 + 4711) % $2 as m from n) as turns"
);

/// Both are told on the page of the subscription; the first on the payment's too, the second on the member's.
const EVENT_SUBJECTS: &str = concat!(
    "insert into event_subjects (subject, at, event_id) ",
    numbers!(),
    "select case when half = 0 then ",
    id!("sub", "m"),
    " when i % 2 = 0 then ",
    id!("pay", "i / 2"),
    " else ",
    id!("mem", "m"),
    " end as about, $3 + i / 2 * $4, ",
    id!("evt", "i"),
    "
   from (select i, (i / 2 % $2 * 7919 + 4711) % $2 as m from n) as turns
        cross join (select 0 as half union all select 1) as halves
  order by 1, 2, 3"
);

/// In place for all but the expired; the user's id on the server is the number as nine digits, after `$6`.
const SHARES: &str = concat!(
    "insert into shares (id, member_id, server_id, level, state, takes_place, entitlements, remote_id, user_name,
         user_name_key, stage, seen_level, wanted_at, joined_at, changed_at, edition) ",
    numbers!(),
    "select ", id!("shr", "$5 + i"), ", ", id!("mem", "$5 + i"), ", $3, 'full', 'in_place', true, $4,
        cast($6 as text) || ", digits!("$5 + i"), ", 'member' || ", digits!("$5 + i"), ", 'member' || ",
    digits!("$5 + i"), ", 'ready', 'full', $2, $2, $2, 3 from n"
);

const TARGETS: &str = concat!(
    "insert into targets (id, kind, target_key, remote, subject, desired_version, seen_version, state, tries,
         next_try_at, locked_until, lease, wanted_at, settled_at) ",
    numbers!(),
    "select ", id!("tgt", "$4 + i"), ", 'share', ", id!("shr", "$4 + i"), ", $3, ", id!("mem", "$4 + i"),
    ", 1, 1, 'in_place', 0, 9223372036854775807, 0, '', $2, $2 from n"
);

/// What a busy database does by itself sooner or later.
const ANALYZE: &str = "analyze";

/// How much is made: with 100,000 members, 1,000,000 payments and 2,000,000 events.
pub async fn fill(shop: &Shop, members: i64) -> Fallible<()> {
    fill_members(shop, members).await?;
    let db = &shop.house.db;
    let now = db.world().now().ms();
    let (payments, events) = (members * MONTHS, members * MONTHS * 2);
    let (began, gap) = (now - MONTHS * MONTH_MS, MONTH_MS / members);
    let version = billing::plan::find(db, &shop.plan)
        .await?
        .ok_or("no plan")?
        .version
        .id;
    let subscriptions = values![members, members, shop.plan, version, began, now, gap];
    run(db, SUBSCRIPTIONS, subscriptions).await?;
    run(db, GRANTS, values![payments, members, began, gap]).await?;
    let orders = values![payments, members, began, gap, version, shop.price];
    run(db, ORDERS, orders).await?;
    run(
        db,
        PAYMENTS,
        values![payments, members, began, gap, shop.stripe],
    )
    .await?;
    run(db, RECEIPTS, values![payments, members, began, gap]).await?;
    run(db, EVENTS, values![events, members, began, gap]).await?;
    run(db, EVENT_SUBJECTS, values![events, members, began, gap]).await?;
    if db.engine() == db::Engine::Postgres {
        run(db, ANALYZE, values![]).await?;
    }
    Ok(())
}

/// Members who are in place on the server, and nothing else.
pub async fn fill_members(shop: &Shop, members: i64) -> Fallible<()> {
    let db = &shop.house.db;
    fill_people(db, members).await?;
    let there = There {
        server: &shop.server,
        first: 0,
        members,
        before_number: GUID,
    };
    fill_server(db, &there).await
}

/// People without anything.
pub async fn fill_people(db: &Db, members: i64) -> Fallible<()> {
    let began = db.world().now().ms() - MONTHS * MONTH_MS;
    for sql in [ACCOUNTS, MEMBERS, PAYERS] {
        run(db, sql, values![members, began]).await?;
    }
    Ok(())
}

/// What comes before a number of nine digits to make it an id as Jellyfin and Emby have them.
pub const GUID: &str = "00000000000000000000000";

/// Who is in place on a server.
pub struct There<'a> {
    pub server: &'a ServerId,
    /// The number of the first of them.
    pub first: i64,
    pub members: i64,
    /// Their ids on the server are this and their number.
    pub before_number: &'a str,
}

/// Puts people in place on a server.
pub async fn fill_server(db: &Db, there: &There<'_>) -> Fallible<()> {
    let (now, plan) = (db.world().now().ms(), entitlements().print());
    let There {
        server,
        first,
        members,
        before_number,
    } = *there;
    let shares = values![members, now, server, plan, first, before_number];
    run(db, SHARES, shares).await?;
    run(db, TARGETS, values![members, now, server, first]).await
}

async fn run(db: &Db, sql: &'static str, values: Vec<db::Value>) -> Fallible<()> {
    let mut tx = db.begin(Actor::console()).await?;
    tx.run(sql, values).await?;
    Ok(tx.save().await?)
}

/// The address by which a member's account is known.
pub fn email(number: i64) -> String {
    format!("member{number:09}@lights.example")
}

/// The name by which a member's user is known.
pub fn name(number: i64) -> String {
    format!("member{number:09}")
}

/// The users of the members, for the stand-in's `/_control/seed`.
pub fn users(members: i64) -> Vec<serde_json::Value> {
    users_from(0, members)
}

pub fn users_from(first: i64, members: i64) -> Vec<serde_json::Value> {
    (first..first + members)
        .map(|number| {
            serde_json::json!({
                "id": format!("{GUID}{number:09}"), "name": name(number),
                "password": "a quiet evening", "libraries": ["Movies", "Series"],
            })
        })
        .collect()
}
