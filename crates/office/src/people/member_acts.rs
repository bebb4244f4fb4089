//! What staff can do for a member, each asked once and kept with its reason.

use axum::extract::{Path, State};
use axum::response::Response;
use billing::hold::{self, Hold, HoldReason, NewHold};
use billing::subscription::{self, When};
use billing::term::{self, Anchor, Cause, CauseKind, Grant, NewGrant};
use kit::id::{EventId, GrantId, HoldId, Id, SubscriptionId};
use kit::{FormErrors, Length, Text, Timestamp, t};
use maud::{Markup, html};
use people::role::Permission;
use ui::field;
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use super::member::Known;
use super::member_pieces as pieces;
use super::other_account;
use crate::ask::{Ask, ask};
use crate::typed;

/// The buttons beside the member's name.
pub fn buttons(staff: &Staff, known: &Known) -> Markup {
    let living = known
        .standing
        .as_ref()
        .filter(|standing| standing.subscription.is_living());
    let Some(standing) = living.filter(|_| staff.may(Permission::MembersChange)) else {
        return html! {};
    };
    let is_cancelled = !standing.subscription.cancel_at.is_never();
    html! {
        (give_days(staff, known))
        (suspend(staff, known))
        (ui::link_button(known.href("plan"), t!("Change plan…")).render(&staff.reader))
        @if !standing.is_permanent() { (permanent(staff, known)) }
        @if is_cancelled {
            (ui::post_button(known.href("undo-cancel"), &staff.csrf, t!("Undo the cancellation"))
                .icon("undo").render(&staff.reader))
        } @else {
            (cancel(staff, known))
        }
        @if asks_for_account(known) { (other_account::button(staff, known)) }
        (ui::post_button(known.href("welcome"), &staff.csrf, t!("Send the welcome again")).quiet()
            .render(&staff.reader))
    }
}

/// Whether they watch where people come with accounts of their own, and were not asked for another one.
fn asks_for_account(known: &Known) -> bool {
    let comes_invited = |share: &media::Share| {
        let of_share = |server: &&media::Server| server.id == share.server_id;
        let server = known.servers.iter().find(of_share);
        server.is_some_and(|server| server.owner_account_id.is_some())
    };
    known.account_change.is_none() && known.shares.iter().any(comes_invited)
}

fn give_days<'a>(staff: &'a Staff, known: &Known) -> Ask<'a> {
    ask(staff, "give-days", t!("Give days…"), known.href("grants"))
        .sentence(t!(
            "They are added after the time that they have. You can take them back."
        ))
        .field(
            field::number("days", t!("Days"))
                .between(1, 3_650)
                .required(),
        )
        .because()
        .gently(t!("Give them"))
}

fn suspend<'a>(staff: &'a Staff, known: &Known) -> Ask<'a> {
    ask(staff, "suspend", t!("Suspend…"), known.href("holds"))
        .question(t!("Suspend {name}?", name = known.member.name.as_str()))
        .sentence(t!(
            "Their media users are disabled until you lift it, or until the day you choose. The paid time runs on."
        ))
        .field(field::date("until", t!("Until")).hint(t!("Empty: until you lift it.")))
        .because()
        .gravely(t!("Suspend"))
}

fn permanent<'a>(staff: &'a Staff, known: &Known) -> Ask<'a> {
    ask(
        staff,
        "permanent",
        t!("Make permanent…"),
        known.href("permanent"),
    )
    .question(t!(
        "Make {name} permanent?",
        name = known.member.name.as_str()
    ))
    .sentence(t!(
        "They never expire, are never limited and never reminded. Taking the grant back ends it."
    ))
    .because()
    .gently(t!("Make permanent"))
}

fn cancel<'a>(staff: &'a Staff, known: &Known) -> Ask<'a> {
    let when = field::cards("when", t!("When"))
        .value("end")
        .explained(
            "end",
            t!("At the end"),
            t!("Access stays until the time that they have is over."),
        )
        .explained(
            "now",
            t!("Now"),
            t!("Access ends at once. Nothing is refunded by this."),
        );
    ask(staff, "cancel", t!("Cancel…"), known.href("cancel"))
        .question(t!(
            "Cancel the membership of {name}?",
            name = known.member.name.as_str()
        ))
        .field(when)
        .because()
        .gravely(t!("Cancel the membership"))
}

/// The member's living membership, or why there is nothing to act on.
pub fn living(known: &Known) -> Result<SubscriptionId, PageError> {
    known
        .standing
        .as_ref()
        .filter(|standing| standing.subscription.is_living())
        .map(|standing| standing.subscription.id.clone())
        .ok_or_else(|| {
            PageError::Conflict(t!(
                "There is no living membership any more. Reload the page."
            ))
        })
}

fn reason(form: &Posted) -> Result<String, PageError> {
    let mut errors = FormErrors::default();
    let reason = typed::reason(form, &mut errors);
    errors.into_result()?;
    Ok(reason)
}

pub fn done(site: &Site, known: &Known, text: Text) -> Response {
    let href = format!("/office/members/{}", known.member.id);
    Done::at(site, &href, text)
}

/// `POST /office/members/{id}/grants`
pub async fn grant(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let done = give(&site, &staff, &known, &form).await;
    give_days(&staff, &known)
        .answer(&site, &known.here(), &form, done)
        .await
}

