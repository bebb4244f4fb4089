//! My account: one person's own membership, sign-ins and payments. Every statement carries the owner, so what
//! belongs to somebody else is simply not there.

use billing::BillingError;
use billing::attempt::{self, Attempt};
use billing::standing::{Standing, standing};
use billing::subscription::{self, Subscription};
use db::{DbError, Read, values};
use kit::id::{AccountId, AttemptId, OrderId, OwnerAccountId, PaymentId, ShareId};
use kit::{Currency, Money, Subject, Text, Timestamp};
use media::account_change::{self, AccessSettings, AccountChange};
use media::account_first::{self, AccountAsked};
use media::device;
use media::share::{self, Share};
use people::member::{self, Member};
use upkeep::TargetState;

/// What somebody has here.
#[derive(Debug)]
pub struct MyAccount {
    /// `None`: they have never bought anything.
    pub member: Option<Member>,
    /// The living membership, else the latest that was.
    pub standing: Option<Standing>,
    /// Where they can watch, or soon can.
    pub shares: Vec<MyShare>,
    /// Where they are signed in, against what the plan allows.
    pub devices: device::Count,
    /// They must give another account of a platform before anything else.
    pub account_change: Option<AccountChange>,
    /// Whether they may have themselves invited again.
    pub may_invite_oneself: bool,
    /// The latest try to pay, whatever became of it.
    pub attempt: Option<Attempt>,
}

/// One sign-in on one media server.
#[derive(Debug)]
pub struct MyShare {
    pub share: Share,
    pub server: MyServer,
    /// Set if the member has to give an account of the platform before the server opens.
    pub asked: Option<AccountAsked>,
}

db::row! {
    /// What a member sees of a server, and how the work on their share stands.
    #[derive(Debug, Clone)]
    pub struct MyServer {
        share_id: ShareId,
        pub name: String,
        /// The maker's key, e.g. `jellyfin`.
        pub kind: String,
        /// The owner's account with the platform, where members come by invitation.
        pub owner_account_id: Option<OwnerAccountId>,
        address: String,
        public_address: String,
        /// `None`: nobody was asked yet to keep the share in order.
        pub work: Option<TargetState>,
        /// Why it is not right yet.
        pub reason: Option<Text>,
        pub next_try_at: Option<Timestamp>,
    }
}

impl MyServer {
    /// Whether members come with an account of their own, instead of a name and a password made here.
    pub fn is_by_invitation(&self) -> bool {
        self.owner_account_id.is_some()
    }

    /// Where members reach it.
    pub fn address(&self) -> &str {
        if self.public_address.is_empty() {
            &self.address
        } else {
            &self.public_address
        }
    }
}

/// Collects everything for the page.
pub async fn find(
    mut read: impl Read,
    account: &AccountId,
    now: Timestamp,
) -> Result<MyAccount, BillingError> {
    let Some(member) = member::find_by_account(&mut read, account).await? else {
        return Ok(MyAccount {
            member: None,
            standing: None,
            shares: Vec::new(),
            devices: device::Count::default(),
            account_change: None,
            may_invite_oneself: false,
            attempt: None,
        });
    };
    let subscription = subscription_of(&mut read, &member).await?;
    let (mut found, mut latest) = (None, None);
    if let Some(subscription) = &subscription {
        found = Some(standing(&mut read, &subscription.id, now).await?);
        let attempts = attempt::of_subscription(&mut read, &subscription.id).await?;
        latest = attempts.into_iter().next();
    }
    let due = account_change::due_of(&mut read, &member.id).await?;
    let (access, _) = settings::load::<AccessSettings>(&mut read).await?;
    Ok(MyAccount {
        may_invite_oneself: access.invite_oneself && due.is_none(),
        account_change: due,
        shares: shares_of(&mut read, &member).await?,
        devices: device::count(&mut read, &member.id).await?,
        standing: found,
        attempt: latest,
        member: Some(member),
    })
}

async fn subscription_of(
    mut read: impl Read,
    member: &Member,
) -> Result<Option<Subscription>, DbError> {
    let subject = Subject::of(&member.id);
    if let Some(living) = subscription::living_of(&mut read, &subject).await? {
        return Ok(Some(living));
    }
    let past = subscription::of_subject(&mut read, &subject).await?;
    Ok(past.into_iter().next())
}

const SERVERS: &str = "
    select s.id as share_id, v.name as name, v.kind as kind, v.owner_account_id as owner_account_id, v.address as address,
           v.public_address as public_address, t.state as work, t.reason as reason,
           t.next_try_at as next_try_at
      from shares s
      join servers v on v.id = s.server_id
      left join targets t on t.kind = 'share' and t.target_key = s.id
     where s.member_id = $1
     limit 100";

