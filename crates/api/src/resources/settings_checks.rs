//! What a section of the settings may hold, beyond what its type says.

use billing::order::TaxRule;
use billing::receipt::Seller;
use billing::settings::{ReminderSettings, TermSettings, TrialSettings};
use kit::{Email, FieldError, FormErrors, Zone, field, t};
use media::self_help::SelfHelpSettings;
use outreach::MailSettings;
use people::registration::RegistrationSettings;
use settings::SiteSettings;

/// Says what is wrong with each field.
pub trait Checked {
    /// Fields that the house writes itself: neither shown nor taken.
    const KEPT_BY_US: &[&str] = &[];

    fn check(&self, errors: &mut FormErrors);
}

/// More days than these are a slip of the hand.
const MOST_DAYS: u32 = 3_650;

fn at_most(name: &str, value: u32, most: u32, errors: &mut FormErrors) {
    if value > most {
        let words = t!(
            "Please enter a whole number from {least} to {most}.",
            least = 0_i64,
            most = i64::from(most)
        );
        errors.add(name, words);
    }
}

fn short(name: &str, text: &str, most: usize, errors: &mut FormErrors) {
    errors.keep(name, field::optional(text, most));
}

fn email_or_none(name: &str, text: &str, errors: &mut FormErrors) {
    if !text.is_empty() {
        errors.keep(name, Email::parse(text));
    }
}

impl Checked for SiteSettings {
    fn check(&self, errors: &mut FormErrors) {
        errors.keep("name", field::required(&self.name, 80));
        let url = &self.public_url;
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        if !url.is_empty() && (!is_web || url.ends_with('/') || url.len() > 300) {
            errors.add(
                "public_url",
                t!(
                    "Please enter an address that begins with https:// and has no slash at its end."
                ),
            );
        }
        email_or_none("contact_email", &self.contact_email, errors);
        if Zone::parse(&self.zone).is_none() {
            let words = t!("This is no time zone. Use a name such as Europe/Berlin.");
            errors.add("zone", words);
        }
        short("language", &self.language, 20, errors);
        short("headline", &self.headline, 200, errors);
        short("introduction", &self.introduction, 4_000, errors);
    }
}

impl Checked for MailSettings {
    const KEPT_BY_US: &[&str] = &["accepted_at"];

    fn check(&self, errors: &mut FormErrors) {
        if self.host.contains(['/', ' ', '@']) || self.host.len() > 253 {
            let words = t!("Please enter the name of the mail server alone, such as mail.example.");
            errors.add("host", words);
        }
        if self.port == 0 {
            errors.add("port", FieldError::Required.text());
        }
        email_or_none("from_email", &self.from_email, errors);
        email_or_none("reply_to", &self.reply_to, errors);
        short("from_name", &self.from_name, 80, errors);
        short("login", &self.login, 200, errors);
    }
}

impl Checked for RegistrationSettings {
    fn check(&self, _: &mut FormErrors) {}
}

impl Checked for TermSettings {
    fn check(&self, errors: &mut FormErrors) {
        at_most("grace_days", self.grace_days, MOST_DAYS, errors);
        let expire = self.suspend_to_expire_days;
        at_most("suspend_to_expire_days", expire, MOST_DAYS, errors);
        at_most(
            "renewal_slack_hours",
            self.renewal_slack_hours,
            24 * 30,
            errors,
        );
        let delete = self.delete_after_days.unwrap_or(0);
        at_most("delete_after_days", delete, MOST_DAYS, errors);
    }
}

impl Checked for TrialSettings {
    fn check(&self, errors: &mut FormErrors) {
        at_most("most_at_once", self.most_at_once, 1_000_000, errors);
    }
}

impl Checked for SelfHelpSettings {
    fn check(&self, errors: &mut FormErrors) {
        at_most("scans_a_day", self.scans_a_day, 1_000, errors);
        at_most("subtitles_a_day", self.subtitles_a_day, 1_000, errors);
    }
}

impl Checked for ReminderSettings {
    fn check(&self, errors: &mut FormErrors) {
        if self.days.len() > 10 {
            errors.add("days", t!("Ten reminders are enough for anybody."));
        }
        for day in &self.days {
            at_most("days", *day, 365, errors);
        }
    }
}

impl Checked for TaxRule {
    fn check(&self, errors: &mut FormErrors) {
        at_most("rate_bp", self.rate_bp, 10_000, errors);
        short("label", &self.label, 60, errors);
    }
}

impl Checked for Seller {
    fn check(&self, errors: &mut FormErrors) {
        short("name", &self.name, 200, errors);
        short("address", &self.address, 1_000, errors);
        short("tax_number", &self.tax_number, 60, errors);
        short("number_prefix", &self.number_prefix, 20, errors);
        short("footer", &self.footer, 1_000, errors);
    }
}
