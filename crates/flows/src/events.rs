//! What people did to the house itself: its settings, and jobs that had failed.

use billing::order::TaxRule;
use billing::receipt::Seller;
use billing::settings::{ReminderSettings, TermSettings, TrialSettings};
use chronicle::events;
use kit::id::JobId;
use kit::stored::stored_words;
use kit::{Subject, Text, t};
use outreach::MailSettings;
use people::registration::RegistrationSettings;
use settings::{Section as _, SiteSettings};

stored_words! {
    /// What became of a failed job.
    pub enum FailedJobChange {
        Retried = "retried",
        Discarded = "discarded",
    }
}

events! {
    /// Which fields of a section differ now, by name; what stands in them is not told.
    SettingsChanged = "settings.section_changed", Info {
        section: String,
        fields: Vec<String>,
    }
    about(it) [Subject::named("house")]
    says t!(
        "The settings “{section}” were changed: {fields}.",
        section = section_title(&it.section),
        fields = it.fields.join(", ")
    );

    FailedJobMoved = "jobs.failed_job_moved", Info {
        job: JobId,
        name: String,
        change: FailedJobChange,
    }
    about(it) [it.job]
    says match it.change {
        FailedJobChange::Retried => t!("The failed job {job} is tried again.", job = &it.name),
        FailedJobChange::Discarded => t!("The failed job {job} was discarded.", job = &it.name),
    };

    FailedJobsRetried = "jobs.failed_jobs_retried", Info {
        count: i64,
    }
    about(it) [Subject::named("house")]
    says Text::counted(it.count, "One failed job is tried again.", "{n} failed jobs are tried again.");
}

fn section_title(name: &str) -> Text {
    match name {
        SiteSettings::NAME => t!("Site"),
        MailSettings::NAME => t!("Mail"),
        RegistrationSettings::NAME => t!("Registration"),
        TermSettings::NAME => t!("Terms"),
        TrialSettings::NAME => t!("Trials"),
        ReminderSettings::NAME => t!("Reminders"),
        TaxRule::NAME => t!("Tax"),
        Seller::NAME => t!("Seller"),
        other => Text::verbatim(other),
    }
}
