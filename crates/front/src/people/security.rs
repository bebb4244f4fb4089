//! Sign-in and safety: authenticator, passkeys, and the devices that are signed in.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kit::id::{Id, SessionId};
use kit::{Reader, Text, t};
use maud::{Markup, html};
use people::second_factor::{self, SecondFactor};
use people::session::{self, Session};
use ui::Tone;
use web::{CheckedForm, Done, PageError, PageResult, SignedIn, Site};

use crate::account::frame::{self, Place};
use crate::people::passkeys;

/// `GET /account/security`
pub async fn show(visitor: SignedIn, State(site): State<Site>) -> PageResult {
    let account = &visitor.visit.account;
    let factor = second_factor::find(&site.db, &account.id).await?;
    let sessions = session::list_of(&site.db, &account.id, site.now()).await?;
    let body = html! {
        (authenticator(&visitor, factor.as_ref()))
        (passkeys::card(&site, &visitor).await?)
        (devices(&visitor, &sessions))
    };
    let head = (t!("Sign-in and safety"), StatusCode::OK);
    frame::page(&site, &visitor, Place::Security, head, body).await
}

fn authenticator(visitor: &SignedIn, factor: Option<&SecondFactor>) -> Markup {
    let reader = &visitor.reader;
    let (tone, word) = match factor {
        Some(_) => (Tone::Good, t!("On")),
        None => (Tone::Neutral, t!("Off")),
    };
    let body = html! {
        div.stack {
            p { (reader.say(&t!("After your password you type six digits from an app on your phone. Whoever learns your password is still locked out."))) }
            @match factor {
                Some(factor) => (factor_on(visitor, factor)),
                None => div { (ui::link_button("/account/authenticator", t!("Set it up")).primary().render(reader)) },
            }
        }
    };
    ui::card(t!("Authenticator app"))
        .badge(ui::badge(reader, tone, &word))
        .render(reader, &body)
}

fn factor_on(visitor: &SignedIn, factor: &SecondFactor) -> Markup {
    let reader = &visitor.reader;
    let off = ui::confirm(
        "authenticator-off",
        t!("Switch it off"),
        "/account/authenticator/off",
        &visitor.csrf,
    )
    .question(t!("Sign in without the app from now on?"))
    .sentence(t!(
        "Your password alone is then enough. Your other devices are signed out."
    ));
    html! {
        (ui::facts()
            .line(t!("On since"), ui::date(reader, factor.enabled_at))
            .line(t!("Recovery codes left"), ui::number(reader, factor.codes_left))
            .render(reader))
        div.buttons {
            (ui::post_button("/account/authenticator/codes", &visitor.csrf, t!("New recovery codes")).render(reader))
            (off.render(reader))
        }
    }
}

fn devices(visitor: &SignedIn, sessions: &[Session]) -> Markup {
    let reader = &visitor.reader;
    let rows = ui::rows()
        .rows(sessions.iter().map(|session| device(visitor, session)))
        .render(reader);
    let others = html! {
        @if sessions.len() > 1 {
            (ui::post_button("/account/sessions/others/end", &visitor.csrf, t!("Sign out all others")).small().render(reader))
        }
    };
    ui::card(t!("Where you are signed in"))
        .aside(others)
        .flush()
        .render(reader, &rows)
}

fn device(visitor: &SignedIn, session: &Session) -> ui::Row {
    let reader = &visitor.reader;
    let detail = html! {
        (session.address) " · " (reader.say(&t!("last seen"))) " " (ui::ago(reader, session.seen_at))
    };
    let row = ui::row(
        reader,
        Tone::Neutral,
        "phone",
        &browser(&session.user_agent),
    )
    .detail(detail);
    if session.id == visitor.visit.session {
        return row.state(ui::badge(reader, Tone::Good, &t!("This device")));
    }
    let action = format!("/account/sessions/{}/end", session.id);
    let row = row.action(
        ui::post_button(action, &visitor.csrf, t!("Sign out"))
            .small()
            .render(reader),
    );
    match &session.entered_by {
        Some(_) => row.state(staff(reader)),
        None => row,
    }
}

fn staff(reader: &Reader) -> Markup {
    ui::badge(reader, Tone::Info, &t!("Somebody of this house"))
}

/// The browser and the system, as far as it says.
fn browser(user_agent: &str) -> Text {
    let find = |names: &[&'static str]| {
        let named = |name: &&&'static str| user_agent.contains(**name);
        names.iter().find(named).copied()
    };
    let system = find(&["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"]);
    let name = find(&["Firefox", "Edg", "OPR", "Chrome", "Safari"]);
    let name = name.map(|name| match name {
        "Edg" => "Edge",
        "OPR" => "Opera",
        other => other,
    });
    match (name, system) {
        (Some(name), Some(system)) => t!("{browser} on {system}", browser = name, system = system),
        (Some(name), None) => Text::verbatim(name),
        _ => t!("Another program"),
    }
}

/// `POST /account/sessions/{id}/end`
pub async fn end(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = SessionId::parse(&id).ok_or(PageError::NotFound)?;
    let account = &visitor.visit.account.id;
    let own = session::list_of(&site.db, account, site.now()).await?;
    if !own.iter().any(|session| session.id == id) {
        return Err(PageError::NotFound);
    }
    let mut tx = site.db.begin(visitor.actor()).await?;
    session::revoke(&mut tx, account, &id).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        "/account/security",
        t!("That device is signed out."),
    ))
}

/// `POST /account/sessions/others/end`
pub async fn end_others(
    visitor: SignedIn,
    State(site): State<Site>,
    _form: CheckedForm,
) -> PageResult {
    let mut tx = site.db.begin(visitor.actor()).await?;
    let account = &visitor.visit.account.id;
    session::end_others(&mut tx, account, Some(&visitor.visit.session)).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        "/account/security",
        t!("All other devices are signed out."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_and_unknown_ones_are_not_guessed() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(browser(firefox).in_english(), "Firefox on Linux");
        assert_eq!(browser("<script>").in_english(), "Another program");
    }
}
