//! Setting up an authenticator app: scan, type one code, keep the recovery codes.

use axum::extract::State;
use kit::{Secret, t};
use maud::{Markup, html};
use people::rate::{self, Rate};
use people::second_factor::{self, Offer};
use qrcode::{Color, QrCode};
use ui::field;
use web::{CheckedForm, Done, PageResult, SignedIn, Site, see_other};

use crate::account::frame;
use crate::forms::{self, Wrong};

const PROVE_FIRST: &str = "/account/prove?next=/account/authenticator";

/// `GET /account/authenticator`
pub async fn show(visitor: SignedIn, State(site): State<Site>) -> PageResult {
    if visitor.fresh(&site).is_err() {
        return Ok(see_other(PROVE_FIRST));
    }
    let (account, vault) = (&visitor.visit.account, &site.tools.vault);
    let settings = site.settings().await?;
    let known = second_factor::find_offer(&site.db, vault, account, &settings.name).await?;
    if let Some(offer) = known {
        return draw(&site, &visitor, &offer, &Wrong::default()).await;
    }
    let mut tx = site.db.begin(visitor.actor()).await?;
    let offer = second_factor::offer(&mut tx, vault, account, &settings.name).await?;
    tx.save().await?;
    draw(&site, &visitor, &offer, &Wrong::default()).await
}

/// `POST /account/authenticator`
pub async fn enable(visitor: SignedIn, State(site): State<Site>, form: CheckedForm) -> PageResult {
    visitor.fresh(&site)?;
    let (account, vault) = (&visitor.visit.account, &site.tools.vault);
    rate::pass(&site.db, &[(Rate::CodeByAccount, account.id.as_str())]).await?;
    let mut tx = site.db.begin(visitor.actor()).await?;
    let keep = Some(&visitor.visit.session);
    match second_factor::enable(&mut tx, vault, account, form.text("code"), keep).await {
        Ok(codes) => {
            tx.save().await?;
            recovery_codes(&site, &visitor, &codes).await
        }
        Err(error) => {
            drop(tx);
            let wrong = forms::of_people(error)?;
            let settings = site.settings().await?;
            let offer = second_factor::find_offer(&site.db, vault, account, &settings.name).await?;
            match offer {
                Some(offer) => draw(&site, &visitor, &offer, &wrong).await,
                None => Ok(see_other("/account/authenticator")),
            }
        }
    }
}

/// `POST /account/authenticator/codes`
pub async fn renew_codes(
    visitor: SignedIn,
    State(site): State<Site>,
    _form: CheckedForm,
) -> PageResult {
    if visitor.fresh(&site).is_err() {
        return Ok(see_other("/account/prove?next=/account/security"));
    }
    let account = &visitor.visit.account.id;
    let mut tx = site.db.begin(visitor.actor()).await?;
    if second_factor::find(&mut tx, account).await?.is_none() {
        return Ok(see_other("/account/security"));
    }
    let codes = second_factor::renew_recovery_codes(&mut tx, account).await?;
    tx.save().await?;
    recovery_codes(&site, &visitor, &codes).await
}

/// `POST /account/authenticator/off`
pub async fn disable(
    visitor: SignedIn,
    State(site): State<Site>,
    _form: CheckedForm,
) -> PageResult {
    if visitor.fresh(&site).is_err() {
        return Ok(see_other("/account/prove?next=/account/security"));
    }
    let mut tx = site.db.begin(visitor.actor()).await?;
    let keep = Some(&visitor.visit.session);
    second_factor::disable(&mut tx, &visitor.visit.account, keep).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        "/account/security",
        t!("The authenticator app is switched off."),
    ))
}

async fn draw(site: &Site, visitor: &SignedIn, offer: &Offer, wrong: &Wrong) -> PageResult {
    let reader = &visitor.reader;
    let form = ui::form("/account/authenticator", &visitor.csrf)
        .errors(&wrong.errors)
        .field(field::code("code", t!("The six digits that the app shows now")).required())
        .submit(t!("Switch it on"))
        .cancel("/account/security");
    let body = html! {
        div.stack {
            (wrong.notice(reader))
            p { (reader.say(&t!("1. Scan this with an authenticator app on your phone."))) }
            (qr(visitor, offer.uri.reveal()))
            p { (reader.say(&t!("Or type this key there:"))) }
            (ui::copyable(reader, &t!("Key"), offer.key.reveal()))
            p { (reader.say(&t!("2. Type what the app shows, so that we both know that it works."))) }
            (form.render(reader))
        }
    };
    let head = (t!("Set up your authenticator app"), None, wrong.status);
    frame::task(site, visitor, head, body).await
}

/// Nothing if the text is too long for any code; then the key can be typed.
fn qr(visitor: &SignedIn, text: &str) -> Markup {
    let Ok(code) = QrCode::new(text) else {
        return html! {};
    };
    let (width, path) = outline(&code);
    let label = t!("The key for your authenticator app, as a picture to scan");
    ui::qr_code(&visitor.reader, &label, width, &path)
}

/// The dark modules, row by row, as one path.
fn outline(code: &QrCode) -> (u32, String) {
    use std::fmt::Write as _;
    let width = code.width();
    let mut path = String::new();
    for (place, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let (x, y) = (place % width, place / width);
            let written = write!(path, "M{x} {y}h1v1h-1z");
            debug_assert!(written.is_ok(), "writing to a string");
        }
    }
    (u32::try_from(width).unwrap_or(u32::MAX), path)
}

async fn recovery_codes(site: &Site, visitor: &SignedIn, codes: &[Secret]) -> PageResult {
    let reader = &visitor.reader;
    let all: Vec<&str> = codes.iter().map(Secret::reveal).collect();
    let body = html! {
        div.stack {
            (ui::secret_once(reader, &t!("Recovery codes"), &all.join("  ")))
            ul { @for code in &all { li { (ui::code(code)) } } }
            (ui::link_button("/account/security", t!("I have kept them")).primary().render(reader))
        }
    };
    let intro = t!(
        "Each of them signs you in once if your phone is lost. Print them, or keep them where you keep your keys."
    );
    let head = (
        t!("Your recovery codes"),
        Some(intro),
        axum::http::StatusCode::OK,
    );
    frame::task(site, visitor, head, body).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_draws_each_dark_module_once() {
        let code = QrCode::new("otpauth://totp/x").expect("a short text");
        let (width, path) = outline(&code);
        let dark = code
            .to_colors()
            .iter()
            .filter(|c| **c == Color::Dark)
            .count();
        assert_eq!(path.matches('M').count(), dark);
        assert!(width >= 21);
    }
}
