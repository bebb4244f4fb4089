//! `members`: people with access to media servers, and what staff do for them.

use billing::status::Status;
use billing::term::CauseKind;
use flows::told_at_once::new_member::{self, Gift, Until};
use flows::told_at_once::{account_changes, letters_again};
use kit::id::{AccountId, Id, MemberId};
use kit::{Email, FormErrors, field, t};
use lists::members::{MemberFilter, MemberRow};
use media::account_change;
use media::maker::Entry;
use people::identity::{self, IdentityRow};
use people::member::{self, Member, MemberForm};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::sent::Nothing;
use crate::table::Table;
use crate::values::{Moment, Page, id_of, moment, wished};

const ALL: &str = "/api/v1/members";
const ONE: &str = "/api/v1/members/{id}";

pub fn table() -> Table {
    let change = Permission::MembersChange;
    Table::of("members")
        .list(ALL, (Permission::MembersSee, "Lists members"), list)
        .create(
            ALL,
            (change, "Makes a member, with a plan if one is given"),
            create,
        )
        .read(ONE, (Permission::MembersSee, "Shows a member"), show)
        .change(
            ONE,
            (change, "Changes name, address or note"),
            change_member,
        )
        .act(
            "/api/v1/members/{id}/gift",
            (change, "Gives a plan until a day, or for good"),
            gift,
        )
        .act(
            "/api/v1/members/{id}/link",
            (change, "Links a sign-in to the member"),
            link,
        )
        .act(
            "/api/v1/members/{id}/unlink",
            (change, "Takes the sign-in from the member"),
            unlink,
        )
        .act(
            "/api/v1/members/{id}/account-change",
            (change, "Has the member give another account of a platform"),
            ask_account,
        )
        .act(
            "/api/v1/members/{id}/account-change/drop",
            (change, "Lets the member keep their account"),
            drop_account,
        )
        .act(
            "/api/v1/members/{id}/welcome",
            (Permission::LettersSend, "Sends the welcome again"),
            welcome,
        )
}

/// A member, as listed.
#[derive(Debug, Serialize, ToSchema)]
struct MemberListed {
    id: String,
    name: String,
    email: Option<String>,
    /// The living membership; absent if there is none.
    subscription_id: Option<String>,
    status: Option<String>,
    plan: Option<String>,
    /// Absent: no end, or no time was given yet.
    ends_at: Option<Moment>,
    /// On how many servers access is in place.
    servers_in_place: i64,
    servers_being_set_up: i64,
    created_at: Moment,
}

impl From<MemberRow> for MemberListed {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            email: row.email,
            subscription_id: row.subscription_id.map(|id| id.to_string()),
            status: row.status.map(|status| status.word().to_owned()),
            plan: row.plan,
            ends_at: row.ends_at.filter(|at| at.ms() > 0).and_then(moment),
            servers_in_place: row.servers,
            servers_being_set_up: row.not_yet,
            created_at: Moment(row.created_at),
        }
    }
}

/// How the member is known elsewhere.
#[derive(Debug, Serialize, ToSchema)]
struct IdentityShown {
    kind: String,
    /// The server or service.
    scope: String,
    remote_id: String,
    label: String,
}

