//! Sign-ins: everyone who can sign in, those who never bought included.

use db::{DbError, Listing, Read, values};
use kit::id::{AccountId, MemberId, RoleId};
use kit::{PageAsked, PageOf, Timestamp};
use people::account::Level;

use crate::prefix;

db::row! {
    /// A sign-in as the list shows it.
    #[derive(Debug, Clone)]
    pub struct AccountRow {
        pub id: AccountId,
        pub number: i64,
        pub name: String,
        pub username: String,
        username_key: String,
        pub email: String,
        pub enabled: bool,
        pub level: Level,
        pub role: String,
        pub email_confirmed_at: Option<Timestamp>,
        pub created_at: Timestamp,
        /// `None`: they never bought anything.
        pub member_id: Option<MemberId>,
        /// `None`: no session of theirs is alive.
        pub seen_at: Option<Timestamp>,
    }
}

/// Which sign-ins are asked for. All that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// A number, a whole address, or the beginning of a user name.
    pub search: String,
    pub role: Option<RoleId>,
    pub disabled: bool,
    pub never_bought: bool,
}

const ACCOUNTS: Listing = Listing {
    base: "
        select a.id, a.number, a.name, a.username, a.username_key, a.email, a.enabled, a.level, r.name as role,
               a.email_confirmed_at, a.created_at, m.id as member_id,
               (select max(s.seen_at) from sessions s where s.account_id = a.id) as seen_at
          from accounts a
          join roles r on r.id = a.role_id
          left join members m on m.account_id = a.id
         where true",
    clauses: &[
        ("number", "and a.number = ?"),
        ("email", "and a.email_key = ?"),
        ("username", "and a.username_key >= ? and a.username_key < ?"),
        ("role", "and a.role_id = ?"),
        ("disabled", "and not a.enabled"),
        ("never_bought", "and m.id is null"),
        ("after", "and (a.created_at, a.id) < (?, ?)"),
        ("after_name", "and (a.username_key, a.id) > (?, ?)"),
    ],
    orders: &[
        ("newest", "order by a.created_at desc, a.id desc limit ?"),
        ("name", "order by a.username_key, a.id limit ?"),
    ],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&ACCOUNTS];

/// One page of the sign-ins that fit: newest first, or by user name while one is searched for.
pub async fn page(
    read: impl Read,
    filter: &AccountFilter,
    asked: &PageAsked,
) -> Result<PageOf<AccountRow>, DbError> {
    let typed = filter.search.trim().to_lowercase();
    let number = typed.parse::<i64>().ok();
    let is_address = typed.contains('@');
    let is_name = !typed.is_empty() && !is_address && number.is_none();
    let (order, after, mark) = if is_name {
        ("name", "after_name", asked.after_text())
    } else {
        ("newest", "after", asked.after_number())
    };
    let rows = ACCOUNTS
        .ask()
        .filter("number", number.map(|number| values![number]))
        .filter("email", is_address.then(|| values![typed]))
        .filter(
            "username",
            is_name.then(|| values![typed, prefix::end_of(&typed)]),
        )
        .filter("role", filter.role.as_ref().map(|role| values![role]))
        .filter("disabled", filter.disabled.then(Vec::new))
        .filter("never_bought", filter.never_bought.then(Vec::new))
        .filter(after, mark)
        .rows(read, order, values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &AccountRow| {
        if is_name {
            PageAsked::mark(&row.username_key, row.id.as_str())
        } else {
            PageAsked::mark(row.created_at.ms(), row.id.as_str())
        }
    }))
}
