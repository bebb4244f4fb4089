//! What the operator of the demo house entered under Settings.

use billing::order::TaxRule;
use billing::receipt::Seller;
use billing::settings::TrialSettings;
use kit::{Actor, Currency};
use media::counting::CountSettings;
use people::registration::RegistrationSettings;
use settings::SiteSettings;

use super::Demo;
use super::error::DemoError;

/// Fills in who this house is, who sells, and how people come in. There is no mail server, on purpose:
/// addresses count as confirmed, and letters wait where the operator can read them.
pub async fn set_up(demo: &Demo) -> Result<(), DemoError> {
    let mut tx = demo.house.db.begin(Actor::console()).await?;
    settings::save(&mut tx, &site(&demo.site), 0).await?;
    settings::save(&mut tx, &seller(), 0).await?;
    settings::save(&mut tx, &tax(), 0).await?;
    let registration = RegistrationSettings {
        open: true,
        skip_confirmation: true,
        platform_only: false,
    };
    settings::save(&mut tx, &registration, 0).await?;
    let trials = TrialSettings {
        enabled: true,
        ..TrialSettings::default()
    };
    settings::save(&mut tx, &trials, 0).await?;
    let counts = CountSettings {
        shown: true,
        ..CountSettings::default()
    };
    settings::save(&mut tx, &counts, 0).await?;
    Ok(tx.save().await?)
}

fn site(address: &str) -> SiteSettings {
    SiteSettings {
        name: "Northern Lights".to_owned(),
        public_url: address.to_owned(),
        contact_email: "robin@lights.example".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        currency: Currency::EUR,
        headline: "A small cinema for long evenings".to_owned(),
        introduction:
            "Films, series and music, picked by people who watch them. Choose a plan, pay, and \
                       you are in: on your television, your phone, or in the browser."
                .to_owned(),
        ..SiteSettings::default()
    }
}

fn seller() -> Seller {
    Seller {
        name: "Northern Lights, Robin Aske".to_owned(),
        address: "Lindenallee 9\n10115 Berlin".to_owned(),
        tax_number: "DE 000 000 000".to_owned(),
        number_prefix: "NL-".to_owned(),
        footer: "Thank you for watching with us.".to_owned(),
    }
}

fn tax() -> TaxRule {
    TaxRule {
        label: "VAT 19 %".to_owned(),
        rate_bp: 1900,
        inclusive: true,
    }
}
