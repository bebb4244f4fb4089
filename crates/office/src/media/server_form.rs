//! What the operator sets for a server, and where we find it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kit::{FormErrors, PageAsked, Secret, Text, t};
use maud::{Markup, html};
use media::account_first;
use media::adding;
use media::library;
use media::maker::Entry;
use media::remedy::NO_OWNER;
use media::remote_user::{self, Whose};
use media::server::{self, Choices};
use media::{Help, MediaError, Server};
use ui::{Crumb, Form, Span, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::server::found;
use crate::{desk, menu};

const NEEDS_ACCOUNT: &str = "needs_account";

/// `GET /office/servers/{id}/edit`
pub async fn edit(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let server = found(&site, &id).await?;
    let mut typed = typed_of(&server);
    if account_first::is_required(&site.db, &server.id).await? {
        typed.set(NEEDS_ACCOUNT, "on");
    }
    draw(&site, &staff, &server, &typed, &FormErrors::default()).await
}

fn typed_of(server: &Server) -> Posted {
    let mut typed = Posted::default();
    typed.set("name", server.name.clone());
    typed.set("public_address", server.public_address.clone());
    typed.set("location", server.location.clone().unwrap_or_default());
    typed.set(
        "ceiling",
        server
            .ceiling
            .map(|most| most.to_string())
            .unwrap_or_default(),
    );
    typed.set(
        "template_user",
        server.template_user.clone().unwrap_or_default(),
    );
    typed.set(
        "renew_library",
        server.renew_library.clone().unwrap_or_default(),
    );
    for (name, is_on) in [
        ("enabled", server.enabled),
        ("takes_members", server.takes_members),
        ("takes_trials", server.takes_trials),
        ("four_k_transcoding", server.four_k_transcoding),
        ("licensed", server.licensed),
        ("left_alone", server.left_alone),
        ("records_streams", server.records_streams),
        ("records_downloads", server.records_downloads),
    ] {
        if is_on {
            typed.set(name, "on");
        }
    }
    typed.set("address", server.address.clone());
    typed
}

async fn draw(
    site: &Site,
    staff: &Staff,
    server: &Server,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let reader = &staff.reader;
    let settings = settings_form(site, staff, server, typed, errors).await?;
    let connection = connection(site, staff, server, typed, errors);
    let body = ui::grid(&[
        ui::card(t!("Settings"))
            .span(Span::Seven)
            .render(reader, &settings.render(reader)),
        ui::card(t!("Connection"))
            .span(Span::Five)
            .render(reader, &connection),
    ]);
    let here = format!("/office/servers/{}", server.id);
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Servers"), menu::SERVERS),
            Crumb::new(Text::verbatim(server.name.clone()), here),
        ],
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::parts(t!("Settings of the server"), menu::SERVERS)
    };
    desk::page(site, staff, parts, body).await
}

/// Address and key; a server that was found through its owner is connected through them.
fn connection(
    site: &Site,
    staff: &Staff,
    server: &Server,
    typed: &Posted,
    errors: &FormErrors,
) -> Markup {
    let reader = &staff.reader;
    if site.tools.makers.entry(&server.kind) == Entry::Invitation {
        let words = t!(
            "It is reached at {address}, which was found through its owner's account, with that account's key.",
            address = server.address.as_str()
        );
        let owner = server.owner_account_id.as_ref();
        let href = owner
            .filter(|_| server.trouble.as_deref() != Some(NO_OWNER))
            .map_or(menu::OWNERS.to_owned(), |id| format!("/office/owners/{id}"));
        return html! {
            div.stack {
                p { (reader.say(&words)) }
                div.buttons { (ui::link_button(href, t!("Open the owner account")).render(reader)) }
            }
        };
    }
    ui::form(
        format!("/office/servers/{}/connection", server.id),
        &staff.csrf,
    )
    .id("connection")
    .errors(errors)
    .field(
        field::url("address", t!("Address"))
            .value(typed.text("address"))
            .required(),
    )
    .field(field::secret("api_key", t!("API key"), true))
    .submit(t!("Connect anew"))
    .render(reader)
}

