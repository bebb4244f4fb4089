//! `refunds`: money that goes back. It is written here, and sent by a job.

use billing::refund::{self, NewRefund, Refund, RefundState, TermAfter};
use kit::FormErrors;
use kit::id::{Id, RefundId};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::term_grants::reason_of;
use crate::call::{Answer, Call};
use crate::table::Table;
use crate::values::{Amount, Moment, Page, id_of, moment, wished};

const ALL: &str = "/api/v1/refunds";

pub fn table() -> Table {
    Table::of("refunds")
        .list(
            ALL,
            (Permission::PaymentsSee, "Lists refunds, oldest first"),
            list,
        )
        .create(
            ALL,
            (
                Permission::RefundsMake,
                "Refunds a payment, whole or in part",
            ),
            create,
        )
        .read(
            "/api/v1/refunds/{id}",
            (Permission::PaymentsSee, "Shows a refund"),
            show,
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
struct RefundShown {
    id: String,
    payment_id: String,
    amount: Amount,
    /// `sending`, `unknown`, `pending`, `succeeded` or `failed`.
    state: String,
    /// What became of the time: `keep`, `cut` or `revoke`.
    term: String,
    reason: String,
    problem: Option<String>,
    created_at: Moment,
    ended_at: Option<Moment>,
}

fn shown(call: &Call, refund: Refund) -> RefundShown {
    RefundShown {
        id: refund.id.to_string(),
        payment_id: refund.payment_id.to_string(),
        amount: refund.amount().into(),
        state: refund.state.word().to_owned(),
        term: refund.term.word().to_owned(),
        problem: call.say_maybe(refund.problem.as_ref()),
        reason: refund.reason,
        created_at: Moment(refund.created_at),
        ended_at: moment(refund.ended_at),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    payment_id: Option<String>,
    state: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefundSent {
    payment_id: String,
    amount: Amount,
    /// `keep` (if absent), `cut` or `revoke` the time; a whole refund always revokes it.
    term: Option<String>,
    reason: String,
}

impl RefundSent {
    fn read(&self) -> Result<NewRefund, FormErrors> {
        let amount = self.amount.read();
        Ok(NewRefund {
            payment: id_of("payment_id", &self.payment_id)?,
            amount: amount.map_err(|error| FormErrors::one("amount", error.text()))?,
            term: wished("term", self.term.as_ref(), TermAfter::parse)?.unwrap_or(TermAfter::Keep),
            reason: reason_of(&self.reason)?,
        })
    }
}

/// `GET /api/v1/refunds`
async fn list(call: Call, filter: Filter) -> Answer<Page<RefundShown>> {
    let payment = wished("payment_id", filter.payment_id.as_ref(), Id::parse)?;
    let state = wished("state", filter.state.as_ref(), RefundState::parse)?;
    let page = lists::api::refunds(&call.site.db, (payment, state), &call.page).await?;
    Ok(Page::of(page, |row| shown(&call, row)))
}

/// `GET /api/v1/refunds/{id}`
async fn show(call: Call) -> Answer<RefundShown> {
    let id: RefundId = call.id()?;
    let refund = refund::find(&call.site.db, &id).await?;
    Ok(shown(&call, refund))
}

/// `POST /api/v1/refunds`
async fn create(call: Call, sent: RefundSent) -> Answer<RefundShown> {
    let new = sent.read()?;
    let mut tx = call.begin().await?;
    let id = refund::ask(&mut tx, &new).await?;
    let refund = refund::find(&mut tx, &id).await?;
    tx.save().await?;
    Ok(shown(&call, refund))
}
