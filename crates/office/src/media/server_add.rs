//! Adding a server: choose the platform, read its terms, test, and see it arrive switched off.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kit::{FormErrors, Secret, Text, t};
use maud::{Markup, html};
use media::adding::{self, Opening};
use media::maker::CardFieldKind;
use media::{Card, Entry};
use ui::{Span, Tone, field};
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use crate::{desk, menu};

/// `GET /office/servers/new`
pub async fn choose(staff: Staff, State(site): State<Site>) -> PageResult {
    let reader = &staff.reader;
    let rows = site.tools.makers.cards().fold(ui::rows(), |rows, card| {
        // Where people come by invitation, servers are found through the account that owns them.
        let href = match card.entry {
            Entry::Password => format!("/office/servers/new/{}", card.key),
            Entry::Invitation => menu::OWNERS.to_owned(),
        };
        let row = ui::row(
            reader,
            Tone::Neutral,
            "servers",
            &Text::verbatim(card.title),
        )
        .title(ui::link(&href, card.title))
        .mark(ui::brand(card.title))
        .action(ui::link_button(&href, t!("Choose")).render(reader));
        rows.row(row)
    });
    let card = ui::card(t!("Which kind of server is it?")).flush();
    let body = ui::grid(&[card.render(reader, &rows.render(reader))]);
    desk::page(
        &site,
        &staff,
        desk::below(t!("Add a server"), t!("Servers"), menu::SERVERS),
        body,
    )
    .await
}

/// `GET /office/servers/new/{kind}`
pub async fn form(staff: Staff, State(site): State<Site>, Path(kind): Path<String>) -> PageResult {
    draw(
        &site,
        &staff,
        card(&site, &kind)?,
        &Posted::default(),
        &Said::Nothing,
    )
    .await
}

fn card(site: &Site, kind: &str) -> Result<&'static Card, PageError> {
    let maker = site.tools.makers.find(kind).ok_or(PageError::NotFound)?;
    let card = maker.card();
    (card.entry == Entry::Password)
        .then_some(card)
        .ok_or(PageError::NotFound)
}

/// What the form has to say besides its fields.
enum Said {
    Nothing,
    /// The test was good.
    Good(Text, Vec<Text>),
    Wrong(FormErrors),
}

async fn draw(
    site: &Site,
    staff: &Staff,
    card: &'static Card,
    typed: &Posted,
    said: &Said,
) -> PageResult {
    let reader = &staff.reader;
    let action = format!("/office/servers/new/{}", card.key);
    let no_errors = FormErrors::default();
    let (errors, status) = match said {
        Said::Wrong(errors) => (errors, StatusCode::UNPROCESSABLE_ENTITY),
        _ => (&no_errors, StatusCode::OK),
    };
    let mut form = ui::form(action, &staff.csrf).errors(errors);
    for asked in card.fields {
        form = form.field(match asked.kind {
            CardFieldKind::Url => field::url(asked.name, asked.label.clone())
                .value(typed.text(asked.name))
                .hint(asked.help.clone())
                .required(),
            CardFieldKind::Secret => {
                field::secret(asked.name, asked.label.clone(), false).hint(asked.help.clone())
            }
        });
    }
    let form = form
        .heading(
            t!("Or sign in"),
            Some(t!(
                "Without a key, an administrator’s name and password make one. They are used once and not kept."
            )),
        )
        .field(field::text("admin_name", t!("Administrator")).value(typed.text("admin_name")).half().autocomplete("off"))
        .field(field::password("admin_password", t!("Password")).half().autocomplete("off"))
        .submit(t!("Add the server"))
        .beside(ui::button(t!("Test the connection")).value("do", "test").render(reader))
        .cancel(menu::SERVERS);
    let body = html! {
        (verdict(staff, said))
        (ui::grid(&[
            ui::card(t!("Connection")).span(Span::Seven).render(reader, &form.render(reader)),
            ui::card(t!("The platform’s terms")).span(Span::Five).render(reader, &html! {
                p { (reader.say(&card.terms)) }
                p { (reader.say(&t!("The server arrives switched off. Its libraries are private and its users are not yours until you link them: nothing there is changed."))) }
            }),
        ]))
    };
    let title = t!("Add a {platform} server", platform = card.title);
    let mut parts = desk::below(title, t!("Servers"), menu::SERVERS);
    parts.status = Some(status);
    desk::page(site, staff, parts, body).await
}

fn verdict(staff: &Staff, said: &Said) -> Markup {
    html! {
        @if let Said::Good(sentence, notes) = said {
            (ui::notice(Tone::Good, sentence.clone()).render(&staff.reader))
            @for note in notes { (ui::notice(Tone::Info, note.clone()).render(&staff.reader)) }
        }
    }
}

fn opening(form: &Posted) -> Opening {
    match form.text("api_key").trim() {
        "" => Opening::SignIn {
            name: form.text("admin_name").trim().to_owned(),
            password: Secret::new(form.text("admin_password")),
        },
        key => Opening::ApiKey(Secret::new(key)),
    }
}

fn missing(form: &Posted) -> Option<FormErrors> {
    let mut errors = FormErrors::default();
    errors.keep("address", form.required("address", 300));
    let has_key = !form.text("api_key").trim().is_empty();
    if !has_key && form.text("admin_name").trim().is_empty() {
        errors.add("api_key", t!("Please enter an API key, or sign in below."));
    }
    (!errors.is_empty()).then_some(errors)
}

/// `POST /office/servers/new/{kind}`
pub async fn create(
    staff: Staff,
    State(site): State<Site>,
    Path(kind): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let card = card(&site, &kind)?;
    if let Some(errors) = missing(&form) {
        return draw(&site, &staff, card, &form, &Said::Wrong(errors)).await;
    }
    let address = form.text("address").trim();
    let servers = site.tools.servers();
    let examined = match adding::examine(&servers, card.key, address, opening(&form)).await {
        Ok(examined) => examined,
        Err(error) => {
            let Some(text) = error.text() else {
                return Err(error.into());
            };
            let said = Said::Wrong(FormErrors::one("address", text));
            return draw(&site, &staff, card, &form, &said).await;
        }
    };
    if form.text("do") == "test" {
        let sentence = t!(
            "{name} answers: {platform} {version}, with {libraries} libraries and {users} users.",
            name = examined.probe.name.as_str(),
            platform = card.title,
            version = examined.probe.version.as_str(),
            libraries = i64::try_from(examined.libraries.len()).unwrap_or(i64::MAX),
            users = i64::try_from(examined.users.len()).unwrap_or(i64::MAX)
        );
        let said = Said::Good(sentence, examined.probe.notes.clone());
        return draw(&site, &staff, card, &form, &said).await;
    }
    let mut tx = site.db.begin(staff.actor()).await?;
    let server = adding::add(&mut tx, &site.tools.vault, &examined).await?;
    tx.save().await?;
    Ok(arrived(&site, &server))
}

/// What follows once a server is here.
pub fn arrived(site: &Site, server: &media::Server) -> axum::response::Response {
    let text = t!(
        "{server} is here, switched off. Put its libraries into groups, then switch it on.",
        server = &server.name
    );
    Done::at(site, &format!("/office/servers/{}", server.id), text)
}
