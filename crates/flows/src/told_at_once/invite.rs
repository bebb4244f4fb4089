//! Inviting a person: the member, the servers, the time or the payment, and the invitation whose link joins all of
//! it to a sign-in. One transaction; the letter follows.

use billing::plan::{self, Plan};
use billing::term::{self, Cause, CauseKind};
use billing::{payer, subscription};
use db::{Read, Tx};
use kit::id::{BatchId, InvitationId, MemberId, PlanId, PriceId, ServerId};
use kit::{Email, Money, Subject, Text, Timestamp, t};
use media::Entitlements;
use media::chosen;
use media::entitlements::SECTION;
use media::placement;
use people::account::{self, Account};
use people::invitation::{self, Invitation, NewInvitation};
use people::member::{self, Member, NewMember, PlatformEmails};

use crate::error::FlowError;
use crate::told_at_once::join_members;
use crate::told_at_once::manual_payment::{self, Entered};
use crate::told_at_once::new_member::{self, Gift, Until};

/// Whom staff invite to what.
#[derive(Debug, Clone)]
pub struct Invite {
    pub name: String,
    pub email: Email,
    pub platforms: PlatformEmails,
    pub plan: PlanId,
    /// Empty: the plan decides.
    pub servers: Vec<ServerId>,
    pub given: Given,
    pub batch: Option<BatchId>,
}

/// What gives them time.
#[derive(Debug, Clone)]
pub enum Given {
    Gift(Until),
    Paid(Paid),
}

/// A payment that came with it.
#[derive(Debug, Clone)]
pub struct Paid {
    pub price: PriceId,
    pub amount: Money,
    /// The operator's own number for it; `None`: one is made.
    pub transaction: Option<String>,
    /// Where the payer is known at the gateway, if elsewhere.
    pub payer: Option<Email>,
    pub settled_at: Timestamp,
}

/// What an invitation will do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Who is here already with this address. `None`: a new member is made.
    pub member: Option<Member>,
    /// Whether somebody signs in with the address already.
    pub has_sign_in: bool,
    pub doors: Vec<Door>,
    /// Why it cannot be made now.
    pub refused: Option<Text>,
}

/// A server that an invitation names, or that the plan would choose.
#[derive(Debug, Clone)]
pub struct Door {
    pub server: ServerId,
    pub name: String,
    /// Why it cannot be opened now. It is tried again from the invitation's page.
    pub obstacle: Option<Text>,
}

/// Says what an invitation will do. Changes nothing.
pub async fn preview(
    mut read: impl Read,
    invite: &Invite,
    now: Timestamp,
) -> Result<Preview, FlowError> {
    let plan = plan::find(&mut read, &invite.plan)
        .await?
        .ok_or(FlowError::NotFound)?;
    let wanted = Entitlements::parse(plan.version.section(SECTION))?;
    let account = account::find_by_email(&mut read, &invite.email).await?;
    let member = who(&mut read, account.as_ref(), &invite.email).await?;
    let open = invitation::find_open(&mut read, &invite.email).await?;
    let candidates = placement::candidates(&mut read, now).await?;
    let doors = candidates
        .iter()
        .filter(|one| invite.servers.contains(&one.server.id))
        .map(|one| Door {
            server: one.server.id.clone(),
            name: one.server.name.clone(),
            obstacle: one
                .obstacle(&wanted, false, false)
                .map(|obstacle| obstacle.text(&one.server)),
        })
        .collect::<Vec<Door>>();
    let refused = match open {
        Some(_) => Some(invitation::is_open(&invite.email)),
        None if doors.is_empty() => placement::why_not(&candidates, &wanted, false),
        None if doors.iter().all(|door| door.obstacle.is_some()) => Some(t!(
            "None of the chosen servers can be opened. Choose others, or leave the choice to the plan."
        )),
        None => None,
    };
    Ok(Preview {
        member,
        has_sign_in: account.is_some(),
        doors,
        refused,
    })
}

/// Who is here already: the account's own member, else the only one with this address and no sign-in.
async fn who(
    mut read: impl Read,
    account: Option<&Account>,
    email: &Email,
) -> Result<Option<Member>, FlowError> {
    if let Some(account) = account {
        return Ok(member::find_by_account(&mut read, &account.id).await?);
    }
    let mut alike = member::list_by_email(&mut read, email).await?;
    alike.retain(|member| member.account_id.is_none());
    Ok(if alike.len() == 1 { alike.pop() } else { None })
}

