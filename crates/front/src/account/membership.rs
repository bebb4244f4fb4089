//! The membership in one glance: how it stands, until when, what happens next, and what can be done about it.

use billing::plan::PlanVersion;
use billing::standing::Standing;
use billing::status::Status;
use kit::{Arg, Reader, Text, Timestamp, t};
use maud::{Markup, html};
use media::Makers;
use ui::Tone;

/// What a reader of this needs besides the standing.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub reader: &'a Reader,
    pub csrf: &'a str,
    /// What each kind of server offers.
    pub makers: &'a Makers,
    pub now: Timestamp,
}

/// The head of the page.
pub fn head(reading: Reading<'_>, standing: &Standing) -> Markup {
    let reader = reading.reader;
    html! {
        section.membership {
            div.stack {
                div { (ui::badge(reader, tone(standing.status), &standing.status.text())) }
                h2 { (reader.say(&headline(standing, reading.now))) }
                p.until { (reader.say(&standing.next)) }
                (days(reading, standing))
            }
            div.actions { (actions(reading, standing)) }
        }
    }
}

fn tone(status: Status) -> Tone {
    match status {
        Status::Active | Status::Permanent | Status::Trial => Tone::Good,
        Status::Pending | Status::Paused => Tone::Info,
        Status::PastDue | Status::Grace => Tone::Warn,
        Status::Suspended => Tone::Bad,
        Status::Cancelled | Status::Expired => Tone::Neutral,
    }
}

fn headline(standing: &Standing, now: Timestamp) -> Text {
    let plan = standing.plan.name.clone();
    let until = end_of(standing, now);
    match (standing.status, until) {
        (Status::Cancelled | Status::Expired, _) => t!("{plan} has ended", plan = plan),
        (Status::Suspended, _) => t!("{plan} is suspended", plan = plan),
        (Status::Pending, _) => t!("{plan} waits for your payment", plan = plan),
        (Status::Trial, Some(until)) => t!(
            "{plan}, free until {day}",
            plan = plan,
            day = Arg::Day(until)
        ),
        (_, Some(until)) => t!("{plan}, until {day}", plan = plan, day = Arg::Day(until)),
        (_, None) => Text::verbatim(plan),
    }
}

/// When the time that runs now is over. `None`: none runs, or it never ends.
fn end_of(standing: &Standing, now: Timestamp) -> Option<Timestamp> {
    standing.term.block_at(now).last()?.until.some()
}

/// How much of the time that runs is used up.
fn days(reading: Reading<'_>, standing: &Standing) -> Markup {
    const DAY: i64 = 86_400_000;
    let block = standing.term.block_at(reading.now);
    let bounds = block
        .first()
        .zip(block.last())
        .map(|(first, last)| (first.from, last.until));
    html! {
        @if let Some((from, until)) = bounds.filter(|(_, until)| !until.is_never()) {
            @let all = (until.since(from).as_ms() + DAY - 1) / DAY;
            @let left = (until.since(reading.now).as_ms() + DAY - 1) / DAY;
            (ui::usage(reading.reader, &t!("Days gone by"), (all - left).max(0), all))
        }
    }
}

fn actions(reading: Reading<'_>, standing: &Standing) -> Markup {
    let reader = reading.reader;
    let subscription = &standing.subscription;
    let plan = format!("/checkout/{}", subscription.plan_id);
    let may_pay = !standing.is_permanent() && !subscription.agreement_state.renews();
    let is_planned_to_end = !subscription.cancel_at.is_never();
    html! {
        @if !subscription.is_living() {
            (ui::link_button("/plans", t!("Come back")).primary().render(reader))
        } @else {
            @if may_pay {
                (ui::link_button(plan, pay_words(standing.status)).primary().render(reader))
                (ui::link_button("/plans", t!("Change plan")).render(reader))
            }
            @if is_planned_to_end {
                (ui::post_button("/account/membership/keep", reading.csrf, t!("Do not cancel after all")).render(reader))
            } @else if may_cancel(standing) {
                (cancel(reading, &standing.plan))
            }
        }
    }
}

fn pay_words(status: Status) -> Text {
    match status {
        Status::Pending => t!("Pay now"),
        Status::Trial => t!("Stay after the trial"),
        Status::Active => t!("Extend"),
        _ => t!("Pay and watch on"),
    }
}

fn may_cancel(standing: &Standing) -> bool {
    standing.status.has_access() && !standing.is_permanent()
}

fn cancel(reading: Reading<'_>, plan: &PlanVersion) -> Markup {
    ui::confirm(
        "cancel-membership",
        t!("Cancel"),
        "/account/membership/cancel",
        reading.csrf,
    )
    .question(t!("Cancel {plan}?", plan = plan.name.clone()))
    .sentence(t!(
        "You keep what you have paid for until its end; nothing is charged after that. You can take this back until then."
    ))
    .really(t!("Cancel at the end"))
    .render(reading.reader)
}
