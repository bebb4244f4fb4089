//! The mail server through which letters leave the house.

use axum::extract::State;
use db::Tx;
use flows::told_at_once::change_settings;
use kit::id::EventId;
use kit::{Email, FormErrors, Secret, Subject, Timestamp, t};
use maud::html;
use outreach::{LetterKind, MailEncryption, MailSettings, NewLetter, PASSWORD_PLACE};
use ui::{Form, Tone, field};
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use super::site::page;

const HERE: &str = "/office/settings/mail";

/// `GET /office/settings/mail`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    let (mail, version) = settings::load::<MailSettings>(&site.db).await?;
    let mut typed = Posted::default();
    typed.set("host", mail.host.clone());
    typed.set("port", mail.port.to_string());
    typed.set("encryption", mail.encryption.word());
    typed.set("login", mail.login.clone());
    typed.set("from_email", mail.from_email.clone());
    typed.set("from_name", mail.from_name.clone());
    typed.set("reply_to", mail.reply_to.clone());
    typed.set("version", version.to_string());
    let form = form(&site, &staff, &mail, &typed).await?;
    page(&site, &staff, HERE, form, &FormErrors::default()).await
}

async fn form(
    site: &Site,
    staff: &Staff,
    mail: &MailSettings,
    typed: &Posted,
) -> Result<Form, PageError> {
    let reader = &staff.reader;
    let has_password = settings::vault::find(&site.db, &site.tools.vault, PASSWORD_PLACE)
        .await?
        .is_some();
    let state = match (mail.is_set(), mail.accepted_at > Timestamp::EPOCH) {
        (false, _) => ui::notice(Tone::Warn, t!("No mail server yet"))
            .sentence(t!("Letters wait until there is one. Nothing can be sold meanwhile, unless registration skips confirmation.")),
        (true, false) => ui::notice(Tone::Info, t!("Not tried yet"))
            .sentence(t!("Send a test to see whether the server takes letters from you.")),
        (true, true) => ui::notice(Tone::Good, t!("Letters leave the house"))
            .sentence(t!("The server last took one on {at}.", at = reader.moment(mail.accepted_at))),
    };
    let text = |name: &'static str, label| {
        field::text(name, label)
            .value(typed.text(name))
            .longest(120)
    };
    let encryption = field::select("encryption", t!("Encryption"))
        .option(
            MailEncryption::StartTls.word(),
            t!("STARTTLS, usually port 587"),
        )
        .option(
            MailEncryption::Tls.word(),
            t!("TLS from the start, usually port 465"),
        )
        .option(
            MailEncryption::None.word(),
            t!("None: a server on this machine"),
        )
        .value(typed.text("encryption"));
    Ok(ui::form(HERE, &staff.csrf)
        .other(state.render(reader))
        .hidden("version", typed.text("version"))
        .field(text("host", t!("Server")).placeholder("mail.example.org").hint(t!("Empty: no mail.")))
        .field(encryption.half())
        .field(field::number("port", t!("Port")).value(typed.text("port")).between(1, 65_535).half())
        .field(text("login", t!("Login")).half().autocomplete("off").hint(t!("Empty: the server asks for none.")))
        .field(field::secret("password", t!("Password"), has_password).half())
        .heading(t!("Sender"), None)
        .field(field::email("from_email", t!("From")).value(typed.text("from_email")))
        .field(text("from_name", t!("Name")))
        .field(field::email("reply_to", t!("Answers go to")).value(typed.text("reply_to")).hint(t!("Empty: to the sender.")))
        .beside(html! { (ui::button(t!("Save and send a test to me")).value("do", "test").render(reader)) }))
}

/// `POST /office/settings/mail`
pub async fn save(staff: Staff, State(site): State<Site>, form_in: CheckedForm) -> PageResult {
    staff.fresh(&site)?;
    let (before, _) = settings::load::<MailSettings>(&site.db).await?;
    let mut errors = FormErrors::default();
    let mail = parse(&form_in, &before, &mut errors);
    if !errors.is_empty() {
        let form = form(&site, &staff, &before, &form_in).await?;
        return page(&site, &staff, HERE, form, &errors).await;
    }
    let is_test = form_in.text("do") == "test";
    let mut tx = site.db.begin(staff.actor()).await?;
    change_settings::save(&mut tx, &mail, form_in.text("version").parse().unwrap_or(0)).await?;
    let password = Secret::new(form_in.text("password"));
    if !password.is_empty() {
        let place = ("password", PASSWORD_PLACE);
        change_settings::keep_secret::<MailSettings>(&mut tx, &site.tools.vault, place, &password)
            .await?;
    }
    outreach::send_waiting(&mut tx).await?;
    if is_test {
        let language = site.settings().await?.language.clone();
        post_example(&mut tx, &staff, LetterKind::MailTest, &language).await?;
    }
    tx.save().await?;
    let words = if is_test {
        t!(
            "Saved. A test is on its way to {address}; Letters says what came of it.",
            address = staff.visit.account.email.as_str()
        )
    } else {
        t!("Saved.")
    };
    Ok(Done::at(&site, HERE, words))
}

fn parse(form: &Posted, before: &MailSettings, errors: &mut FormErrors) -> MailSettings {
    let mut text = |name: &str| {
        errors
            .keep(name, form.optional(name, 254))
            .flatten()
            .unwrap_or_default()
    };
    let (host, login, from_name) = (text("host"), text("login"), text("from_name"));
    let (from_email, reply_to) = (text("from_email"), text("reply_to"));
    let port = errors
        .keep("port", form.number("port", 1, 65_535))
        .flatten();
    for (name, address) in [("from_email", &from_email), ("reply_to", &reply_to)] {
        if !address.is_empty() {
            errors.keep(name, Email::parse(address));
        }
    }
    if !host.is_empty() && from_email.is_empty() {
        errors.add(
            "from_email",
            t!("Letters need a sender. Enter the address they come from."),
        );
    }
    let mail = MailSettings {
        host,
        port: port
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or(587),
        encryption: MailEncryption::parse(form.text("encryption"))
            .unwrap_or(MailEncryption::StartTls),
        login,
        from_email,
        from_name,
        reply_to,
        accepted_at: before.accepted_at,
    };
    // Another server has proven nothing yet.
    if mail.host == before.host && mail.login == before.login {
        mail
    } else {
        MailSettings {
            accepted_at: Timestamp::EPOCH,
            ..mail
        }
    }
}

/// Posts a letter with the examples of its kind to whoever asks.
pub async fn post_example(
    tx: &mut Tx<'_>,
    staff: &Staff,
    kind: LetterKind,
    language: &str,
) -> Result<(), PageError> {
    let account = &staff.visit.account;
    let again: EventId = tx.id();
    let letter = NewLetter {
        key: format!("test/{}/{again}", kind.word()),
        kind,
        to_email: account.email.clone(),
        to_name: account.name.clone(),
        language: language.to_owned(),
        zone: staff.reader.zone.name().to_owned(),
        context: kind
            .own_variables()
            .iter()
            .map(|variable| (variable.name.to_owned(), variable.example.to_owned()))
            .collect(),
        subject: Subject::of(&account.id),
    };
    outreach::post(tx, &letter).await?;
    Ok(())
}
