//! `subscriptions`: one subject on one plan version, where it stands, and what staff do with it.

use billing::hold::{self, Hold, HoldReason, NewHold};
use billing::standing::{self, Standing};
use billing::status::Status;
use billing::subscription::{self, When};
use kit::id::{HoldId, Id, MemberId, SubscriptionId};
use kit::{FormErrors, Subject, Timestamp, t};
use lists::api::SubscriptionFilter;
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::term_grants::{GrantShown, reason_of};
use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::sent::Nothing;
use crate::table::Table;
use crate::values::{Moment, Page, id_of, moment, wished, word};

const ALL: &str = "/api/v1/subscriptions";
const ONE: &str = "/api/v1/subscriptions/{id}";

pub fn table() -> Table {
    let change = Permission::MembersChange;
    Table::of("subscriptions")
        .list(ALL, (Permission::MembersSee, "Lists subscriptions"), list)
        .read(
            ONE,
            (Permission::MembersSee, "Shows where a subscription stands"),
            show,
        )
        .act(
            "/api/v1/subscriptions/{id}/cancel",
            (change, "Ends it now or when its time is over"),
            cancel,
        )
        .act(
            "/api/v1/subscriptions/{id}/undo-cancel",
            (change, "Takes a cancellation back"),
            undo_cancel,
        )
        .act(
            "/api/v1/subscriptions/{id}/hold",
            (change, "Suspends it for a reason"),
            place_hold,
        )
        .act(
            "/api/v1/subscriptions/{id}/lift",
            (change, "Lifts a hold"),
            lift,
        )
        .act(
            "/api/v1/subscriptions/{id}/change-plan",
            (change, "Moves it to the present version of a plan"),
            change_plan,
        )
        .act(
            "/api/v1/subscriptions/{id}/make-permanent",
            (change, "Makes it never end"),
            make_permanent,
        )
}

/// A reason for withholding access.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hold)]
struct HoldShown {
    id: String,
    reason: String,
    note: Option<String>,
    since: Moment,
    until: Option<Moment>,
}