async fn settings_form(
    site: &Site,
    staff: &Staff,
    server: &Server,
    typed: &Posted,
    errors: &FormErrors,
) -> Result<Form, PageError> {
    let own = match site.tools.makers.entry(&server.kind) {
        Entry::Password => template_field(site, server)
            .await?
            .value(typed.text("template_user")),
        Entry::Invitation => renew_field(site, server)
            .await?
            .value(typed.text("renew_library")),
    };
    let tick = |name: &'static str, label: Text| field::tick(name, label, typed.ticked(name));
    let form = ui::form(format!("/office/servers/{}/edit", server.id), &staff.csrf).errors(errors);
    let form = named(form, typed)
        .field(own)
        .field(tick("enabled", t!("Switched on")).hint(t!(
            "Off: nobody new comes here; who is on it stays looked after."
        )))
        .field(tick("takes_members", t!("Takes members")))
        .field(tick("takes_trials", t!("Takes trials")))
        .field(tick("four_k_transcoding", t!("4K transcoding allowed")).hint(t!(
            "Off: members whose device wants 4K converted are told why and stopped. Sound may be converted, and 4K as it is always plays."
        )))
        .field(tick("records_streams", t!("Store what is played")).hint(t!(
            "For «Activity»: who plays what, on which device, and the history of it. Off: nothing of it is kept."
        )));
    let form = if site.tools.makers.offers(&server.kind, Help::Downloads) {
        form.field(
            tick("records_downloads", t!("Store what is downloaded")).hint(t!(
                "For «Activity»: what members download to which device. Off: nothing of it is kept."
            )),
        )
    } else {
        form.field(tick("records_downloads", t!("Store what is downloaded")).fixed().hint(t!(
            "Servers of this kind show nobody what members download: Plex and Jellyfin keep it to themselves, Emby shows it."
        )))
    };
    let form = match site.tools.makers.licence(&server.kind) {
        Some(licence) => {
            form.field(tick("licensed", licence.label.clone()).hint(licence.help.clone()))
        }
        None => form,
    };
    let form = if site.tools.makers.offers(&server.kind, Help::Connect) {
        form.field(tick(NEEDS_ACCOUNT, t!("Members need an Emby Connect account")).hint(t!(
            "Nobody new is let in before Emby knows the account they give; who is in stays in. Emby then writes to them and asks whether it may be linked."
        )))
    } else {
        form
    };
    Ok(form
        .field(
            tick("left_alone", t!("Leave it alone"))
                .hint(t!("It is not read by itself, only when you press «Read it now». Who is on it is still let in and out.")),
        )
        .submit(t!("Save"))
        .cancel(format!("/office/servers/{}", server.id)))
}

/// What it is called, where it is, and how many it takes.
fn named(form: Form, typed: &Posted) -> Form {
    form.field(
        field::text("name", t!("Name"))
            .value(typed.text("name"))
            .longest(80)
            .required(),
    )
    .field(
        field::url("public_address", t!("Address for members"))
            .value(typed.text("public_address"))
            .hint(t!(
                "What members are told to open or type into their device."
            ))
            .required(),
    )
    .field(
        field::text("location", t!("Location"))
            .value(typed.text("location"))
            .hint(t!(
                "Customers choose by it if there are several. Empty: not offered by location."
            ))
            .longest(60),
    )
    .field(
        field::number("ceiling", t!("Most members"))
            .value(typed.text("ceiling"))
            .hint(t!("Empty: no ceiling."))
            .at_least(1),
    )
}

fn asks_licence(site: &Site, server: &Server) -> bool {
    site.tools.makers.licence(&server.kind).is_some()
}

