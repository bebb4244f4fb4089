//! What `/_control/seed` can set: keys, and how patient the account is with failed renewals.

use serde::{Deserialize, Serialize};

use super::calendar::DAY_S;

/// The version whose shapes are spoken here.
pub const API_VERSION: &str = "2025-03-31.basil";

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Secret keys that are let in; `sk_live_…` and `rk_live_…` see live objects only.
    pub keys: Vec<String>,
    /// The account's own version: what webhooks of endpoints without one are written in.
    pub api_version: String,
    /// Days after the first failure at which a renewal is tried again.
    pub retry_schedule: Vec<i64>,
    pub after_retries: AfterRetries,
    /// How long after its charge the dispute of the disputed test card opens.
    pub dispute_after_s: i64,
    /// How long after its making the refund of the refund-fails test card fails.
    pub refund_fails_after_s: i64,
    /// How long slow (bank debit) money takes.
    pub slow_money_s: i64,
    /// How long after a charge its fee is known.
    pub fee_after_s: i64,
}

/// What becomes of a subscription whose renewal failed for the last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterRetries {
    Cancel,
    Unpaid,
    PastDue,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keys: vec!["sk_test_standin".to_owned(), "sk_live_standin".to_owned()],
            api_version: API_VERSION.to_owned(),
            retry_schedule: vec![1, 3, 5, 7],
            after_retries: AfterRetries::Cancel,
            dispute_after_s: DAY_S,
            refund_fails_after_s: DAY_S,
            slow_money_s: 2 * DAY_S,
            fee_after_s: 2,
        }
    }
}