impl From<&Hold> for HoldShown {
    fn from(hold: &Hold) -> Self {
        Self {
            id: hold.id.to_string(),
            reason: hold.reason.word().to_owned(),
            note: hold.note.clone(),
            since: Moment(hold.since),
            until: moment(hold.until),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subscription)]
struct SubscriptionShown {
    id: String,
    /// The member, station or account that it is for.
    subject: String,
    payer_id: String,
    plan_id: String,
    plan_version_id: String,
    plan: String,
    status: String,
    has_access: bool,
    /// What will happen next, as a sentence.
    next: String,
    /// When the status changes by itself.
    changes_at: Option<Moment>,
    is_permanent: bool,
    trial_until: Option<Moment>,
    paid_until: Option<Moment>,
    cancel_at: Option<Moment>,
    cancel_reason: Option<String>,
    /// `none`, `live`, `failing` or `ended`: whether a gateway renews it.
    agreement: String,
    holds: Vec<HoldShown>,
    grants: Vec<GrantShown>,
    created_at: Moment,
    closed_at: Option<Moment>,
}

fn shown(call: &Call, standing: &Standing) -> SubscriptionShown {
    let row = &standing.subscription;
    let grant = |grant| GrantShown::of(grant, &standing.term);
    SubscriptionShown {
        id: row.id.to_string(),
        subject: row.subject.as_str().to_owned(),
        payer_id: row.payer_id.to_string(),
        plan_id: row.plan_id.to_string(),
        plan_version_id: row.plan_version_id.to_string(),
        plan: standing.plan.name.clone(),
        status: standing.status.word().to_owned(),
        has_access: standing.has_access(),
        next: call.say(&standing.next),
        changes_at: moment(standing.changes_at),
        is_permanent: standing.is_permanent(),
        trial_until: standing.term.trial_until.and_then(moment),
        paid_until: standing.term.paid_until.and_then(moment),
        cancel_at: moment(row.cancel_at),
        cancel_reason: row.cancel_reason.clone(),
        agreement: row.agreement_state.word().to_owned(),
        holds: standing.holds.iter().map(HoldShown::from).collect(),
        grants: standing.grants.iter().map(grant).collect(),
        created_at: Moment(row.created_at),
        closed_at: moment(row.closed_at),
    }
}

async fn standing_of(call: &Call, id: &SubscriptionId) -> Answer<SubscriptionShown> {
    let standing = standing::standing(&call.site.db, id, call.site.now()).await?;
    Ok(shown(call, &standing))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    member_id: Option<String>,
    payer_id: Option<String>,
    plan_id: Option<String>,
    status: Option<String>,
}

/// Why; kept on the time line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    /// `now` or `end`.
    when: String,
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSuspension {
    reason: String,
    /// Absent: until it is lifted.
    until: Option<Moment>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Lifting {
    hold_id: String,
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanMove {
    plan_id: String,
    reason: String,
}

/// `GET /api/v1/subscriptions`
async fn list(call: Call, filter: Filter) -> Answer<Page<SubscriptionShown>> {
    let member: Option<MemberId> = wished("member_id", filter.member_id.as_ref(), Id::parse)?;
    let filter = SubscriptionFilter {
        subject: member.as_ref().map(Subject::of),
        payer: wished("payer_id", filter.payer_id.as_ref(), Id::parse)?,
        plan: wished("plan_id", filter.plan_id.as_ref(), Id::parse)?,
        status: wished("status", filter.status.as_ref(), Status::parse)?,
    };
    let db = &call.site.db;
    let page = lists::api::subscriptions(db, &filter, &call.page).await?;
    let ids: Vec<SubscriptionId> = page.rows.iter().map(|row| row.id.clone()).collect();
    let standings = standing::many(db, &ids, call.site.now()).await?;
    Ok(Page {
        data: standings.iter().map(|row| shown(&call, row)).collect(),
        next: page.next,
    })
}

/// `GET /api/v1/subscriptions/{id}`
async fn show(call: Call) -> Answer<SubscriptionShown> {
    standing_of(&call, &call.id()?).await
}

/// `POST /api/v1/subscriptions/{id}/cancel`
async fn cancel(call: Call, sent: Cancellation) -> Answer<SubscriptionShown> {
    let id: SubscriptionId = call.id()?;
    let reason = reason_of(&sent.reason)?;
    let when = word(&sent.when, |text| match text {
        "now" => Some(When::Now),
        "end" => Some(When::AtEnd),
        _ => None,
    });
    let when = when.map_err(|error| Problem::field("when", error.text()))?;
    let mut tx = call.begin().await?;
    subscription::cancel(&mut tx, &id, when, Some(&reason)).await?;
    tx.save().await?;
    standing_of(&call, &id).await
}

/// `POST /api/v1/subscriptions/{id}/undo-cancel`
async fn undo_cancel(call: Call, _: Nothing) -> Answer<SubscriptionShown> {
    let id: SubscriptionId = call.id()?;
    let mut tx = call.begin().await?;
    let was_cancelled = subscription::undo_cancel(&mut tx, &id).await?;
    tx.save().await?;
    if was_cancelled {
        standing_of(&call, &id).await
    } else {
        Err(Problem::conflict(t!(
            "There was no cancellation to take back."
        )))
    }
}

/// `POST /api/v1/subscriptions/{id}/hold`
async fn place_hold(call: Call, sent: NewSuspension) -> Answer<SubscriptionShown> {
    let id: SubscriptionId = call.id()?;
    let hold = NewHold {
        subscription: id.clone(),
        reason: HoldReason::Staff,
        source: String::new(),
        note: Some(reason_of(&sent.reason)?),
        until: sent.until.map_or(Timestamp::NEVER, |until| until.0),
    };
    let mut tx = call.begin().await?;
    found(subscription::find(&mut tx, &id).await?)?;
    hold::place(&mut tx, &hold).await?;
    tx.save().await?;
    standing_of(&call, &id).await
}

/// `POST /api/v1/subscriptions/{id}/lift`
async fn lift(call: Call, sent: Lifting) -> Answer<SubscriptionShown> {
    let id: SubscriptionId = call.id()?;
    let reason = reason_of(&sent.reason)?;
    let hold: HoldId = id_of("hold_id", &sent.hold_id)?;
    let mut tx = call.begin().await?;
    let holds = hold::list_of(&mut tx, &id).await?;
    if !holds.iter().any(|known| known.id == hold) {
        return Err(FormErrors::one("hold_id", kit::FieldError::UnknownId.text()).into());
    }
    hold::lift(&mut tx, &hold, Some(&reason)).await?;
    tx.save().await?;
    standing_of(&call, &id).await
}

/// `POST /api/v1/subscriptions/{id}/change-plan`
async fn change_plan(call: Call, sent: PlanMove) -> Answer<SubscriptionShown> {
    let id: SubscriptionId = call.id()?;
    let reason = reason_of(&sent.reason)?;
    let mut tx = call.begin().await?;
    let plan = billing::plan::find(&mut tx, &id_of("plan_id", &sent.plan_id)?).await?;
    let unknown = || Problem::field("plan_id", kit::FieldError::UnknownId.text());
    let plan = plan.ok_or_else(unknown)?;
    subscription::change_plan(&mut tx, &id, &plan.version.id, Some(&reason)).await?;
    tx.save().await?;
    standing_of(&call, &id).await
}

/// `POST /api/v1/subscriptions/{id}/make-permanent`
async fn make_permanent(call: Call, sent: Reason) -> Answer<SubscriptionShown> {
    let id: SubscriptionId = call.id()?;
    let reason = reason_of(&sent.reason)?;
    let mut tx = call.begin().await?;
    subscription::make_permanent(&mut tx, &id, Some(&reason)).await?;
    tx.save().await?;
    standing_of(&call, &id).await
}