async fn template_field(site: &Site, server: &Server) -> Result<field::Field, PageError> {
    let users =
        remote_user::list(&site.db, &server.id, Whose::NotOurs, &PageAsked::first(200)).await?;
    let people = users.rows.iter().filter(|user| !user.is_administrator);
    Ok(people.fold(
        field::select("template_user", t!("Template user"))
            .hint(t!("New users are made like this one: languages, home screen, everything but libraries."))
            .option("", t!("None")),
        |field, user| field.option(user.remote_id.as_str(), Text::verbatim(user.name.clone())),
    ))
}

/// Where people come by invitation, nobody can be kept signed in without a library.
async fn renew_field(site: &Site, server: &Server) -> Result<field::Field, PageError> {
    let libraries = library::list_of_server(&site.db, &server.id).await?;
    Ok(libraries.iter().fold(
        field::select("renew_library", t!("Library of suspended members"))
            .hint(t!("A small one of your own, with a film that says how to renew. They keep it until their time expires, and need not accept anew when they pay. Without one they are taken out, and have to accept a new invitation."))
            .option("", t!("None: they are taken out")),
        |field, one| field.option(one.remote_id.as_str(), Text::verbatim(one.name.clone())),
    ))
}

/// `POST /office/servers/{id}/edit`
pub async fn save(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let server = found(&site, &id).await?;
    let mut errors = FormErrors::default();
    let ceiling = errors
        .keep("ceiling", form.number("ceiling", 1, 1_000_000))
        .flatten();
    if !errors.is_empty() {
        return draw(&site, &staff, &server, &form, &errors).await;
    }
    let text = |name: &str| Some(form.text(name).trim().to_owned()).filter(|text| !text.is_empty());
    let choices = Choices {
        name: form.text("name").to_owned(),
        public_address: form.text("public_address").trim().to_owned(),
        location: text("location"),
        enabled: form.ticked("enabled"),
        takes_members: form.ticked("takes_members"),
        takes_trials: form.ticked("takes_trials"),
        four_k_transcoding: form.ticked("four_k_transcoding"),
        ceiling,
        template_user: text("template_user"),
        renew_library: text("renew_library"),
        licensed: !asks_licence(&site, &server) || form.ticked("licensed"),
        left_alone: form.ticked("left_alone"),
        records_streams: form.ticked("records_streams"),
        records_downloads: site.tools.makers.offers(&server.kind, Help::Downloads)
            && form.ticked("records_downloads"),
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    match server::change(&mut tx, &server.id, choices).await {
        Ok(_) => {
            let needed =
                form.ticked(NEEDS_ACCOUNT) && site.tools.makers.offers(&server.kind, Help::Connect);
            account_first::require(&mut tx, &server.id, needed).await?;
            tx.save().await?;
        }
        Err(MediaError::Form(errors)) => {
            drop(tx);
            return draw(&site, &staff, &server, &form, &errors).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Done::at(
        &site,
        &format!("/office/servers/{}", server.id),
        t!("Saved."),
    ))
}

/// `POST /office/servers/{id}/connection`
pub async fn reconnect(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let server = found(&site, &id).await?;
    let servers = site.tools.servers();
    let key = match form.text("api_key").trim() {
        "" => settings::vault::find(&site.db, &site.tools.vault, &Server::key_place(&server.id))
            .await?
            .unwrap_or_else(|| Secret::new("")),
        typed => Secret::new(typed),
    };
    let address = form.text("address").trim();
    let connection = match adding::examine_again(&servers, &server.id, address, key).await {
        Ok(connection) => connection,
        Err(error) => {
            let Some(text) = error.text() else {
                return Err(error.into());
            };
            let mut typed = typed_of(&server);
            typed.set("address", address);
            return draw(
                &site,
                &staff,
                &server,
                &typed,
                &FormErrors::one("address", text),
            )
            .await;
        }
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    adding::reconnect(&mut tx, &site.tools.vault, &server.id, &connection).await?;
    tx.save().await?;
    let href = format!("/office/servers/{}", server.id);
    Ok(Done::at(
        &site,
        &href,
        t!("Connected: it is the same server as before."),
    ))
}
