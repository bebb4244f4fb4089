//! `invitations`: people whom staff let in by a link, and how far each has come on every server.

use std::collections::BTreeSet;

use flows::told_at_once::invite::{self, Given, Invite, Paid};
use flows::told_at_once::new_member::Until;
use flows::told_at_once::{invitation_door, link_users};
use kit::id::{Id, InvitationId, PlanId, PriceId, ServerId};
use kit::{Email, FieldError, FormErrors, field, t};
use lists::invitations::{DoorStep, doors};
use people::invitation::{self, Invitation, InvitationFilter, InvitationState};
use people::member::MemberForm;
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::term_grants::reason_of;
use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::sent::Nothing;
use crate::table::Table;
use crate::values::{Amount, Moment, Page, Stretch, id_of, moment, wished};

const ALL: &str = "/api/v1/invitations";

pub fn table() -> Table {
    let (see, change) = (Permission::MembersSee, Permission::MembersChange);
    Table::of("invitations")
        .list(ALL, (see, "Lists invitations, latest first"), list)
        .create(
            ALL,
            (change, "Invites somebody, and posts them a link"),
            create,
        )
        .read(
            "/api/v1/invitations/{id}",
            (see, "Shows an invitation with each of its servers"),
            show,
        )
        .act(
            "/api/v1/invitations/{id}/send-again",
            (change, "Posts a new link; the old one ends"),
            send_again,
        )
        .act(
            "/api/v1/invitations/{id}/withdraw",
            (change, "Takes an invitation back, with what it gave"),
            withdraw,
        )
        .act(
            "/api/v1/invitations/{id}/retry",
            (change, "Has one of its servers tried again"),
            retry,
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
struct InvitationShown {
    id: String,
    member_id: String,
    name: String,
    email: String,
    /// What the plan was called then.
    plan: String,
    /// `pending`, `accepted`, `expired` or `withdrawn`.
    state: String,
    made_at: Moment,
    expires_at: Moment,
    /// When the last letter was posted.
    sent_at: Option<Moment>,
    opened_at: Option<Moment>,
    accepted_at: Option<Moment>,
    withdrawn_at: Option<Moment>,
    /// Absent in lists; empty until the plan has chosen a server.
    servers: Option<Vec<DoorShown>>,
}

fn listed(call: &Call, one: &Invitation) -> InvitationShown {
    InvitationShown {
        id: one.id.to_string(),
        member_id: one.member_id.to_string(),
        name: one.name.clone(),
        email: one.email.to_string(),
        plan: one.plan.clone(),
        state: one.state(call.site.now()).word().to_owned(),
        made_at: Moment(one.made_at),
        expires_at: Moment(one.expires_at),
        sent_at: moment(one.sent_at),
        opened_at: moment(one.opened_at),
        accepted_at: moment(one.used_at),
        withdrawn_at: moment(one.withdrawn_at),
        servers: None,
    }
}

/// How far an invitation is on one server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationServer)]
struct DoorShown {
    server_id: String,
    server_name: String,
    /// `preparing`, `sent`, `opened`, `accepted`, `chosen`, `invited_there`, `in_place`, `failed` or `over`.
    state: String,
    /// Why it is not further.
    reason: Option<String>,
}

async fn shown(call: &Call, id: &InvitationId) -> Answer<InvitationShown> {
    let one = found(invitation::find(&call.site.db, id).await?)?;
    let steps = doors(&call.site.db, &one, call.site.now()).await?;
    let servers = steps.iter().map(|door: &DoorStep| DoorShown {
        server_id: door.server.to_string(),
        server_name: door.server_name.clone(),
        state: door.step.word().to_owned(),
        reason: call.say_maybe(door.reason.as_ref()),
    });
    Ok(InvitationShown {
        servers: Some(servers.collect()),
        ..listed(call, &one)
    })
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// `pending`, `accepted`, `expired` or `withdrawn`.
    state: Option<String>,
    /// A whole address.
    email: Option<String>,
}

/// `GET /api/v1/invitations`
async fn list(call: Call, filter: Filter) -> Answer<Page<InvitationShown>> {
    let filter = InvitationFilter {
        state: wished("state", filter.state.as_ref(), InvitationState::parse)?,
        email: email_of("email", filter.email.as_deref())?,
    };
    let page = invitation::list(&call.site.db, &filter, call.site.now(), &call.page).await?;
    Ok(Page::of(page, |row| listed(&call, &row)))
}

/// `GET /api/v1/invitations/{id}`
async fn show(call: Call) -> Answer<InvitationShown> {
    shown(&call, &call.id()?).await
}

/// Whom to invite to what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    name: String,
    /// The letter goes there, and they sign in with it.
    email: String,
    /// Where Plex writes to them, if that is another address.
    #[serde(default)]
    plex_email: String,
    /// The same for Emby Connect.
    #[serde(default)]
    emby_email: String,
    /// Absent: the plan decides.
    #[serde(default)]
    server_ids: BTreeSet<String>,
    /// What they get for nothing; either this or `payment`.
    gift: Option<NewGift>,
    payment: Option<NewPayment>,
}

/// A plan given for nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = InvitationGift)]
#[serde(deny_unknown_fields)]
struct NewGift {
    plan_id: String,
    /// How long from now on; neither this nor `until`: one period of the plan.
    length: Option<Stretch>,
    until: Option<Moment>,
    #[serde(default)]
    permanent: bool,
}

/// What they have paid already.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = InvitationPayment)]
#[serde(deny_unknown_fields)]
struct NewPayment {
    /// It says which plan, and how long.
    price_id: String,
    /// Absent: the price.
    amount: Option<Amount>,
    /// Your own number for it. The same is never booked twice; absent: one is made.
    transaction: Option<String>,
    /// Where the payer is known at the gateway, if elsewhere.
    payer_email: Option<String>,
}

fn email_of(name: &str, typed: Option<&str>) -> Result<Option<Email>, FormErrors> {
    typed
        .map(Email::parse)
        .transpose()
        .map_err(|error| FormErrors::one(name, error.text()))
}

impl NewGift {
    async fn read(&self, call: &Call) -> Answer<(PlanId, Given)> {
        let plan: PlanId = id_of("plan_id", &self.plan_id)?;
        let until = match (self.permanent, &self.until, &self.length) {
            (true, None, None) => Until::Permanent,
            (false, Some(day), None) => Until::Day(day.0),
            (false, None, Some(length)) => {
                let length = length.read();
                Until::For(length.map_err(|error| Problem::field("gift", error.text()))?)
            }
            (false, None, None) => Until::For(link_users::period_of(&call.site.db, &plan).await?),
            _ => {
                return Err(Problem::field(
                    "gift",
                    t!("Say only one of these: length, until, or permanent."),
                ));
            }
        };
        Ok((plan, Given::Gift(until)))
    }
}

impl NewPayment {
    async fn read(&self, call: &Call) -> Answer<(PlanId, Given)> {
        let id: PriceId = id_of("price_id", &self.price_id)?;
        let price = billing::price::find(&call.site.db, &id).await?;
        let price =
            price.ok_or_else(|| Problem::field("price_id", FieldError::UnknownId.text()))?;
        let amount = match &self.amount {
            Some(amount) => amount
                .read()
                .map_err(|error| Problem::field("amount", error.text()))?,
            None => price.amount(),
        };
        let transaction = self.transaction.as_deref();
        let transaction = transaction.map(|typed| field::required(typed, 120));
        let paid = Paid {
            price: price.id,
            amount,
            transaction: transaction
                .transpose()
                .map_err(|error| Problem::field("transaction", error.text()))?,
            payer: email_of("payer_email", self.payer_email.as_deref())?,
            settled_at: call.site.now(),
        };
        Ok((price.plan_id, Given::Paid(paid)))
    }
}

impl NewInvitation {
    async fn read(&self, call: &Call) -> Answer<Invite> {
        let typed = MemberForm {
            name: self.name.clone(),
            email: self.email.clone(),
            plex_email: self.plex_email.clone(),
            emby_email: self.emby_email.clone(),
            note: String::new(),
        };
        let person = typed.parse()?;
        let email = person
            .email
            .ok_or_else(|| Problem::field("email", FieldError::Required.text()))?;
        let (plan, given) = match (&self.gift, &self.payment) {
            (Some(gift), None) => gift.read(call).await?,
            (None, Some(payment)) => payment.read(call).await?,
            _ => {
                return Err(Problem::field(
                    "gift",
                    t!("Say what they get: either a gift, or a payment that they have made."),
                ));
            }
        };
        let servers = self.server_ids.iter().map(|id| ServerId::parse(id));
        let servers: Option<Vec<ServerId>> = servers.collect();
        Ok(Invite {
            name: person.name,
            email,
            platforms: person.platforms,
            plan,
            servers: servers
                .ok_or_else(|| Problem::field("server_ids", FieldError::UnknownId.text()))?,
            given,
            batch: None,
        })
    }
}

/// `POST /api/v1/invitations`
async fn create(call: Call, new: NewInvitation) -> Answer<InvitationShown> {
    let invite = new.read(&call).await?;
    let preview = invite::preview(&call.site.db, &invite, call.site.now()).await?;
    if preview.doors.len() < invite.servers.len() {
        return Err(Problem::field("server_ids", FieldError::UnknownId.text()));
    }
    if let Some(refused) = preview.refused {
        return Err(Problem::unprocessable(refused));
    }
    let mut tx = call.begin().await?;
    let made = invite::create(&mut tx, &invite).await?;
    tx.save().await?;
    shown(&call, &made.id).await
}

/// `POST /api/v1/invitations/{id}/send-again`
async fn send_again(call: Call, _: Nothing) -> Answer<InvitationShown> {
    let id: InvitationId = call.id()?;
    let mut tx = call.begin().await?;
    found(invitation::find(&mut tx, &id).await?)?;
    invitation::send_again(&mut tx, &id).await?;
    tx.save().await?;
    shown(&call, &id).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationWithdrawal {
    reason: String,
}

/// `POST /api/v1/invitations/{id}/withdraw`
async fn withdraw(call: Call, why: InvitationWithdrawal) -> Answer<InvitationShown> {
    let id: InvitationId = call.id()?;
    let reason = reason_of(&why.reason)?;
    let mut tx = call.begin().await?;
    found(invitation::find(&mut tx, &id).await?)?;
    invite::withdraw(&mut tx, &id, &reason).await?;
    tx.save().await?;
    shown(&call, &id).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationRetry {
    server_id: String,
}

/// `POST /api/v1/invitations/{id}/retry`
async fn retry(call: Call, which: InvitationRetry) -> Answer<InvitationShown> {
    let one = found(invitation::find(&call.site.db, &call.id()?).await?)?;
    let server: ServerId = id_of("server_id", &which.server_id)?;
    found(media::server::find(&call.site.db, &server).await?)?;
    invitation_door::try_again(&call.site.tools, call.actor(), &one, &server).await?;
    shown(&call, &one.id).await
}