impl From<IdentityRow> for IdentityShown {
    fn from(row: IdentityRow) -> Self {
        Self {
            kind: row.kind.word().to_owned(),
            scope: row.scope,
            remote_id: row.remote_id,
            label: row.label,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
struct MemberShown {
    id: String,
    name: String,
    email: Option<String>,
    /// Where Plex writes to them, if that is another address.
    plex_email: Option<String>,
    /// The same for Emby Connect.
    emby_email: Option<String>,
    /// For staff only.
    note: String,
    account_id: Option<String>,
    /// Why they must give another account of a platform before they may buy; absent: they need not.
    must_change_account: Option<String>,
    identities: Vec<IdentityShown>,
    created_at: Moment,
}

async fn shown(call: &Call, id: &MemberId) -> Answer<MemberShown> {
    let member: Member = found(member::find(&call.site.db, id).await?)?;
    let identities = identity::list_of(&call.site.db, id).await?;
    let due = account_change::due_of(&call.site.db, id).await?;
    Ok(MemberShown {
        id: member.id.to_string(),
        name: member.name,
        email: member.email.as_ref().map(ToString::to_string),
        plex_email: member.plex_email.as_ref().map(ToString::to_string),
        emby_email: member.emby_email.as_ref().map(ToString::to_string),
        note: member.note,
        account_id: member.account_id.map(|id| id.to_string()),
        must_change_account: due.map(|due| due.reason),
        identities: identities.into_iter().map(IdentityShown::from).collect(),
        created_at: Moment(member.created_at),
    })
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// The beginning of a name, or a whole address.
    #[serde(default)]
    search: String,
    status: Option<String>,
    plan_id: Option<String>,
    server_id: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMember {
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    plex_email: String,
    #[serde(default)]
    emby_email: String,
    #[serde(default)]
    note: String,
    gift: Option<NewGift>,
}

/// A plan given for nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGift {
    plan_id: String,
    /// Absent: for good.
    until: Option<Moment>,
}

impl NewGift {
    fn read(&self) -> Result<Gift, FormErrors> {
        Ok(Gift {
            plan: id_of("plan_id", &self.plan_id)?,
            until: match self.until {
                Some(day) => Until::Day(day.0),
                None => Until::Permanent,
            },
            cause: CauseKind::Staff,
        })
    }
}

/// What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberChange {
    name: Option<String>,
    /// Empty: none.
    email: Option<String>,
    /// Empty: none.
    plex_email: Option<String>,
    /// Empty: none.
    emby_email: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Link {
    account_id: String,
}

/// Another account of a platform is needed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountWanted {
    /// `plex`.
    platform: String,
    /// The member reads it.
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountKept {
    /// `plex`.
    platform: String,
}

/// `GET /api/v1/members`
async fn list(call: Call, filter: Filter) -> Answer<Page<MemberListed>> {
    let filter = MemberFilter {
        search: filter.search,
        status: wished("status", filter.status.as_ref(), Status::parse)?,
        plan: wished("plan_id", filter.plan_id.as_ref(), Id::parse)?,
        server: wished("server_id", filter.server_id.as_ref(), Id::parse)?,
        ..MemberFilter::default()
    };
    let page = lists::members::page(&call.site.db, &filter, &call.page).await?;
    Ok(Page::of(page, MemberListed::from))
}

/// `GET /api/v1/members/{id}`
async fn show(call: Call) -> Answer<MemberShown> {
    shown(&call, &call.id()?).await
}

/// `POST /api/v1/members`
async fn create(call: Call, new: NewMember) -> Answer<MemberShown> {
    let form = MemberForm {
        name: new.name,
        email: new.email,
        plex_email: new.plex_email,
        emby_email: new.emby_email,
        note: new.note,
    };
    let (parsed, gift) = (
        form.parse()?,
        new.gift.as_ref().map(NewGift::read).transpose()?,
    );
    let mut tx = call.begin().await?;
    let member = new_member::create(&mut tx, &parsed, gift.as_ref()).await?;
    tx.save().await?;
    shown(&call, &member.id).await
}

/// `PATCH /api/v1/members/{id}`
async fn change_member(call: Call, change: MemberChange) -> Answer<MemberShown> {
    let mut tx = call.begin().await?;
    let before = found(member::find(&mut tx, &call.id()?).await?)?;
    let known =
        |email: &Option<Email>| email.as_ref().map_or_else(String::new, ToString::to_string);
    let form = MemberForm {
        name: change.name.unwrap_or_else(|| before.name.clone()),
        email: change.email.unwrap_or_else(|| known(&before.email)),
        plex_email: change
            .plex_email
            .unwrap_or_else(|| known(&before.plex_email)),
        emby_email: change
            .emby_email
            .unwrap_or_else(|| known(&before.emby_email)),
        note: change.note.unwrap_or_else(|| before.note.clone()),
    };
    member::change(&mut tx, &before, &form).await?;
    tx.save().await?;
    shown(&call, &before.id).await
}

/// `POST /api/v1/members/{id}/gift`
async fn gift(call: Call, gift: NewGift) -> Answer<MemberShown> {
    let gift = gift.read()?;
    let mut tx = call.begin().await?;
    let member = found(member::find(&mut tx, &call.id()?).await?)?;
    new_member::give(&mut tx, &member, &gift).await?;
    tx.save().await?;
    shown(&call, &member.id).await
}

/// `POST /api/v1/members/{id}/link`
async fn link(call: Call, link: Link) -> Answer<MemberShown> {
    let account: AccountId = id_of("account_id", &link.account_id)?;
    let mut tx = call.begin().await?;
    let member = found(member::find(&mut tx, &call.id()?).await?)?;
    let account = found(people::account::find(&mut tx, &account).await?)?;
    member::link(&mut tx, &member, &account).await?;
    tx.save().await?;
    shown(&call, &member.id).await
}

/// `POST /api/v1/members/{id}/unlink`
async fn unlink(call: Call, _: Nothing) -> Answer<MemberShown> {
    let mut tx = call.begin().await?;
    let member = found(member::find(&mut tx, &call.id()?).await?)?;
    member::unlink(&mut tx, &member).await?;
    tx.save().await?;
    shown(&call, &member.id).await
}

/// `POST /api/v1/members/{id}/account-change`
async fn ask_account(call: Call, wanted: AccountWanted) -> Answer<MemberShown> {
    let id: MemberId = call.id()?;
    let platform = known_platform(&call, &wanted.platform)?;
    let reason = field::required(&wanted.reason, 500)
        .map_err(|error| FormErrors::one("reason", error.text()))?;
    let mut tx = call.begin().await?;
    found(member::find(&mut tx, &id).await?)?;
    account_changes::ask(&mut tx, std::slice::from_ref(&id), &platform, &reason).await?;
    tx.save().await?;
    shown(&call, &id).await
}

/// `POST /api/v1/members/{id}/account-change/drop`
async fn drop_account(call: Call, kept: AccountKept) -> Answer<MemberShown> {
    let id: MemberId = call.id()?;
    let platform = known_platform(&call, &kept.platform)?;
    let mut tx = call.begin().await?;
    found(member::find(&mut tx, &id).await?)?;
    account_change::drop_of(&mut tx, &id, &platform).await?;
    tx.save().await?;
    shown(&call, &id).await
}

/// A platform where people come with accounts of their own.
fn known_platform(call: &Call, typed: &str) -> Result<String, FormErrors> {
    if call.site.tools.makers.entry(typed) == Entry::Invitation {
        return Ok(typed.to_owned());
    }
    let text = t!("People have accounts of their own on no such platform here. It can be: plex.");
    Err(FormErrors::one("platform", text))
}

/// `POST /api/v1/members/{id}/welcome`
async fn welcome(call: Call, _: Nothing) -> Answer<MemberShown> {
    let id: MemberId = call.id()?;
    found(member::find(&call.site.db, &id).await?)?;
    let mut tx = call.begin().await?;
    letters_again::welcome(&mut tx, &call.site.tools, &id).await?;
    tx.save().await?;
    shown(&call, &id).await
}
