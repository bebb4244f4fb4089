//! `term-grants`: lengths of time, each given for one cause.

use billing::term::{self, Anchor, Cause, CauseKind, Grant, NewGrant};
use billing::{standing, subscription};
use kit::id::{EventId, GrantId, SubscriptionId};
use kit::{FormErrors, field};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::table::Table;
use crate::values::{Moment, Page, Stretch, id_of, moment};

const ALL: &str = "/api/v1/term-grants";

pub fn table() -> Table {
    let change = Permission::MembersChange;
    Table::of("term-grants")
        .list(
            ALL,
            (Permission::MembersSee, "Lists the time of one subscription"),
            list,
        )
        .create(ALL, (change, "Gives time for a reason"), create)
        .read(
            "/api/v1/term-grants/{id}",
            (Permission::MembersSee, "Shows a length of time"),
            show,
        )
        .act(
            "/api/v1/term-grants/{id}/revoke",
            (change, "Takes time back"),
            revoke,
        )
}

/// A length of time, and where it lies.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TermGrant)]
pub struct GrantShown {
    id: String,
    subscription_id: String,
    length: Stretch,
    /// `payment`, `trial`, `staff`, …
    cause: String,
    cause_id: String,
    /// Where it lies now; absent if it was taken back.
    from: Option<Moment>,
    /// Absent: without end, or taken back.
    until: Option<Moment>,
    reason: Option<String>,
    revoked_at: Option<Moment>,
    revoked_reason: Option<String>,
    created_at: Moment,
}

impl GrantShown {
    pub fn of(grant: &Grant, term: &billing::term::Term) -> Self {
        let stretch = term.stretch_of(&grant.id);
        Self {
            id: grant.id.to_string(),
            subscription_id: grant.subscription_id.to_string(),
            length: grant.length().into(),
            cause: grant.cause_kind.word().to_owned(),
            cause_id: grant.cause_id.clone(),
            from: stretch.map(|stretch| Moment(stretch.from)),
            until: stretch.and_then(|stretch| moment(stretch.until)),
            reason: grant.reason.clone(),
            revoked_at: moment(grant.revoked_at),
            revoked_reason: grant.revoked_reason.clone(),
            created_at: Moment(grant.created_at),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    subscription_id: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTime {
    subscription_id: String,
    length: Stretch,
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Revocation {
    reason: String,
}

/// Every grave change keeps a reason, in the words of whoever makes it.
pub fn reason_of(text: &str) -> Result<String, FormErrors> {
    field::required(text, 500).map_err(|error| FormErrors::one("reason", error.text()))
}

/// `GET /api/v1/term-grants`
async fn list(call: Call, filter: Filter) -> Answer<Page<GrantShown>> {
    let id: SubscriptionId = id_of("subscription_id", &filter.subscription_id)?;
    let standing = standing::standing(&call.site.db, &id, call.site.now()).await?;
    let show = |grant: &Grant| GrantShown::of(grant, &standing.term);
    Ok(Page {
        data: standing.grants.iter().map(show).collect(),
        next: None,
    })
}

/// `GET /api/v1/term-grants/{id}`
async fn show(call: Call) -> Answer<GrantShown> {
    shown(&call, &call.id()?).await
}

async fn shown(call: &Call, id: &GrantId) -> Answer<GrantShown> {
    let grant = found(term::find(&call.site.db, id).await?)?;
    let now = call.site.now();
    let standing = standing::standing(&call.site.db, &grant.subscription_id, now).await?;
    Ok(GrantShown::of(&grant, &standing.term))
}

/// `POST /api/v1/term-grants`
async fn create(call: Call, sent: NewTime) -> Answer<GrantShown> {
    let length = sent.length.read();
    let length = length.map_err(|error| Problem::field("length", error.text()))?;
    let reason = reason_of(&sent.reason)?;
    let id: SubscriptionId = id_of("subscription_id", &sent.subscription_id)?;
    let mut tx = call.begin().await?;
    let known = subscription::find(&mut tx, &id).await?;
    known.ok_or_else(|| Problem::field("subscription_id", kit::FieldError::UnknownId.text()))?;
    let event: EventId = tx.id();
    let cause = Cause::new(CauseKind::Staff, event.as_str());
    let grant = NewGrant {
        anchor: Anchor::Settled,
        reason: Some(reason),
        ..NewGrant::new(&id, length, cause.clone(), tx.now())
    };
    term::grant(&mut tx, &grant).await?;
    let made = found(term::find_by_cause(&mut tx, &cause).await?)?;
    tx.save().await?;
    shown(&call, &made.id).await
}

/// `POST /api/v1/term-grants/{id}/revoke`
async fn revoke(call: Call, sent: Revocation) -> Answer<GrantShown> {
    let id: GrantId = call.id()?;
    let reason = reason_of(&sent.reason)?;
    let mut tx = call.begin().await?;
    found(term::find(&mut tx, &id).await?)?;
    term::revoke_grant(&mut tx, &id, &reason).await?;
    tx.save().await?;
    shown(&call, &id).await
}
