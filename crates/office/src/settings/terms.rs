//! What follows when time runs out, free trials, and reminders.

use axum::extract::State;
use billing::settings::{ReminderSettings, TermSettings, TrialSettings};
use flows::told_at_once::change_settings;
use kit::{FieldError, FormErrors, t};
use ui::{Form, field};
use web::{CheckedForm, Done, PageResult, Posted, Site, Staff};

use super::site::page;

const HERE: &str = "/office/settings/terms";

/// `GET /office/settings/terms`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    let (terms, terms_version) = settings::load::<TermSettings>(&site.db).await?;
    let (trials, trials_version) = settings::load::<TrialSettings>(&site.db).await?;
    let (reminders, reminders_version) = settings::load::<ReminderSettings>(&site.db).await?;
    let mut typed = Posted::default();
    typed.set("grace_days", terms.grace_days.to_string());
    typed.set(
        "suspend_to_expire_days",
        terms.suspend_to_expire_days.to_string(),
    );
    typed.set("renewal_slack_hours", terms.renewal_slack_hours.to_string());
    typed.set(
        "delete_after_days",
        terms
            .delete_after_days
            .map(|days| days.to_string())
            .unwrap_or_default(),
    );
    typed.set("most_at_once", trials.most_at_once.to_string());
    let days: Vec<String> = reminders.days.iter().map(ToString::to_string).collect();
    typed.set("days", days.join(", "));
    for (name, is_on) in [
        ("trials", trials.enabled),
        ("required_first", trials.required_first),
        ("reminders", reminders.enabled),
    ] {
        if is_on {
            typed.set(name, "on");
        }
    }
    typed.set("terms_version", terms_version.to_string());
    typed.set("trials_version", trials_version.to_string());
    typed.set("reminders_version", reminders_version.to_string());
    page(
        &site,
        &staff,
        HERE,
        form(&staff, &typed),
        &FormErrors::default(),
    )
    .await
}

fn form(staff: &Staff, typed: &Posted) -> Form {
    let number = |name: &'static str, label, hint, most| {
        field::number(name, label)
            .value(typed.text(name))
            .hint(hint)
            .between(0, most)
    };
    ui::form(HERE, &staff.csrf)
        .hidden("terms_version", typed.text("terms_version"))
        .hidden("trials_version", typed.text("trials_version"))
        .hidden("reminders_version", typed.text("reminders_version"))
        .heading(t!("When time runs out"), Some(t!("Paying at any point restores everything by itself.")))
        .field(number("grace_days", t!("Grace"), t!("Full access for so long after the end."), 90).unit(t!("days")).required())
        .field(number("suspend_to_expire_days", t!("Suspension"), t!("Libraries are withdrawn for so long; devices stay signed in. Then the membership expires."), 365).unit(t!("days")).required())
        .field(number("renewal_slack_hours", t!("Patience with renewals"), t!("A renewal at the gateway may settle so much later before grace begins."), 240).unit(t!("hours")).required())
        .field(number("delete_after_days", t!("Delete media users"), t!("So long after expiry. Empty: never; they stay disabled."), 3_650).unit(t!("days")))
        .heading(t!("Trials"), None)
        .field(field::tick("trials", t!("Offer trials"), typed.ticked("trials")).hint(t!("A plan that is a free trial is offered once to everybody.")))
        .field(number("most_at_once", t!("At most at once"), t!("0: any number."), 100_000))
        .field(field::tick("required_first", t!("A trial comes before any purchase"), typed.ticked("required_first")))
        .heading(t!("Reminders"), None)
        .field(field::tick("reminders", t!("Remind members"), typed.ticked("reminders")).hint(t!("Not those whose membership renews by itself, and not permanent ones.")))
        .field(
            field::text("days", t!("Days before the end"))
                .value(typed.text("days"))
                .hint(t!("Each once, like 14, 7, 3, 1.")),
        )
}

fn days(typed: &str) -> Result<Vec<u32>, FieldError> {
    let wrong = || {
        FieldError::Invalid(t!(
            "Please enter days from 1 to 730, parted by commas, like 14, 7, 1."
        ))
    };
    let parts = typed.split([',', ' ', ';']).filter(|part| !part.is_empty());
    let days: Vec<u32> = parts
        .map(|part| part.parse::<u32>().map_err(|_| wrong()))
        .collect::<Result<_, _>>()?;
    if days.len() > 12 || days.iter().any(|day| !(1..=730).contains(day)) {
        return Err(wrong());
    }
    Ok(days)
}

/// `POST /office/settings/terms`
pub async fn save(staff: Staff, State(site): State<Site>, form_in: CheckedForm) -> PageResult {
    let mut errors = FormErrors::default();
    let mut number = |name: &str, most: i64| -> Option<u32> {
        let typed = errors.keep(name, form_in.number(name, 0, most)).flatten();
        typed.and_then(|value| u32::try_from(value).ok())
    };
    let grace = number("grace_days", 90);
    let suspension = number("suspend_to_expire_days", 365);
    let slack = number("renewal_slack_hours", 240);
    let deletion = number("delete_after_days", 3_650);
    let most_at_once = number("most_at_once", 100_000).unwrap_or(0);
    let days = errors
        .keep("days", days(form_in.text("days")))
        .unwrap_or_default();
    for (name, value) in [
        ("grace_days", grace),
        ("suspend_to_expire_days", suspension),
        ("renewal_slack_hours", slack),
    ] {
        if value.is_none() && errors.of(name).is_none() {
            errors.add(name, FieldError::Required.text());
        }
    }
    let (Some(grace_days), Some(suspend_to_expire_days), Some(renewal_slack_hours), true) =
        (grace, suspension, slack, errors.is_empty())
    else {
        return page(&site, &staff, HERE, form(&staff, &form_in), &errors).await;
    };
    let terms = TermSettings {
        grace_days,
        suspend_to_expire_days,
        renewal_slack_hours,
        delete_after_days: deletion,
    };
    let trials = TrialSettings {
        enabled: form_in.ticked("trials"),
        most_at_once,
        required_first: form_in.ticked("required_first"),
    };
    let reminders = ReminderSettings {
        enabled: form_in.ticked("reminders"),
        days,
    };
    let version = |name: &str| form_in.text(name).parse().unwrap_or(0);
    let mut tx = site.db.begin(staff.actor()).await?;
    change_settings::save(&mut tx, &terms, version("terms_version")).await?;
    change_settings::save(&mut tx, &trials, version("trials_version")).await?;
    change_settings::save(&mut tx, &reminders, version("reminders_version")).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        HERE,
        t!("Saved. Memberships follow within minutes."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminder_days_are_read_as_people_write_them() {
        assert_eq!(days("14, 7 3;1"), Ok(vec![14, 7, 3, 1]));
        assert_eq!(days(""), Ok(Vec::new()));
        for typed in ["0", "731", "a", "1,2,3,4,5,6,7,8,9,10,11,12,13", "-1"] {
            assert!(days(typed).is_err(), "{typed}");
        }
    }
}
