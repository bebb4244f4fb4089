//! What a new house still needs before it can sell, read from what is there.

use billing::gateways::{self, Gateway};
use billing::{plan, price};
use db::{DbError, Read};
use kit::Timestamp;
use kit::id::PlanId;
use media::{group, library, server};
use outreach::MailSettings;
use people::registration::RegistrationSettings;
use settings::SiteSettings;

#[expect(
    clippy::struct_excessive_bools,
    reason = "one yes or no for each item of the list"
)]
/// The list that leads a new operator, each item done or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUp {
    pub site: bool,
    pub mail: bool,
    /// Mail was left out on purpose.
    pub mail_skipped: bool,
    /// When a mail server last took a letter of ours. `None`: never.
    pub mail_accepted_at: Option<Timestamp>,
    pub server: bool,
    pub library_group: bool,
    pub plan: bool,
    pub gateway: bool,
    /// When a gateway's message last reached us. `None`: never.
    pub webhook_heard_at: Option<Timestamp>,
    /// Whether any connected gateway sends messages at all.
    pub webhook_expected: bool,
}

impl SetUp {
    /// Everything that must be there before the first sale.
    pub fn is_done(&self) -> bool {
        self.site
            && (self.mail || self.mail_skipped)
            && self.server
            && self.library_group
            && self.plan
            && self.gateway
    }
}

pub async fn read(mut read: impl Read) -> Result<SetUp, DbError> {
    let (_, site_version) = settings::load::<SiteSettings>(&mut read).await?;
    let (mail, _) = settings::load::<MailSettings>(&mut read).await?;
    let (registration, _) = settings::load::<RegistrationSettings>(&mut read).await?;
    let servers = server::list(&mut read).await?;
    let libraries = library::list(&mut read).await?;
    let gateways = gateways::list(&mut read).await?;
    let heard = gateways.iter().map(|gateway| gateway.heard_at).max();
    Ok(SetUp {
        site: site_version > 0,
        mail: mail.is_set(),
        mail_skipped: registration.skip_confirmation,
        mail_accepted_at: Some(mail.accepted_at).filter(|at| *at > Timestamp::EPOCH),
        server: servers.iter().any(|server| server.enabled),
        library_group: libraries
            .iter()
            .any(|library| library.group_id != group::private()),
        plan: sells_something(&mut read).await?,
        gateway: gateways.iter().any(|gateway| gateway.enabled),
        webhook_heard_at: heard.filter(|at| *at > Timestamp::EPOCH),
        webhook_expected: gateways.iter().any(is_hosted),
    })
}

fn is_hosted(gateway: &Gateway) -> bool {
    gateway.driver != billing::manual::DRIVER
}

async fn sells_something(mut read: impl Read) -> Result<bool, DbError> {
    let plans = plan::list(&mut read).await?;
    let active: Vec<PlanId> = plans
        .iter()
        .filter(|plan| plan.is_active)
        .map(|plan| plan.id.clone())
        .collect();
    let prices = price::list_of_many(&mut read, &active).await?;
    Ok(prices.iter().any(price::Price::is_on_sale))
}
