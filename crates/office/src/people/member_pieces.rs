//! Pieces of a member's page: standing, access, holds, time given.

use billing::hold::Hold;
use billing::standing::Standing;
use billing::term::Grant;
use kit::{Timestamp, t};
use maud::{Markup, Render, html};
use media::placed::Placed;
use media::share::{Share, ShareState};
use people::role::Permission;
use ui::{Span, Tone, field};
use upkeep::Target;
use web::Staff;

use super::member::Known;
use crate::ask::{Ask, ask};
use crate::words;

/// How the membership stands.
pub fn standing(staff: &Staff, known: &Known) -> Markup {
    let reader = &staff.reader;
    let Some(standing) = &known.standing else {
        return without_membership(staff, known);
    };
    let agreement = match (
        &standing.subscription.agreement,
        standing.subscription.agreement_state,
    ) {
        (Some(_), state) if state.renews() => t!("Renews by itself at the gateway"),
        _ => t!("Does not renew by itself"),
    };
    let paid = standing
        .term
        .paid_until
        .map(|until| ui::date(reader, until));
    let cancel_at = standing.subscription.cancel_at;
    let cancelled = (!cancel_at.is_never()).then(|| {
        html! {
            (ui::moment(reader, cancel_at))
            @if let Some(reason) = &standing.subscription.cancel_reason { p.why { (reason) } }
        }
    });
    let facts = ui::facts()
        .line(t!("Status"), words::status(reader, standing.status))
        .line(
            t!("Plan"),
            html! {
                (ui::link(&format!("/office/plans/{}", standing.plan.plan_id), &standing.plan.name))
                " " small { (reader.say(&t!("version {number}", number = standing.plan.number))) }
            },
        )
        .maybe(
            t!("Trial until"),
            standing
                .term
                .trial_until
                .map(|until| ui::date(reader, until)),
        )
        .maybe(t!("Paid until"), paid)
        .line(t!("Renewal"), html! { (reader.say(&agreement)) })
        .maybe(t!("Ends by cancellation"), cancelled);
    ui::card(t!("Membership"))
        .span(Span::Five)
        .render(reader, &facts.render(reader))
}

fn without_membership(staff: &Staff, known: &Known) -> Markup {
    let reader = &staff.reader;
    let action = if staff.may(Permission::MembersChange) {
        ui::link_button(known.href("give"), t!("Give a plan"))
            .primary()
            .render(reader)
    } else {
        html! {}
    };
    let body = ui::empty("member", t!("No membership"))
        .sentence(t!("They never bought one, and none was given to them."))
        .action(action)
        .render(reader);
    ui::card(t!("Membership"))
        .span(Span::Five)
        .render(reader, &body)
}

/// Access server by server, with why it is not in place and when it is tried next.
pub fn access(staff: &Staff, known: &Known, tries: &[Target]) -> Markup {
    let reader = &staff.reader;
    let rows = ui::rows()
        .rows(
            known
                .shares
                .iter()
                .map(|share| one_share(staff, known, share, tries)),
        )
        .empty(t!(
            "On no server. Access follows as soon as a plan opens one."
        ));
    ui::card(t!("Access"))
        .span(Span::Seven)
        .flush()
        .render(reader, &rows.render(reader))
}

fn one_share(staff: &Staff, known: &Known, share: &Share, tries: &[Target]) -> ui::Row {
    let reader = &staff.reader;
    let (tone, state) = words::share_state(share);
    let href = format!("/office/servers/{}", share.server_id);
    let target = tries
        .iter()
        .find(|target| target.target_key == share.id.as_str());
    let title = html! {
        (ui::link(&href, known.server_name(share)))
        @if let Some(name) = &share.user_name { " · " (ui::code(name)) }
    };
    ui::row(reader, tone, "servers", &state)
        .title(title)
        .detail(share_words(staff, known, share, target))
        .state(ui::badge(reader, tone, &state))
        .action(share_acts(staff, known, share))
}

/// Why they were placed there and not elsewhere.
fn why_there(staff: &Staff, placed: &Placed) -> Markup {
    let reader = &staff.reader;
    html! {
        details.quiet {
            summary { (reader.say(&t!("Why this server?"))) }
            p { (reader.say(&placed.rule.text())) }
            @if !placed.passed_over.0.is_empty() {
                ul {
                    @for other in &placed.passed_over.0 { li { (reader.say(&other.reason)) } }
                }
            }
        }
    }
}

fn share_words(staff: &Staff, known: &Known, share: &Share, target: Option<&Target>) -> Markup {
    let reader = &staff.reader;
    let next = target.map_or(Timestamp::NEVER, |target| target.next_try_at);
    html! {
        @if let Some(reason) = &share.reason { (reader.say(reason)) " " }
        @if share.state == ShareState::BeingSetUp && !next.is_never() && !share.needs_credentials() {
            (reader.say(&t!("Next try:"))) " " (ui::ago(reader, next)) ". "
        }
        @if share.needs_credentials() {
            (reader.say(&t!("They have not chosen a name and password yet. Send them a link, or wait.")))
        }
        @if !share.joined_at.is_never() {
            (reader.say(&t!("Let in first on {day}.", day = share.joined_at)))
        }
        @if let Some(placed) = known.placed.iter().find(|one| one.share_id == share.id) {
            (why_there(staff, placed))
        }
    }
}

