//! Texts of letters: the operator's own words, with a preview before they count.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kit::{FormErrors, Reader, Text, t};
use maud::{Markup, Render, html};
use outreach::{LetterKind, LetterText};
use people::role::Permission;
use serde::Deserialize;
use ui::{Crumb, Span, Tone, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Site, Staff};

use super::letters::{TEXTS, tabs};
use crate::ask::{Ask, ask};
use crate::{desk, menu};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    language: String,
}

/// `GET /office/letters/texts`
pub async fn list(staff: Staff, State(site): State<Site>) -> PageResult {
    let reader = &staff.reader;
    let rows = LetterKind::ALL.iter().fold(ui::rows(), |rows, kind| {
        let whom = if kind.is_for_operator() {
            t!("To you")
        } else {
            t!("To members and customers")
        };
        let href = format!("{TEXTS}/{}", kind.word());
        let row = ui::row(reader, Tone::Neutral, "mail", &kind.title())
            .title(ui::link(&href, &reader.say(&kind.title())))
            .say(reader, &whom)
            .action(ui::link_button(&href, t!("Open")).small().render(reader));
        rows.row(row)
    });
    let body = html! {
        (tabs(&staff, TEXTS))
        (ui::grid(&[ui::card(t!("Texts")).flush().render(reader, &rows.render(reader))]))
    };
    let mut parts = desk::parts(t!("Letters"), menu::LETTERS);
    parts.intro = Some(t!(
        "The house brings a text for each letter. Write your own where you like."
    ));
    desk::page(&site, &staff, parts, body).await
}

fn kind_of(word: &str) -> Result<LetterKind, PageError> {
    LetterKind::parse(word).ok_or(PageError::NotFound)
}

/// The asked language if the house speaks it, else the site's.
async fn language_of(site: &Site, asked: &str) -> Result<String, PageError> {
    let settings = site.settings().await?;
    Ok(match site.catalogues.find(asked) {
        Some(found) => found.language().to_owned(),
        None => settings.language.clone(),
    })
}

/// `GET /office/letters/texts/{kind}`
pub async fn edit(
    staff: Staff,
    State(site): State<Site>,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let kind = kind_of(&kind)?;
    let language = language_of(&site, &asked.language).await?;
    let text = outreach::text_for(&site.db, kind, &language).await?;
    draw(
        &site,
        &staff,
        (kind, &language),
        &text,
        &FormErrors::default(),
    )
    .await
}

async fn draw(
    site: &Site,
    staff: &Staff,
    (kind, language): (LetterKind, &str),
    text: &LetterText,
    errors: &FormErrors,
) -> PageResult {
    let reader = &staff.reader;
    let here = format!("{TEXTS}/{}", kind.word());
    let may_send = staff.may(Permission::LettersSend);
    let mut form = ui::form(&here, &staff.csrf)
        .errors(errors)
        .hidden("language", language)
        .field(
            field::text("title", t!("Subject"))
                .value(&text.title)
                .longest(200)
                .required(),
        )
        .field(
            field::area("body", t!("Text"))
                .value(&text.body)
                .rows(18)
                .required(),
        )
        .field(field::tick(
            "is_enabled",
            t!("Send letters of this kind"),
            text.is_enabled,
        ));
    if may_send {
        form = form
            .submit(t!("Save"))
            .beside(
                ui::button(t!("Preview"))
                    .value("do", "preview")
                    .render(reader),
            )
            .beside(
                ui::button(t!("Send a test to me"))
                    .value("do", "test")
                    .render(reader),
            );
    }
    let body = html! {
        (languages(site, staff, &here, language))
        (ui::grid(&[
            ui::card(t!("Text")).span(Span::Seven).render(reader, &form.render(reader)),
            html! { div.stack data-span="5" {
                (preview(reader, kind, text))
                (variables(reader, kind))
            } },
        ]))
    };
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Letters"), menu::LETTERS),
            Crumb::new(t!("Texts"), TEXTS),
        ],
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        actions: may_send.then(|| reset_button(staff, &here, language).render()),
        ..desk::parts(kind.title(), menu::LETTERS)
    };
    desk::page(site, staff, parts, body).await
}

