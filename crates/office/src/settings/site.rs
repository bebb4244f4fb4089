//! Who this house is: name, addresses, language, zone, currency, seller, tax, looks.

use axum::extract::State;
use axum::http::StatusCode;
use billing::order::TaxRule;
use billing::receipt::Seller;
use flows::told_at_once::change_settings;
use kit::{Currency, Email, FieldError, FormErrors, Text, Zone, t};
use maud::html;
use people::role::Permission;
use settings::{Looks, Section, SiteSettings};
use ui::{Form, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::index::tabs;
use crate::{desk, menu};

const SITE: &str = "/office/settings/site";
const SELLER: &str = "/office/settings/seller";
const LOOKS: &str = "/office/settings/looks";

/// A topic's page: the tabs, and its form.
pub async fn page(
    site: &Site,
    staff: &Staff,
    here: &str,
    form: Form,
    errors: &FormErrors,
) -> PageResult {
    let form = if staff.may(Permission::SettingsChange) {
        form.submit(t!("Save"))
    } else {
        form
    };
    let body = html! {
        (tabs(staff, here))
        (form.errors(errors).render(&staff.reader))
    };
    let parts = ConsoleParts {
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::parts(t!("Settings"), menu::SETTINGS)
    };
    desk::page(site, staff, parts, body).await
}

/// Saves a section that a form brought, if nobody has meanwhile.
pub async fn save_section<S: Section>(
    site: &Site,
    staff: &Staff,
    section: &S,
    form: &Posted,
) -> Result<(), PageError> {
    let version = form.text("version").parse().unwrap_or(0);
    let mut tx = site.db.begin(staff.actor()).await?;
    change_settings::save(&mut tx, section, version).await?;
    Ok(tx.save().await?)
}

/// `GET /office/settings/site`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    let (settings, version) = settings::load::<SiteSettings>(&site.db).await?;
    let mut typed = Posted::default();
    typed.set("name", settings.name);
    typed.set("public_url", settings.public_url);
    typed.set("contact_email", settings.contact_email);
    typed.set("language", settings.language);
    typed.set("zone", settings.zone);
    typed.set("currency", settings.currency.code());
    typed.set("headline", settings.headline);
    typed.set("introduction", settings.introduction);
    typed.set("version", version.to_string());
    let errors = FormErrors::default();
    page(
        &site,
        &staff,
        SITE,
        site_form(&site, &staff, &typed),
        &errors,
    )
    .await
}

fn site_form(site: &Site, staff: &Staff, typed: &Posted) -> Form {
    let languages = site.catalogues.names();
    let language = languages.iter().fold(
        field::select("language", t!("Language")).value(typed.text("language")),
        |field, language| {
            field.option(language.code.clone(), Text::verbatim(language.name.clone()))
        },
    );
    let currency = Currency::all().fold(
        field::select("currency", t!("Currency")).value(typed.text("currency")),
        |field, currency| field.option(currency.code(), Text::verbatim(currency.code())),
    );
    ui::form(SITE, &staff.csrf)
        .hidden("version", typed.text("version"))
        .field(
            field::text("name", t!("Name"))
                .value(typed.text("name"))
                .longest(60)
                .required(),
        )
        .field(
            field::url("public_url", t!("Public address"))
                .value(typed.text("public_url"))
                .hint(t!(
                    "Where visitors and gateways reach you. Links in letters begin with it."
                )),
        )
        .field(
            field::email("contact_email", t!("Your address"))
                .value(typed.text("contact_email"))
                .hint(t!(
                    "Where the house writes to you when something needs you."
                )),
        )
        .field(
            language
                .half()
                .hint(t!("For those who did not choose one.")),
        )
        .field(
            field::text("zone", t!("Time zone"))
                .value(typed.text("zone"))
                .placeholder("Europe/Berlin")
                .hint(t!(
                    "Terms are counted in it. What was sold keeps the zone it was sold in."
                ))
                .half()
                .required(),
        )
        .field(
            currency
                .half()
                .hint(t!("For new prices and the numbers on Overview.")),
        )
        .heading(t!("First page"), Some(t!("What visitors read first.")))
        .field(
            field::text("headline", t!("Headline"))
                .value(typed.text("headline"))
                .longest(120),
        )
        .field(field::area("introduction", t!("Introduction")).value(typed.text("introduction")))
}

