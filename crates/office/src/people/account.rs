//! A sign-in: whose it is, what it may, where it is signed in.

use axum::extract::{Path, State};
use kit::id::{AccountId, Id, SessionId};
use kit::{FormErrors, Text, t};
use maud::{Markup, html};
use people::account::{self, Account, Level};
use people::role::{self, Permission};
use people::session::{self, Session};
use people::standing::{self, Standing};
use ui::{Span, Tone, field};
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use crate::ask::{Here, Sheet, ask};
use crate::{desk, menu, typed, words};

async fn found(site: &Site, id: &str) -> Result<Account, PageError> {
    let id = AccountId::parse(id).ok_or(PageError::NotFound)?;
    account::find(&site.db, &id)
        .await?
        .ok_or(PageError::NotFound)
}

fn here(account: &Account, act: &str) -> String {
    format!("/office/accounts/{}{act}", account.id)
}

/// `GET /office/accounts/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let account = found(&site, &id).await?;
    let reader = &staff.reader;
    let sessions = session::list_of(&site.db, &account.id, site.now()).await?;
    let subject = kit::Subject::of(&account.id);
    let events = chronicle::of_subject(&site.db, &subject, &kit::PageAsked::first(20)).await?;
    let moments = events
        .rows
        .iter()
        .map(crate::house::events::moment)
        .collect();
    let story = ui::timeline(moments)
        .empty(t!("Nothing has happened yet."))
        .render(reader);
    let may_change = staff.may(Permission::AccountsChange);
    let body = html! {
        (ui::grid(&[
            person(&site, &staff, &account).await?,
            html! { div.stack data-span="7" {
                @if may_change {
                    (ui::card(t!("Rights")).render(reader, &rights(&site, &staff, &account).await?.render(reader)))
                }
                (signed_in(&staff, &account, &sessions))
            } },
        ]))
        (ui::grid(&[ui::card(t!("What happened")).render(reader, &story)]))
    };
    let mut parts = desk::below(
        Text::verbatim(account.name.clone()),
        t!("Sign-ins"),
        menu::ACCOUNTS,
    );
    parts.actions = Some(html! {
        @if may_change {
            (ui::post_button(here(&account, "/reset"), &staff.csrf, t!("Send a link to choose a password")).render(reader))
        }
        @if staff.may(Permission::AccountsEnter) && !account.is_staff() {
            (ask(&staff, "enter", t!("Enter as them…"), here(&account, "/enter"))
                .question(t!("See the site as {name}?", name = account.name.as_str()))
                .sentence(t!("What you do is written down under your name. It ends by itself after a while, or when you sign out; then sign in again as yourself."))
                .gently(t!("Enter")))
        }
    });
    desk::page(&site, &staff, parts, body).await
}

async fn person(site: &Site, staff: &Staff, account: &Account) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let member = people::member::find_by_account(&site.db, &account.id).await?;
    let member = html! {
        @if let Some(member) = &member {
            (ui::link(&format!("/office/members/{}", member.id), &member.name))
        } @else { (reader.say(&t!("Never bought"))) }
    };
    let (tone, word) = if account.enabled {
        (Tone::Good, t!("Can sign in"))
    } else {
        (Tone::Bad, t!("Disabled"))
    };
    let confirmed = html! {
        @if let Some(at) = account.email_confirmed_at { (ui::date(reader, at)) }
        @else { (reader.say(&t!("Not yet"))) }
    };
    let facts = ui::facts()
        .line(t!("State"), ui::badge(reader, tone, &word))
        .line(t!("Number"), html! { (account.number) })
        .line(t!("User name"), ui::code(&account.username))
        .line(t!("E-mail"), html! { (account.email.as_str()) })
        .line(t!("Address confirmed"), confirmed)
        .line(
            t!("Phone"),
            words::or_nothing(reader, account.phone.as_deref()),
        )
        .line(
            t!("Language"),
            words::or_nothing(reader, account.locale.as_deref()),
        )
        .line(
            t!("Time zone"),
            words::or_nothing(reader, account.zone.as_deref()),
        )
        .line(t!("Member"), member)
        .line(t!("Since"), ui::date(reader, account.created_at));
    Ok(ui::card(t!("Person"))
        .span(Span::Five)
        .render(reader, &facts.render(reader)))
}

/// Level, role and switches: a grave change, proven afresh.
async fn rights(site: &Site, staff: &Staff, account: &Account) -> Result<ui::Form, PageError> {
    let roles = role::list(&site.db).await?;
    let role = roles.iter().fold(
        field::select("role", t!("Role")).value(account.role_id.as_str()),
        |field, role| field.option(role.id.as_str(), Text::verbatim(role.name.clone())),
    );
    let level = field::select("level", t!("Level"))
        .option(Level::Customer.word(), t!("Customer"))
        .option(
            Level::Administrator.word(),
            t!("Administrator: may everything"),
        )
        .value(account.level.word());
    let form = ui::form(here(account, "/standing"), &staff.csrf)
        .id("standing")
        .hidden("version", account.version.to_string())
        .field(level.half())
        .field(role.half())
        .field(
            field::tick("enabled", t!("Can sign in"), account.enabled)
                .hint(t!("Off: every session of theirs ends at once.")),
        )
        .field(field::tick(
            "api_access",
            t!("May use API keys"),
            account.api_access,
        ))
        .submit(t!("Save"));
    Ok(form)
}

