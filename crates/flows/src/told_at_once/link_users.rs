//! Users that were on a server before us become members with a plan and an end, or permanent ones.
//!
//! Nobody is invited and nothing is paid: what they get is time with the cause `import`.

use std::collections::BTreeMap;

use billing::term::CauseKind;
use billing::{price, subscription};
use db::{Read, Tx};
use kit::id::{MemberId, PlanId, RemoteUserId, ServerId};
use kit::{Email, Length, Subject};
use media::identity as accounts;
use media::link::{self, Change, Wish};
use media::remote::Guest;
use media::{Server, remote_user, server};
use people::identity::{self, Identity};
use people::member::{self, Member, NewMember};

use crate::error::FlowError;
use crate::told_at_once::new_member::{self, Gift, Until};

/// What everybody who is linked gets.
#[derive(Debug, Clone)]
pub struct Terms {
    pub plan: PlanId,
    pub until: Until,
}

/// Why a user is taken for a member who is here already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// Staff said so, or they are nobody's yet.
    Asked,
    /// It is the account of the platform that we know the member by.
    SameAccount,
    /// The platform writes to the member's own address.
    SameAddress,
}

/// A row of the preview.
#[derive(Debug, Clone)]
pub struct Row {
    pub change: Change,
    pub because: Because,
}

/// Says what each wish will do; who is here already is recognised, by account first and by address second.
pub async fn preview(
    mut read: impl Read,
    server: &Server,
    wishes: &[Wish],
) -> Result<Vec<Row>, FlowError> {
    let mut known = BTreeMap::new();
    let mut filled = Vec::new();
    for wish in wishes {
        let (wish, because) = recognise(&mut read, server, wish).await?;
        known.insert(wish.user.clone(), because);
        filled.push(wish);
    }
    let changes = link::preview(&mut read, &server.id, &filled).await?;
    let because = |change: &Change| {
        let (Change::Link { user, .. } | Change::Leave { user, .. }) = change;
        known.get(user).copied().unwrap_or(Because::Asked)
    };
    Ok(changes
        .into_iter()
        .map(|change| Row {
            because: because(&change),
            change,
        })
        .collect())
}

async fn recognise(
    mut read: impl Read,
    server: &Server,
    wish: &Wish,
) -> Result<(Wish, Because), FlowError> {
    if wish.member.is_some() {
        return Ok((wish.clone(), Because::Asked));
    }
    let found = member_behind(&mut read, server, &wish.user).await?;
    let (member, because) = found.map_or((None, Because::Asked), |(id, why)| (Some(id), why));
    let wish = Wish {
        user: wish.user.clone(),
        member,
    };
    Ok((wish, because))
}

async fn member_behind(
    mut read: impl Read,
    server: &Server,
    user: &RemoteUserId,
) -> Result<Option<(MemberId, Because)>, FlowError> {
    let Some(user) = remote_user::find(&mut read, user).await? else {
        return Ok(None);
    };
    if let Some(member) = link::owner_of(&mut read, server, &user.remote_id).await? {
        return Ok(Some((member, Because::SameAccount)));
    }
    let Some(email) = user.email.and_then(|email| Email::parse(&email).ok()) else {
        return Ok(None);
    };
    let mut alike = member::list_by_platform_email(&mut read, &server.kind, &email).await?;
    // Several may share an address, so one that fits several proves nothing.
    let only = if alike.len() == 1 { alike.pop() } else { None };
    Ok(only.map(|member| (member.id, Because::SameAddress)))
}

/// One period of a plan: that of its first price on sale, else a month.
pub async fn period_of(read: impl Read, plan: &PlanId) -> Result<Length, FlowError> {
    let prices = price::list_of(read, plan).await?;
    let on_sale = prices.iter().find(|price| price.is_active);
    Ok(on_sale.map_or(Length::months(1), price::Price::period))
}

/// Applies one row of the preview; callers go through the rows in chunks. `None`: the row leaves the user be.
pub async fn apply(
    tx: &mut Tx<'_>,
    server: &ServerId,
    change: &Change,
    terms: &Terms,
) -> Result<Option<MemberId>, FlowError> {
    let Change::Link {
        remote,
        name,
        email,
        member,
        ..
    } = change
    else {
        return Ok(None);
    };
    let server = server::find(&mut *tx, server)
        .await?
        .ok_or(FlowError::NotFound)?;
    let guest = Guest {
        id: remote.clone(),
        name: name.clone(),
        email: email.clone(),
    };
    let member = whose(tx, member.as_ref(), &guest).await?;
    // The link first: the term that follows finds the user and keeps the member on this server.
    link::apply(tx, &server.id, &member.id, remote, name).await?;
    remember(tx, &member, &server, &guest).await?;
    if !has_membership(tx, &member.id).await? {
        let gift = Gift {
            plan: terms.plan.clone(),
            until: terms.until,
            cause: CauseKind::Import,
        };
        new_member::give(tx, &member, &gift).await?;
    }
    Ok(Some(member.id))
}

async fn whose(
    tx: &mut Tx<'_>,
    member: Option<&MemberId>,
    guest: &Guest,
) -> Result<Member, FlowError> {
    if let Some(id) = member {
        return member::find(&mut *tx, id).await?.ok_or(FlowError::NotFound);
    }
    let email = guest.email.as_deref();
    let email = email.and_then(|email| Email::parse(email).ok());
    Ok(member::create(tx, &NewMember::named(&guest.name, email)).await?)
}

/// The next server on which they are found knows them again.
async fn remember(
    tx: &mut Tx<'_>,
    member: &Member,
    server: &Server,
    guest: &Guest,
) -> Result<(), FlowError> {
    if server.owner_account_id.is_some() {
        accounts::note(tx, &member.id, &server.kind, guest).await?;
    }
    let (id, name) = (guest.id.as_str(), guest.name.as_str());
    let known = match server.kind.as_str() {
        "plex" => Identity::plex(id, name),
        "emby" => Identity::emby(&server.id, id, name),
        _ => Identity::jellyfin(&server.id, id, name),
    };
    if identity::find(&mut *tx, &known).await?.is_none() {
        identity::add(tx, &member.id, &known).await?;
    }
    Ok(())
}

/// Who has a membership that runs is only linked: nobody gets time twice for being on two servers.
async fn has_membership(tx: &mut Tx<'_>, member: &MemberId) -> Result<bool, FlowError> {
    let subject = Subject::of(member);
    let living = subscription::living_of(&mut *tx, &subject).await?;
    Ok(living.is_some_and(|living| living.status.has_access()))
}
