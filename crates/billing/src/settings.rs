//! What the operator chooses about time: terms, trials, reminders.

use db::{DbError, Read};
use kit::calendar::Zone;
use kit::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use settings::{Section, SiteSettings};

/// What happens when paid time runs out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TermSettings {
    /// Days of full access after paid time is over.
    pub grace_days: u32,
    /// Days of suspension before a subscription counts as expired.
    pub suspend_to_expire_days: u32,
    /// How late the renewal of a live agreement may settle before grace begins.
    pub renewal_slack_hours: u32,
    /// Days after expiry before a media account is deleted. `None`: it never is.
    pub delete_after_days: Option<u32>,
}

impl Default for TermSettings {
    fn default() -> Self {
        Self {
            grace_days: 3,
            suspend_to_expire_days: 14,
            renewal_slack_hours: 72,
            delete_after_days: None,
        }
    }
}

impl Section for TermSettings {
    const NAME: &'static str = "terms";
}

impl TermSettings {
    pub fn renewal_slack(&self) -> Span {
        Span::hours(i64::from(self.renewal_slack_hours))
    }

    /// When what expired then is deleted. `None`: never.
    pub fn deletion_at(&self, expired_at: Timestamp) -> Option<Timestamp> {
        let days = self.delete_after_days?;
        Some(expired_at + Span::days(i64::from(days)))
    }
}

/// Free trials.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TrialSettings {
    /// Whether trials are offered.
    pub enabled: bool,
    /// How many may be in a trial at a time; 0: any number.
    pub most_at_once: u32,
    /// Whether a trial must come before any purchase.
    pub required_first: bool,
}

impl Section for TrialSettings {
    const NAME: &'static str = "trials";
}

/// Reminders that paid time is running out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReminderSettings {
    pub enabled: bool,
    /// How many days before the end; each once.
    pub days: Vec<u32>,
}

impl Default for ReminderSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            days: vec![14, 7, 3, 1],
        }
    }
}

impl Section for ReminderSettings {
    const NAME: &'static str = "reminders";
}

impl ReminderSettings {
    /// The steps from the nearest to the farthest, each once; without zero and beyond two years.
    pub fn steps(&self) -> Vec<u32> {
        let mut steps = self.days.clone();
        steps.retain(|days| (1..=730).contains(days));
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}

/// The site's zone; UTC while none is set.
pub(crate) async fn site_zone(read: impl Read) -> Result<Zone, DbError> {
    let (site, _) = settings::load::<SiteSettings>(read).await?;
    Ok(site.zone())
}

/// The terms in force and their version.
pub(crate) async fn terms(read: impl Read) -> Result<(TermSettings, i64), DbError> {
    settings::load::<TermSettings>(read).await
}