/// Invites. The same address is not invited twice.
pub async fn create(tx: &mut Tx<'_>, invite: &Invite) -> Result<Invitation, FlowError> {
    let plan = plan::find(&mut *tx, &invite.plan)
        .await?
        .ok_or(FlowError::NotFound)?;
    let (member, made_member) = whose(tx, invite).await?;
    let new = NewInvitation {
        member: member.id.clone(),
        name: invite.name.clone(),
        email: invite.email.clone(),
        plan: plan.version.name.clone(),
        made_member,
        batch: invite.batch.clone(),
    };
    let made = invitation::create(tx, &new).await?;
    chosen::add(tx, &member.id, &invite.servers).await?;
    give(tx, &member, &plan, invite, &made.id).await?;
    Ok(made)
}

async fn whose(tx: &mut Tx<'_>, invite: &Invite) -> Result<(Member, bool), FlowError> {
    let account = account::find_by_email(&mut *tx, &invite.email).await?;
    if let Some(known) = who(&mut *tx, account.as_ref(), &invite.email).await? {
        return Ok((known, false));
    }
    let new = NewMember {
        platforms: invite.platforms.clone(),
        account_id: account.map(|account| account.id),
        ..NewMember::named(&invite.name, Some(invite.email.clone()))
    };
    Ok((member::create(tx, &new).await?, true))
}

async fn give(
    tx: &mut Tx<'_>,
    member: &Member,
    plan: &Plan,
    invite: &Invite,
    cause: &InvitationId,
) -> Result<(), FlowError> {
    match &invite.given {
        Given::Gift(until) => {
            let gift = Gift {
                plan: plan.id.clone(),
                until: *until,
                cause: CauseKind::Staff,
            };
            new_member::give_because(tx, member, &gift, cause.as_str()).await?;
        }
        Given::Paid(paid) => {
            if let Some(payer) = &paid.payer {
                manual_payment::remember(tx, &member.id, payer.as_str()).await?;
            }
            let entered = Entered {
                member: member.id.clone(),
                price: paid.price.clone(),
                amount: paid.amount,
                transaction: paid.transaction.clone(),
                sequence: 1,
                settled_at: paid.settled_at,
                from: paid.settled_at,
                until: Timestamp::NEVER,
                note: None,
            };
            manual_payment::enter(tx, &entered).await?;
        }
    }
    Ok(())
}

/// Takes an invitation back that nobody used: its time goes, and with a member that it made, the membership. A
/// payment stays in the books; staff void or refund it.
pub async fn withdraw(tx: &mut Tx<'_>, id: &InvitationId, reason: &str) -> Result<(), FlowError> {
    let withdrawn = invitation::withdraw(tx, id).await?;
    let cause = Cause::new(CauseKind::Staff, id.as_str());
    if let Some(grant) = term::find_by_cause(&mut *tx, &cause).await? {
        term::revoke_grant(tx, &grant.id, reason).await?;
    }
    if withdrawn.made_member {
        chosen::forget(tx, &withdrawn.member_id).await?;
        end_membership(tx, &withdrawn.member_id, reason).await?;
    }
    Ok(())
}

async fn end_membership(tx: &mut Tx<'_>, member: &MemberId, reason: &str) -> Result<(), FlowError> {
    let living = subscription::living_of(&mut *tx, &Subject::of(member)).await?;
    if let Some(living) = living {
        subscription::cancel(tx, &living.id, subscription::When::Now, Some(reason)).await?;
    }
    Ok(())
}

/// Joins an invitation's member to the sign-in of whoever came by its link.
pub async fn accept(
    tx: &mut Tx<'_>,
    secret: &kit::Secret,
    account: &Account,
) -> Result<Invitation, FlowError> {
    let used = invitation::use_up(tx, secret, account).await?;
    let invited = member::find(&mut *tx, &used.member_id)
        .await?
        .ok_or(FlowError::NotFound)?;
    match &invited.account_id {
        Some(theirs) if *theirs == account.id => {}
        Some(_) => {
            return Err(FlowError::Refused(t!(
                "This invitation is for somebody who signs in with another address. Sign out, and sign in with that one."
            )));
        }
        None => join(tx, &invited, account).await?,
    }
    Ok(used)
}

async fn join(tx: &mut Tx<'_>, invited: &Member, account: &Account) -> Result<(), FlowError> {
    if let Some(own) = member::find_by_account(&mut *tx, &account.id).await? {
        join_members::join(tx, &invited.id, &own.id, "").await?;
        return Ok(());
    }
    member::link(tx, invited, account).await?;
    // What they paid before there was a sign-in is theirs to see in it.
    let payers = (Subject::of(&invited.id), Subject::of(&account.id));
    let before = payer::find_by_owner(&mut *tx, &payers.0).await?;
    let own = payer::find_by_owner(&mut *tx, &payers.1).await?;
    if let (Some(before), None) = (before, own) {
        payer::hand_over(tx, &before.id, &payers.1).await?;
    }
    Ok(())
}
