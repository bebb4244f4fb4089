//! Cancelling at the end of what is paid, and taking that back before it has come.

use axum::extract::State;
use billing::agreement::{self, WantedEnd};
use billing::subscription::{self, Subscription, When};
use kit::{Arg, Subject, t};
use people::member;
use web::{CheckedForm, Done, PageError, PageResult, SignedIn, Site};

/// `POST /account/membership/cancel`
pub async fn cancel(visitor: SignedIn, State(site): State<Site>, _form: CheckedForm) -> PageResult {
    let own = own(&site, &visitor).await?;
    let mut tx = site.db.begin(visitor.actor()).await?;
    let at = subscription::cancel(&mut tx, &own.id, When::AtEnd, None).await?;
    agreement::want_end(&mut tx, &own.id, WantedEnd::AtPeriodEnd).await?;
    tx.save().await?;
    let words = t!(
        "Cancelled. You can watch until {day}, and nothing is charged after that.",
        day = Arg::Day(at)
    );
    Ok(Done::at(&site, "/account", words))
}

/// `POST /account/membership/keep`
pub async fn keep(visitor: SignedIn, State(site): State<Site>, _form: CheckedForm) -> PageResult {
    let own = own(&site, &visitor).await?;
    let mut tx = site.db.begin(visitor.actor()).await?;
    subscription::undo_cancel(&mut tx, &own.id).await?;
    agreement::want_end(&mut tx, &own.id, WantedEnd::None).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        "/account",
        t!("The cancellation is taken back. Everything goes on as before."),
    ))
}

async fn own(site: &Site, visitor: &SignedIn) -> Result<Subscription, PageError> {
    let member = member::find_by_account(&site.db, &visitor.visit.account.id).await?;
    let member = member.ok_or(PageError::NotFound)?;
    let living = subscription::living_of(&site.db, &Subject::of(&member.id)).await?;
    living.ok_or(PageError::NotFound)
}