async fn shares_of(mut read: impl Read, member: &Member) -> Result<Vec<MyShare>, DbError> {
    let shares = share::list_of_member(&mut read, &member.id).await?;
    if shares.is_empty() {
        return Ok(Vec::new());
    }
    let servers: Vec<MyServer> = read.all(SERVERS, values![member.id]).await?;
    let mut mine = Vec::new();
    for share in shares {
        if let Some(server) = servers.iter().find(|server| server.share_id == share.id) {
            mine.push(MyShare {
                server: server.clone(),
                asked: account_first::asked_for(&mut read, &share).await?,
                share,
            });
        }
    }
    Ok(mine)
}

/// Those who may have paid for an account: itself, and its member from before there was an account.
#[derive(Debug, Clone)]
pub struct Owners(Subject, Subject);

impl Owners {
    pub async fn of(read: impl Read, account: &AccountId) -> Result<Self, DbError> {
        let own = Subject::of(account);
        let member = member::find_by_account(read, account).await?;
        let member = member.map_or_else(|| own.clone(), |member| Subject::of(&member.id));
        Ok(Self(own, member))
    }
}

db::row! {
    /// A payment as its payer sees it.
    #[derive(Debug, Clone)]
    pub struct MyPayment {
        pub id: PaymentId,
        pub settled_at: Timestamp,
        amount_minor: i64,
        currency: Currency,
        pub voided_at: Timestamp,
        /// What was bought, as frozen on the order.
        pub title: Option<String>,
        /// `None`: entered by hand.
        pub gateway: Option<String>,
        pub refunded_minor: i64,
    }
}

impl MyPayment {
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }

    /// How much of it went back. `None`: nothing.
    pub fn refunded(&self) -> Option<Money> {
        (self.refunded_minor > 0).then(|| Money::new(self.refunded_minor, self.currency))
    }
}

/// The most that one page of payments shows.
pub const PAYMENTS_SHOWN: usize = 50;

// Walks payments_of_payer backwards from the mark.
const PAYMENTS: &str = "
    select p.id as id, p.settled_at as settled_at, p.amount_minor as amount_minor, p.currency as currency,
           p.voided_at as voided_at, o.title as title, g.title as gateway,
           (select cast(coalesce(sum(r.amount_minor), 0) as bigint) from refunds r
             where r.payment_id = p.id and r.state = 'succeeded') as refunded_minor
      from payers y
      join payments p on p.payer_id = y.id
      left join orders o on o.id = p.order_id
      left join gateways g on g.id = p.gateway_id
     where y.owner in ($1, $2) and (p.settled_at < $3 or (p.settled_at = $3 and p.id < $4))
     order by p.settled_at desc, p.id desc
     limit 51";

/// Own payments, newest first, those after `last` if it is given; one more than are shown if there are more.
pub async fn payments(
    mut read: impl Read,
    owners: &Owners,
    last: Option<(Timestamp, PaymentId)>,
) -> Result<Vec<MyPayment>, DbError> {
    let (at, id) = match last {
        Some((at, id)) => (at, id.as_str().to_owned()),
        None => (Timestamp::NEVER, String::new()),
    };
    read.all(PAYMENTS, values![owners.0, owners.1, at, id])
        .await
}

const OWN_PAYMENT: &str = "
    select p.id from payments p join payers y on y.id = p.payer_id
     where p.id = $1 and y.owner in ($2, $3)";

/// Whether the payment is one's own.
pub async fn owns_payment(
    mut read: impl Read,
    owners: &Owners,
    id: &PaymentId,
) -> Result<bool, DbError> {
    let row: Option<(PaymentId,)> = read
        .maybe(OWN_PAYMENT, values![id, owners.0, owners.1])
        .await?;
    Ok(row.is_some())
}

db::row! {
    /// A try to pay, as its payer sees it.
    #[derive(Debug, Clone)]
    pub struct MyAttempt {
        pub order_id: OrderId,
        /// What is bought.
        pub title: String,
        /// How it is paid.
        pub gateway: String,
    }
}

const OWN_ATTEMPT: &str = "
    select a.order_id as order_id, o.title as title, g.title as gateway
      from attempts a
      join payers y on y.id = a.payer_id
      join orders o on o.id = a.order_id
      join gateways g on g.id = a.gateway_id
     where a.id = $1 and y.owner in ($2, $3)";

/// `None`: there is no such attempt, or it is somebody else's.
pub async fn find_attempt(
    mut read: impl Read,
    owners: &Owners,
    id: &AttemptId,
) -> Result<Option<MyAttempt>, DbError> {
    read.maybe(OWN_ATTEMPT, values![id, owners.0, owners.1])
        .await
}