fn share_acts(staff: &Staff, known: &Known, share: &Share) -> Markup {
    let reader = &staff.reader;
    let csrf = &staff.csrf;
    if !staff.may(Permission::MembersChange) {
        return html! {};
    }
    let mut more = ui::menu(t!("More for {server}", server = known.server_name(share)));
    if known.has_password(share) {
        more = more.post(
            known.href(&format!("shares/{}/password-link", share.id)),
            csrf,
            t!("Send a link to choose the password"),
        );
    }
    let may_set = share.remote_id.is_some()
        && share.state == ShareState::InPlace
        && known.has_password(share);
    html! {
        @if share.state == ShareState::BeingSetUp && !share.needs_credentials() {
            (ui::post_button(known.href(&format!("shares/{}/try-now", share.id)), csrf, t!("Try now"))
                .small().render(reader))
        }
        @if may_set { (new_password(staff, known, share)) }
        @if known.has_password(share) { (more.render(reader)) }
    }
}

/// Asks for a new media password.
pub fn new_password<'a>(staff: &'a Staff, known: &Known, share: &Share) -> Ask<'a> {
    let action = known.href(&format!("shares/{}/password", share.id));
    ask(
        staff,
        &format!("password-{}", share.id),
        t!("New password…"),
        action,
    )
    .question(t!("Set a new media password?"))
    .sentence(t!("Every device on this server has to sign in again."))
    .field(
        field::password("password", t!("New password"))
            .autocomplete("new-password")
            .required(),
    )
    .gently(t!("Set the password"))
}

/// What withholds access, each with its words and a way to lift it.
pub fn holds(staff: &Staff, known: &Known, standing: &Standing) -> Markup {
    let reader = &staff.reader;
    let may_change = staff.may(Permission::MembersChange);
    let rows = ui::rows()
        .rows(standing.holds.iter().map(|hold| {
            let since = html! { (reader.say(&t!("Since"))) " " (ui::moment(reader, hold.since)) };
            let row = ui::row(reader, Tone::Bad, "lock", &hold.text()).detail(since);
            if may_change {
                row.action(lift(staff, known, hold).render())
            } else {
                row
            }
        }))
        .empty(t!("Nothing withholds access."));
    ui::card(t!("Holds"))
        .span(Span::Five)
        .flush()
        .render(reader, &rows.render(reader))
}

/// Asks why a hold is lifted.
pub fn lift<'a>(staff: &'a Staff, known: &Known, hold: &Hold) -> Ask<'a> {
    let action = known.href(&format!("holds/{}/lift", hold.id));
    ask(staff, &format!("lift-{}", hold.id), t!("Lift…"), action)
        .question(t!("Lift this hold?"))
        .sentence(t!("Access returns by itself if nothing else withholds it."))
        .because()
        .gently(t!("Lift it"))
}

/// The time that was given, each length with its cause; what was taken back stays visible.
pub fn grants(staff: &Staff, known: &Known, standing: &Standing) -> Markup {
    let reader = &staff.reader;
    let mut grants: Vec<&Grant> = standing.grants.iter().collect();
    grants.reverse();
    let table = ui::table("grants")
        .caption(t!("Time given"))
        .column(
            t!("Length"),
            |grant: &&Grant| html! { (reader.say(&words::length(grant.length()))) },
        )
        .column(t!("Why"), |grant| because(staff, grant))
        .column(t!("From"), |grant| stretch(staff, standing, grant).0)
        .column(t!("Until"), |grant| stretch(staff, standing, grant).1)
        .row_state(|grant| if grant.is_live() { "living" } else { "ended" })
        .row_menu(|grant| {
            let may_change = grant.is_live() && staff.may(Permission::MembersChange);
            html! { @if may_change { (take_back(staff, known, grant)) } }
        })
        .empty(t!("No time was given yet."))
        .render_rows(reader, &grants);
    ui::card(t!("Time given"))
        .span(Span::Seven)
        .flush()
        .render(reader, &table)
}

fn because(staff: &Staff, grant: &Grant) -> Markup {
    let reader = &staff.reader;
    let is_payment = grant.cause_kind == billing::term::CauseKind::Payment;
    html! {
        @if is_payment && grant.cause_id.starts_with("pay_") {
            (ui::link(&format!("/office/payments/{}", grant.cause_id), &reader.say(&words::cause(grant.cause_kind))))
        } @else {
            (reader.say(&words::cause(grant.cause_kind)))
        }
        @if let Some(reason) = grant.reason.as_deref().filter(|reason| !reason.is_empty()) { ": " (reason) }
        @if let Some(reason) = &grant.revoked_reason {
            p.why { (reader.say(&t!("Taken back: {reason}", reason = reason.as_str()))) }
        }
    }
}

/// When its time starts and ends, as the fold over all live grants says.
fn stretch(staff: &Staff, standing: &Standing, grant: &Grant) -> (Markup, Markup) {
    let reader = &staff.reader;
    let found = standing
        .term
        .stretches
        .iter()
        .find(|stretch| stretch.grant == grant.id);
    match found {
        Some(found) => (ui::date(reader, found.from), ui::date(reader, found.until)),
        None => (ui::nothing(reader), ui::nothing(reader)),
    }
}

/// Asks why time is taken back.
pub fn take_back<'a>(staff: &'a Staff, known: &Known, grant: &Grant) -> Ask<'a> {
    let length = words::length(grant.length());
    let action = known.href(&format!("grants/{}/revoke", grant.id));
    ask(
        staff,
        &format!("revoke-{}", grant.id),
        t!("Take back…"),
        action,
    )
    .question(t!("Take back {length}?", length = length))
    .sentence(t!(
        "Later time moves forward. If none is left, access ends as the terms say."
    ))
    .because()
    .gravely(t!("Take it back"))
}
