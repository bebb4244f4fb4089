//! Making members give another account of a platform: one from their page, many from the list.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use flows::told_at_once::account_changes;
use kit::id::{Id, MemberId};
use kit::{FormErrors, Text, t};
use maud::{Markup, html};
use media::account_change::{self, AccountChange};
use people::role::Permission;
use ui::field::{self, Field};
use ui::{Crumb, Tone};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::member::Known;
use super::member_acts::done;
use crate::ask::{Ask, ask};
use crate::{desk, menu, typed};

/// The one platform where people come with accounts of their own.
const PLATFORM: &str = "plex";

/// The button on a member's page.
pub fn button<'a>(staff: &'a Staff, known: &Known) -> Ask<'a> {
    ask(
        staff,
        "other-account",
        t!("Ask for another account…"),
        known.href("other-account"),
    )
    .question(t!("Ask for another Plex account?"))
    .sentence(t!(
        "They are written to. Until they have signed in with another account they can neither buy nor have themselves invited again. Then it takes the place of theirs everywhere, and is invited."
    ))
    .field(reason(""))
    .gravely(t!("Ask for another account"))
}

fn reason(typed: &str) -> Field {
    field::text("reason", t!("Reason"))
        .value(typed)
        .hint(t!(
            "They read it in the letter, and it stands in the time line with your name."
        ))
        .longest(500)
        .required()
}

/// What stands on the page of a member who was asked.
pub fn notice(staff: &Staff, known: &Known, change: &AccountChange) -> Markup {
    let reader = &staff.reader;
    let back = ui::post_button(
        known.href("other-account/drop"),
        &staff.csrf,
        t!("They may keep it"),
    );
    let notice = ui::notice(Tone::Warn, t!("They must give another Plex account"))
        .sentence(t!(
            "Asked on {day}: {reason}. Until then they can neither buy nor have themselves invited again.",
            day = change.asked_at,
            reason = change.reason.as_str()
        ));
    if staff.may(Permission::MembersChange) {
        notice.action(back.render(reader)).render(reader)
    } else {
        notice.render(reader)
    }
}

/// `POST /office/members/{id}/other-account`
pub async fn ask_one(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let came = ask_them(&site, &staff, std::slice::from_ref(&known.member.id), &form)
        .await
        .map(|_| done(&site, &known, t!("They are asked for another account.")));
    button(&staff, &known)
        .answer(&site, &known.here(), &form, came)
        .await
}

/// `POST /office/members/{id}/other-account/drop`
pub async fn drop_one(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    account_change::drop_of(&mut tx, &known.member.id, PLATFORM).await?;
    tx.save().await?;
    Ok(done(&site, &known, t!("They may keep their account.")))
}

async fn ask_them(
    site: &Site,
    staff: &Staff,
    members: &[MemberId],
    form: &Posted,
) -> Result<i64, PageError> {
    let mut errors = FormErrors::default();
    let reason = typed::reason(form, &mut errors);
    errors.into_result()?;
    let mut tx = site.db.begin(staff.actor()).await?;
    let asked = account_changes::ask(&mut tx, members, PLATFORM, &reason).await?;
    tx.save().await?;
    Ok(asked)
}

fn chosen(form: &Posted) -> Vec<MemberId> {
    let ids = form.all("member").iter();
    ids.filter_map(|id| MemberId::parse(id))
        .take(account_changes::AT_A_TIME)
        .collect()
}

/// `POST /office/members/other-account`: who it is about, before anybody is asked.
pub async fn preview(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    if chosen(&form).is_empty() {
        let words = t!("Nobody was chosen. Tick the members first.");
        return Ok(Done::not_at(&site, menu::MEMBERS, words));
    }
    draw(&site, &staff, &form, &FormErrors::default()).await
}

/// `POST /office/members/other-account/ask`
pub async fn ask_all(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    match ask_them(&site, &staff, &chosen(&form), &form).await {
        Ok(asked) => {
            let words = Text::counted(
                asked,
                "One member is asked for another account.",
                "{n} members are asked for another account.",
            );
            Ok(Done::at(&site, menu::MEMBERS, words))
        }
        Err(PageError::Form(errors)) => draw(&site, &staff, &form, &errors).await,
        Err(PageError::Unprocessable(text)) => {
            draw(&site, &staff, &form, &FormErrors::one("", text)).await
        }
        Err(error) => Err(error),
    }
}

async fn draw(site: &Site, staff: &Staff, typed: &Posted, errors: &FormErrors) -> PageResult {
    let reader = &staff.reader;
    let members = chosen(typed);
    let names = lists::names::of_members(&site.db, &members).await?;
    let mut form = ui::form("/office/members/other-account/ask", &staff.csrf).errors(errors);
    for member in &members {
        form = form.hidden("member", member.as_str());
    }
    let form = form
        .field(reason(typed.text("reason")))
        .submit_danger(t!("Ask for another account"))
        .cancel(menu::MEMBERS);
    let rows = ui::rows().rows(members.iter().filter_map(|id| {
        let name = names.get(id.as_str())?;
        let href = format!("/office/members/{id}");
        Some(ui::row(reader, Tone::Neutral, "member", &t!("Member")).title(ui::link(&href, name)))
    }));
    let body = html! {
        (ui::card(t!("Who is asked")).flush().render(reader, &rows.render(reader)))
        (form.render(reader))
    };
    let parts = ConsoleParts {
        path: vec![Crumb::new(t!("Members"), menu::MEMBERS)],
        intro: Some(t!(
            "They are written to. Until they have signed in with another account they can neither buy nor have themselves invited again. Then it takes the place of theirs everywhere, and is invited."
        )),
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::parts(t!("Ask for another Plex account"), menu::MEMBERS)
    };
    desk::page(site, staff, parts, body).await
}