/// `POST /office/settings/site`
pub async fn save(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let (mut settings, _) = settings::load::<SiteSettings>(&site.db).await?;
    let mut errors = FormErrors::default();
    let text = |name: &str, most, errors: &mut FormErrors| {
        errors
            .keep(name, form.optional(name, most))
            .flatten()
            .unwrap_or_default()
    };
    settings.name = errors
        .keep("name", form.required("name", 60))
        .unwrap_or_default();
    settings.headline = text("headline", 120, &mut errors);
    settings.introduction = text("introduction", 4_000, &mut errors);
    let typed = text("public_url", 200, &mut errors);
    typed
        .trim_end_matches('/')
        .clone_into(&mut settings.public_url);
    if !settings.public_url.is_empty() && !is_web_address(&settings.public_url) {
        errors.add(
            "public_url",
            t!("Please enter an address that begins with https:// or http://."),
        );
    }
    settings.contact_email = text("contact_email", 254, &mut errors);
    if !settings.contact_email.is_empty() {
        errors.keep("contact_email", Email::parse(&settings.contact_email));
    }
    settings.language = site.catalogues.find(form.text("language")).map_or_else(
        || settings.language.clone(),
        |found| found.language().to_owned(),
    );
    settings.zone = form.text("zone").trim().to_owned();
    if Zone::parse(&settings.zone).is_none() {
        errors.add(
            "zone",
            t!("There is no such time zone. Write it like Europe/Berlin or America/New_York."),
        );
    }
    if let Some(currency) = errors.keep("currency", Currency::parse(form.text("currency"))) {
        settings.currency = currency;
    }
    if !errors.is_empty() {
        return page(
            &site,
            &staff,
            SITE,
            site_form(&site, &staff, &form),
            &errors,
        )
        .await;
    }
    save_section(&site, &staff, &settings, &form).await?;
    Ok(Done::at(&site, SITE, t!("Saved.")))
}

fn is_web_address(address: &str) -> bool {
    let host = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(char::is_whitespace))
}

/// `GET /office/settings/seller`
pub async fn seller(staff: Staff, State(site): State<Site>) -> PageResult {
    let (seller, version) = settings::load::<Seller>(&site.db).await?;
    let (tax, tax_version) = settings::load::<TaxRule>(&site.db).await?;
    let mut typed = Posted::default();
    typed.set("name", seller.name);
    typed.set("address", seller.address);
    typed.set("tax_number", seller.tax_number);
    typed.set("number_prefix", seller.number_prefix);
    typed.set("footer", seller.footer);
    typed.set("label", tax.label);
    typed.set(
        "rate",
        format!("{}.{:02}", tax.rate_bp / 100, tax.rate_bp % 100),
    );
    if tax.inclusive {
        typed.set("inclusive", "on");
    }
    typed.set("version", version.to_string());
    typed.set("tax_version", tax_version.to_string());
    page(
        &site,
        &staff,
        SELLER,
        seller_form(&staff, &typed),
        &FormErrors::default(),
    )
    .await
}

fn seller_form(staff: &Staff, typed: &Posted) -> Form {
    let text = |name: &'static str, label: Text| {
        field::text(name, label)
            .value(typed.text(name))
            .longest(120)
    };
    ui::form(SELLER, &staff.csrf)
        .hidden("version", typed.text("version"))
        .hidden("tax_version", typed.text("tax_version"))
        .field(text("name", t!("Seller")).hint(t!(
            "As receipts name you. Receipts keep what was true when they were made."
        )))
        .field(
            field::area("address", t!("Postal address"))
                .value(typed.text("address"))
                .rows(3),
        )
        .field(text("tax_number", t!("Tax number")).half())
        .field(
            text("number_prefix", t!("Receipt numbers begin with"))
                .half()
                .placeholder("R-"),
        )
        .field(
            field::area("footer", t!("Footer of receipts"))
                .value(typed.text("footer"))
                .rows(2),
        )
        .heading(t!("Tax"), None)
        .field(
            text("label", t!("Called"))
                .half()
                .placeholder("VAT 19 %")
                .hint(t!("Empty: no tax line on receipts.")),
        )
        .field(text("rate", t!("Rate")).half().unit(t!("%")))
        .field(field::tick(
            "inclusive",
            t!("Prices include it"),
            typed.ticked("inclusive"),
        ))
}

/// "19", "19.0" or "19,00" in hundredths of a per cent.
fn rate(typed: &str) -> Result<u32, FieldError> {
    let wrong = || FieldError::Invalid(t!("Please enter a rate from 0 to 50, like 19 or 7.5."));
    let plain = typed.trim().replace(',', ".");
    if plain.is_empty() {
        return Ok(0);
    }
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    if part.len() > 2 || !part.chars().all(|c| c.is_ascii_digit()) {
        return Err(wrong());
    }
    let whole: u32 = whole.parse().map_err(|_| wrong())?;
    let part: u32 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
    let hundredths = whole
        .checked_mul(100)
        .and_then(|whole| whole.checked_add(part));
    hundredths.filter(|rate| *rate <= 5_000).ok_or_else(wrong)
}

