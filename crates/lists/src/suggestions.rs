//! Who may be behind a payment that could not be placed, and why we think so.

use billing::payment::Payment;
use db::{DbError, Read, values};
use kit::id::{MemberId, SubscriptionId};
use kit::{Text, t};

db::row! {
    struct Found { id: MemberId, name: String, subscription_id: Option<SubscriptionId> }
}

/// Somebody a payment may belong to.
#[derive(Debug, Clone)]
pub struct Suggestion {
    pub member: MemberId,
    pub name: String,
    pub subscription: Option<SubscriptionId>,
    /// The strongest reason.
    pub reason: Text,
}

const BY_SUBSCRIPTION: &str = "
    select m.id, m.name, s.id as subscription_id
      from subscriptions s join members m on m.id = s.subject
     where s.id = $1";

const BY_EMAIL: &str = "
    select m.id, m.name, s.id as subscription_id
      from members m
      left join subscriptions s on s.subject = m.id and s.kind = 'membership'
                               and s.closed_at = 9223372036854775807
     where m.email_key = $1
     order by m.id limit 5";

const BY_IDENTITY: &str = "
    select m.id, m.name, s.id as subscription_id
      from identities i
      join members m on m.id = i.member_id
      left join subscriptions s on s.subject = m.id and s.kind = 'membership'
                               and s.closed_at = 9223372036854775807
     where i.kind = 'payer_email' and i.scope = '' and i.remote_id = $1
     order by m.id limit 5";

/// The likeliest first; nobody twice. Empty: nothing points to anybody.
pub async fn of(mut read: impl Read, payment: &Payment) -> Result<Vec<Suggestion>, DbError> {
    let mut all = Vec::new();
    if let Some(id) = &payment.subscription_id {
        let rows = read.all(BY_SUBSCRIPTION, values![id]).await?;
        add(&mut all, rows, &t!("The payment names their membership."));
    }
    if let Some(email) = &payment.payer_email {
        let key = email.trim().to_lowercase();
        let rows = read.all(BY_IDENTITY, values![key]).await?;
        add(
            &mut all,
            rows,
            &t!("They paid from {email} before.", email = email.as_str()),
        );
        let rows = read.all(BY_EMAIL, values![key]).await?;
        add(
            &mut all,
            rows,
            &t!(
                "Their address is {email}, as the payment's.",
                email = email.as_str()
            ),
        );
    }
    Ok(all)
}

fn add(all: &mut Vec<Suggestion>, rows: Vec<Found>, reason: &Text) {
    for row in rows {
        if all.iter().all(|known| known.member != row.id) {
            all.push(Suggestion {
                member: row.id,
                name: row.name,
                subscription: row.subscription_id,
                reason: reason.clone(),
            });
        }
    }
}