fn reset_button<'a>(staff: &'a Staff, here: &str, language: &str) -> Ask<'a> {
    ask(
        staff,
        "reset",
        t!("Back to the house’s text…"),
        format!("{here}/reset"),
    )
    .sentence(t!("Your own words for this letter are forgotten."))
    .field(
        field::select("language", t!("Language"))
            .option(language, Text::verbatim(language))
            .value(language),
    )
    .gravely(t!("Go back"))
}

fn languages(site: &Site, staff: &Staff, here: &str, current: &str) -> Markup {
    let tabs: Vec<ui::Tab> = site
        .catalogues
        .names()
        .iter()
        .map(|language| {
            let href = format!("{here}?language={}", language.code);
            ui::Tab::new(
                Text::verbatim(language.name.clone()),
                href,
                language.code == current,
            )
        })
        .collect();
    ui::tabs(&staff.reader, &t!("Language"), &tabs)
}

/// The letter with example values; what is wrong with the text, if it cannot be filled in.
fn preview(reader: &Reader, kind: LetterKind, text: &LetterText) -> Markup {
    let body = match outreach::preview(kind, &text.title, &text.body) {
        Ok(preview) => html! {
            p { b { (preview.title) } }
            pre { (preview.text) }
        },
        Err(error) => ui::notice(Tone::Bad, t!("This text cannot be used"))
            .sentence(Text::verbatim(error.to_string()))
            .render(reader),
    };
    ui::card(t!("Preview")).render(reader, &body)
}

fn variables(reader: &Reader, kind: LetterKind) -> Markup {
    let facts = kind.variables().fold(ui::facts(), |facts, variable| {
        let name = Text::verbatim(format!("{{{{ {} }}}}", variable.name));
        facts.line(name, html! { (variable.example) })
    });
    ui::card(t!("What the text may speak of")).render(reader, &facts.render(reader))
}

/// `POST /office/letters/texts/{kind}`
pub async fn save(
    staff: Staff,
    State(site): State<Site>,
    Path(kind): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let kind = kind_of(&kind)?;
    let language = language_of(&site, form.text("language")).await?;
    let text = LetterText {
        title: form.text("title").trim().to_owned(),
        body: form.text("body").replace("\r\n", "\n"),
        is_enabled: form.ticked("is_enabled"),
    };
    if let Err(error) = outreach::check(kind, &text.title, &text.body) {
        let errors = FormErrors::one("body", Text::verbatim(error.to_string()));
        return draw(&site, &staff, (kind, &language), &text, &errors).await;
    }
    if form.text("do") == "preview" {
        return draw(
            &site,
            &staff,
            (kind, &language),
            &text,
            &FormErrors::default(),
        )
        .await;
    }
    let here = format!("{TEXTS}/{}?language={language}", kind.word());
    let mut tx = site.db.begin(staff.actor()).await?;
    outreach::save_text(&mut tx, kind, &language, &text).await?;
    let words = if form.text("do") == "test" {
        crate::settings::mail::post_example(&mut tx, &staff, kind, &language).await?;
        t!("Saved, and a test is on its way to you.")
    } else {
        t!("Saved.")
    };
    tx.save().await?;
    Ok(Done::at(&site, &here, words))
}

/// `POST /office/letters/texts/{kind}/reset`
pub async fn reset(
    staff: Staff,
    State(site): State<Site>,
    Path(kind): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let kind = kind_of(&kind)?;
    let language = language_of(&site, form.text("language")).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    outreach::reset_text(&mut tx, kind, &language).await?;
    tx.save().await?;
    let here = format!("{TEXTS}/{}?language={language}", kind.word());
    Ok(Done::at(&site, &here, t!("The house’s own text is back.")))
}