/// `POST /office/settings/seller`
pub async fn save_seller(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let mut errors = FormErrors::default();
    let text = |name: &str, most, errors: &mut FormErrors| {
        errors
            .keep(name, form.optional(name, most))
            .flatten()
            .unwrap_or_default()
    };
    let seller = Seller {
        name: text("name", 120, &mut errors),
        address: text("address", 500, &mut errors),
        tax_number: text("tax_number", 60, &mut errors),
        number_prefix: text("number_prefix", 20, &mut errors),
        footer: text("footer", 500, &mut errors),
    };
    let tax = TaxRule {
        label: text("label", 40, &mut errors),
        rate_bp: errors
            .keep("rate", rate(form.text("rate")))
            .unwrap_or_default(),
        inclusive: form.ticked("inclusive"),
    };
    if !errors.is_empty() {
        return page(&site, &staff, SELLER, seller_form(&staff, &form), &errors).await;
    }
    let version = |name: &str| form.text(name).parse().unwrap_or(0);
    let mut tx = site.db.begin(staff.actor()).await?;
    change_settings::save(&mut tx, &seller, version("version")).await?;
    change_settings::save(&mut tx, &tax, version("tax_version")).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        SELLER,
        t!("Saved. It counts for what is sold from now on."),
    ))
}

/// `GET /office/settings/looks`
pub async fn looks(staff: Staff, State(site): State<Site>) -> PageResult {
    let (settings, version) = settings::load::<SiteSettings>(&site.db).await?;
    let number = |value: Option<u16>| value.map(|value| value.to_string()).unwrap_or_default();
    let mut typed = Posted::default();
    typed.set("accent_hue", number(settings.theme.accent_hue));
    typed.set("highlight_hue", number(settings.theme.highlight_hue));
    typed.set("neutral_hue", number(settings.theme.neutral_hue));
    typed.set("radius", number(settings.theme.radius));
    typed.set("version", version.to_string());
    page(
        &site,
        &staff,
        LOOKS,
        looks_form(&staff, &typed),
        &FormErrors::default(),
    )
    .await
}

fn looks_form(staff: &Staff, typed: &Posted) -> Form {
    let hue = |name: &'static str, label: Text, hint: Text| {
        field::number(name, label)
            .value(typed.text(name))
            .hint(hint)
            .between(0, 360)
            .unit(t!("°"))
    };
    ui::form(LOOKS, &staff.csrf)
        .hidden("version", typed.text("version"))
        .field(hue("accent_hue", t!("Accent"), t!("The one colour of buttons and links: 0 red, 120 green, 240 blue. Empty: velvet red.")))
        .field(hue("highlight_hue", t!("Highlight"), t!("What is live. Empty: brass.")))
        .field(hue("neutral_hue", t!("Ground"), t!("The tint of paper and ink. Empty: slightly warm.")))
        .field(
            field::number("radius", t!("Corners"))
                .value(typed.text("radius"))
                .hint(t!("0 is square, 20 is very round."))
                .between(0, 20)
                .unit(t!("px")),
        )
}

/// `POST /office/settings/looks`
pub async fn save_looks(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let (mut settings, _) = settings::load::<SiteSettings>(&site.db).await?;
    let mut errors = FormErrors::default();
    let number = |name: &str, most, errors: &mut FormErrors| {
        let typed = errors.keep(name, form.number(name, 0, most)).flatten();
        typed.and_then(|value| u16::try_from(value).ok())
    };
    settings.theme = Looks {
        accent_hue: number("accent_hue", 360, &mut errors),
        highlight_hue: number("highlight_hue", 360, &mut errors),
        neutral_hue: number("neutral_hue", 360, &mut errors),
        radius: number("radius", 20, &mut errors),
    };
    if !errors.is_empty() {
        return page(&site, &staff, LOOKS, looks_form(&staff, &form), &errors).await;
    }
    save_section(&site, &staff, &settings, &form).await?;
    Ok(Done::at(
        &site,
        LOOKS,
        t!("Saved. Reload to see it everywhere."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        for (typed, hundredths) in [
            ("", 0),
            ("19", 1_900),
            ("7.5", 750),
            ("7,25", 725),
            ("0", 0),
        ] {
            assert_eq!(rate(typed), Ok(hundredths), "{typed}");
        }
        for typed in ["-1", "51", "1.234", "x", "1.x", "99999999999"] {
            assert!(rate(typed).is_err(), "{typed}");
        }
    }
}
