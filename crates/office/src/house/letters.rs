//! Letters: what was written to whom, and whether it left the house.

use axum::extract::{Path, Query, State};
use kit::id::{Id, LetterId};
use kit::{PageOf, t};
use maud::{Markup, html};
use outreach::{Letter, LetterFilter, LetterState, MailSettings};
use people::role::Permission;
use serde::Deserialize;
use ui::{Tab, Tone};
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use crate::address::Address;
use crate::{desk, menu, words};

pub const TEXTS: &str = "/office/letters/texts";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    after: String,
}

/// The two halves of the page.
pub fn tabs(staff: &Staff, current: &str) -> Markup {
    let tabs = [
        Tab::new(t!("Letters"), menu::LETTERS, current == menu::LETTERS),
        Tab::new(t!("Texts"), TEXTS, current == TEXTS),
    ];
    ui::tabs(&staff.reader, &t!("Letters"), &tabs)
}

/// `GET /office/letters`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let filter = LetterFilter {
        state: LetterState::parse(&asked.state),
        subject: None,
    };
    let letters = outreach::list(&site.db, &filter, &desk::asked(&asked.after)).await?;
    let (mail, _) = settings::load::<MailSettings>(&site.db).await?;
    let may_leave = mail.is_set();
    let body = html! {
        (tabs(&staff, menu::LETTERS))
        @if !may_leave && letters.rows.iter().any(waits) { (no_mail(&staff)) }
        (filters(&staff, &asked))
        (table(&staff, &asked, &letters, |row| may_leave || !waits(row)))
    };
    let mut parts = desk::parts(t!("Letters"), menu::LETTERS);
    parts.intro = Some(t!(
        "What the house wrote to whom. No letter carries a password."
    ));
    desk::page(&site, &staff, parts, body).await
}

fn waits(letter: &Letter) -> bool {
    letter.state == LetterState::Waiting
}

/// Said once for all letters that wait for it.
fn no_mail(staff: &Staff) -> Markup {
    let notice = ui::notice(Tone::Warn, t!("Letters wait for a mail server")).sentence(t!(
        "None is set. They leave by themselves as soon as you enter one."
    ));
    let may_set = staff.may(Permission::SettingsChange);
    let notice = if may_set {
        let open = ui::link_button("/office/settings/mail", t!("Set up mail"));
        notice.action(open.render(&staff.reader))
    } else {
        notice
    };
    notice.render(&staff.reader)
}

fn filters(staff: &Staff, asked: &Asked) -> Markup {
    let mut bar = ui::filters(menu::LETTERS).chip(t!("All"), menu::LETTERS, asked.state.is_empty());
    for state in LetterState::ALL {
        let is_current = asked.state == state.word();
        let word = if is_current { "" } else { state.word() };
        let address = Address::to(menu::LETTERS).with("state", word);
        bar = bar.chip(words::letter_state(*state).1, address, is_current);
    }
    bar.render(&staff.reader)
}

/// A letter says why only if it has a reason of its own.
fn table(
    staff: &Staff,
    asked: &Asked,
    letters: &PageOf<Letter>,
    has_own_reason: impl Fn(&Letter) -> bool,
) -> Markup {
    let reader = &staff.reader;
    let may_send = staff.may(Permission::LettersSend);
    let address = Address::to(menu::LETTERS).with("state", &asked.state);
    ui::table("letters")
        .caption(t!("Letters"))
        .column(t!("To"), |row: &Letter| ui::person_with(&row.to_name, row.to_email.as_str()))
        .column(t!("Kind"), |row| html! { (reader.say(&row.kind.title())) })
        .column(t!("State"), |row| {
            let (tone, word) = words::letter_state(row.state);
            ui::badge(reader, tone, &word)
        })
        .column(t!("Why"), |row| match row.reason.as_ref().filter(|_| has_own_reason(row)) {
            Some(reason) => html! { (reader.say(reason)) },
            None => ui::nothing(reader),
        })
        .column(t!("Written"), |row| ui::ago(reader, row.created_at))
        .column(t!("Sent"), |row| if row.state == LetterState::Sent { ui::ago(reader, row.sent_at) } else { ui::nothing(reader) })
        .row_menu(|row| html! {
            @if may_send && row.state == LetterState::Failed {
                (ui::post_button(format!("/office/letters/{}/again", row.id), &staff.csrf, t!("Send again"))
                    .small().render(reader))
            }
        })
        .empty(t!("No letters of this kind. They are written when something happens that somebody must know."))
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, letters)
}

/// `POST /office/letters/{id}/again`
pub async fn again(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = LetterId::parse(&id).ok_or(PageError::NotFound)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    let had_failed = outreach::send_again(&mut tx, &id).await?;
    tx.save().await?;
    let words = if had_failed {
        t!("It is being sent again.")
    } else {
        t!("It has not failed, so there is nothing to send again.")
    };
    Ok(Done::at(&site, menu::LETTERS, words))
}