fn signed_in(staff: &Staff, account: &Account, sessions: &[Session]) -> Markup {
    let reader = &staff.reader;
    let may_change = staff.may(Permission::AccountsChange);
    let rows = sessions.iter().fold(ui::rows(), |rows, session| {
        let browser = Text::verbatim(session.user_agent.clone());
        let detail = html! {
            (session.address) " · " (reader.say(&t!("last seen"))) " " (ui::ago(reader, session.seen_at))
            @if session.entered_by.is_some() { " · " (reader.say(&t!("entered by staff"))) }
        };
        let row = ui::row(reader, Tone::Neutral, "globe", &browser).detail(detail);
        let end = ui::post_button(here(account, &format!("/sessions/{}/end", session.id)), &staff.csrf, t!("End"))
            .small()
            .render(reader);
        rows.row(if may_change { row.action(end) } else { row })
    });
    let rows = rows.empty(t!("Nowhere at the moment."));
    let aside = html! {
        @if may_change && !sessions.is_empty() {
            (ask(staff, "end-all", t!("End all…"), here(account, "/sessions/end-all"))
                .question(t!("Sign {name} out everywhere?", name = account.name.as_str()))
                .sentence(t!("They have to sign in again on every device."))
                .gravely(t!("End all")))
        }
    };
    ui::card(t!("Signed in"))
        .flush()
        .aside(aside)
        .render(reader, &rows.render(reader))
}

/// `POST /office/accounts/{id}/standing`
pub async fn change(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let account = found(&site, &id).await?;
    let done = change_rights(&site, &staff, &account, &form).await;
    let sheet = Sheet {
        title: t!("Rights"),
        intro: None,
        form: rights(&site, &staff, &account).await?,
    };
    let name = Text::verbatim(account.name.clone());
    let back = Here::new(menu::ACCOUNTS, name, here(&account, ""));
    sheet.answer(&site, &staff, &back, &form, done).await
}

async fn change_rights(site: &Site, staff: &Staff, account: &Account, form: &Posted) -> PageResult {
    let mut before = account.clone();
    before.version = form.text("version").parse().unwrap_or(0);
    let role_id = typed::id(form, "role").map_err(|error| FormErrors::one("role", error.text()))?;
    let level = Level::parse(form.text("level")).unwrap_or(Level::Customer);
    let wanted = Standing {
        level,
        role_id,
        enabled: form.ticked("enabled"),
        api_access: form.ticked("api_access"),
    };
    refuse_more_than_own(site, staff, &before, &wanted).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    standing::change(&mut tx, &before, &wanted).await?;
    tx.save().await?;
    Ok(Done::at(
        site,
        &here(&before, ""),
        t!("Saved. It counts at once."),
    ))
}

/// Nobody gives rights that they do not have, or takes them from somebody who has more.
async fn refuse_more_than_own(
    site: &Site,
    staff: &Staff,
    before: &Account,
    wanted: &Standing,
) -> Result<(), PageError> {
    for (level, role) in [
        (before.level, &before.role_id),
        (wanted.level, &wanted.role_id),
    ] {
        let granted = role::find(&site.db, role)
            .await?
            .map(|role| role.grants())
            .unwrap_or_default();
        let rights = people::role::Permissions::of(level, role, &granted);
        if !staff.visit.permissions.contains_all(&rights) {
            return Err(PageError::Unprocessable(t!(
                "You cannot change the rights of somebody who may more than you, or give more than you have."
            )));
        }
    }
    Ok(())
}

/// `POST /office/accounts/{id}/sessions/{session}/end`
pub async fn end_session(
    staff: Staff,
    State(site): State<Site>,
    Path((id, session)): Path<(String, String)>,
    _form: CheckedForm,
) -> PageResult {
    let account = found(&site, &id).await?;
    let session = SessionId::parse(&session).ok_or(PageError::NotFound)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    session::revoke(&mut tx, &account.id, &session).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        &here(&account, ""),
        t!("That session has ended."),
    ))
}

/// `POST /office/accounts/{id}/sessions/end-all`
pub async fn end_all(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let account = found(&site, &id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    session::end_all(&mut tx, &account.id).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        &here(&account, ""),
        t!("They are signed out everywhere."),
    ))
}

/// `POST /office/accounts/{id}/reset`
pub async fn reset(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let account = found(&site, &id).await?;
    people::reset::ask(&site.db, account.email.as_str(), &staff.browser).await?;
    let words = t!(
        "A link is on its way to {address}.",
        address = account.email.as_str()
    );
    Ok(Done::at(&site, &here(&account, ""), words))
}

/// `POST /office/accounts/{id}/enter`
pub async fn enter(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let account = found(&site, &id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    let started = session::enter(&mut tx, &staff.visit, &account, &staff.browser).await?;
    tx.save().await?;
    let answer = Done::at(
        &site,
        "/account",
        t!("You see the site as {name}.", name = account.name),
    );
    Ok(web::signed_in(&site, &started, answer))
}