async fn give(site: &Site, staff: &Staff, known: &Known, form: &Posted) -> PageResult {
    let subscription = living(known)?;
    let mut errors = FormErrors::default();
    let days = errors.keep("days", form.number("days", 1, 3_650)).flatten();
    let days = days.and_then(|days| u32::try_from(days).ok());
    if days.is_none() && errors.is_empty() {
        errors.add("days", t!("Please say how many days."));
    }
    let reason = typed::reason(form, &mut errors);
    let Some(days) = days.filter(|_| errors.is_empty()) else {
        return Err(errors.into());
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    let cause: EventId = tx.id();
    let now = tx.now();
    let grant = NewGrant {
        anchor: Anchor::Settled,
        reason: Some(reason),
        ..NewGrant::new(
            &subscription,
            Length::days(days),
            Cause::new(CauseKind::Staff, cause.as_str()),
            now,
        )
    };
    term::grant(&mut tx, &grant).await?;
    tx.save().await?;
    let words = Text::counted(
        i64::from(days),
        "One day was given.",
        "{n} days were given.",
    );
    Ok(done(site, known, words))
}

/// `POST /office/members/{id}/grants/{grant}/revoke`
pub async fn revoke(
    staff: Staff,
    State(site): State<Site>,
    Path((id, grant)): Path<(String, String)>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let grant = GrantId::parse(&grant).ok_or(PageError::NotFound)?;
    let grants = known
        .standing
        .as_ref()
        .map(|standing| standing.grants.iter());
    let grant = grants
        .and_then(|mut grants| grants.find(|known| known.id == grant))
        .ok_or(PageError::NotFound)?;
    let done = take_back(&site, &staff, &known, (grant, &form)).await;
    pieces::take_back(&staff, &known, grant)
        .answer(&site, &known.here(), &form, done)
        .await
}

async fn take_back(
    site: &Site,
    staff: &Staff,
    known: &Known,
    (grant, form): (&Grant, &Posted),
) -> PageResult {
    let reason = reason(form)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    term::revoke_grant(&mut tx, &grant.id, &reason).await?;
    tx.save().await?;
    Ok(done(site, known, t!("That time was taken back.")))
}

/// `POST /office/members/{id}/holds`
pub async fn suspend_now(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let done = withhold(&site, &staff, &known, &form).await;
    suspend(&staff, &known)
        .answer(&site, &known.here(), &form, done)
        .await
}

async fn withhold(site: &Site, staff: &Staff, known: &Known, form: &Posted) -> PageResult {
    let subscription = living(known)?;
    let zone = site.settings().await?.zone();
    let mut errors = FormErrors::default();
    let until = errors
        .keep("until", typed::day(form, "until", &zone))
        .flatten();
    if until.is_some_and(|until| until <= site.now()) {
        errors.add(
            "until",
            t!("This day is over. Choose a later one, or leave it empty."),
        );
    }
    let note = typed::reason(form, &mut errors);
    errors.into_result()?;
    let hold = NewHold {
        subscription,
        reason: HoldReason::Staff,
        source: String::new(),
        note: Some(note),
        until: until.unwrap_or(Timestamp::NEVER),
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    hold::place(&mut tx, &hold).await?;
    tx.save().await?;
    Ok(done(site, known, t!("The membership is suspended.")))
}

/// `POST /office/members/{id}/holds/{hold}/lift`
pub async fn lift(
    staff: Staff,
    State(site): State<Site>,
    Path((id, hold)): Path<(String, String)>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let hold = HoldId::parse(&hold).ok_or(PageError::NotFound)?;
    let holds = known.standing.as_ref().map(|standing| &standing.holds);
    let Some(hold) = holds.and_then(|holds| holds.iter().find(|known| known.id == hold)) else {
        return Ok(done(&site, &known, t!("It was lifted already.")));
    };
    let done = lift_hold(&site, &staff, &known, (hold, &form)).await;
    pieces::lift(&staff, &known, hold)
        .answer(&site, &known.here(), &form, done)
        .await
}

async fn lift_hold(
    site: &Site,
    staff: &Staff,
    known: &Known,
    (hold, form): (&Hold, &Posted),
) -> PageResult {
    let reason = reason(form)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    hold::lift(&mut tx, &hold.id, Some(&reason)).await?;
    tx.save().await?;
    Ok(done(site, known, t!("The hold is lifted.")))
}

/// `POST /office/members/{id}/permanent`
pub async fn make_permanent(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let done = give_for_ever(&site, &staff, &known, &form).await;
    permanent(&staff, &known)
        .answer(&site, &known.here(), &form, done)
        .await
}

async fn give_for_ever(site: &Site, staff: &Staff, known: &Known, form: &Posted) -> PageResult {
    let (subscription, reason) = (living(known)?, reason(form)?);
    let mut tx = site.db.begin(staff.actor()).await?;
    subscription::make_permanent(&mut tx, &subscription, Some(&reason)).await?;
    tx.save().await?;
    Ok(done(site, known, t!("They are permanent now.")))
}

/// `POST /office/members/{id}/cancel`
pub async fn cancel_now(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let done = end(&site, &staff, &known, &form).await;
    cancel(&staff, &known)
        .answer(&site, &known.here(), &form, done)
        .await
}

async fn end(site: &Site, staff: &Staff, known: &Known, form: &Posted) -> PageResult {
    let (subscription, reason) = (living(known)?, reason(form)?);
    let when = match form.text("when") {
        "now" => When::Now,
        _ => When::AtEnd,
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    let at = subscription::cancel(&mut tx, &subscription, when, Some(&reason)).await?;
    tx.save().await?;
    Ok(done(
        site,
        known,
        t!("The membership ends on {day}.", day = at),
    ))
}

/// `POST /office/members/{id}/undo-cancel`
pub async fn undo_cancel(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let subscription = living(&known)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    let was_cancelled = subscription::undo_cancel(&mut tx, &subscription).await?;
    tx.save().await?;
    if was_cancelled {
        Ok(done(&site, &known, t!("The cancellation is taken back.")))
    } else {
        Ok(done(
            &site,
            &known,
            t!("There was no cancellation to take back."),
        ))
    }
}
