//! Two members who were one person become one: people, time, payments and access, each moved by its own capability,
//! in one transaction. First a preview that says what moves and what cannot go together.

use billing::{joining, payer, subscription};
use db::{Read, Tx};
use kit::id::MemberId;
use kit::{Subject, Text, t};
use media::share::{self, Share};
use media::{keeping, server};
use people::member::{self, Member};
use people::{identity, invitation, joining as persons};

use crate::error::FlowError;

/// What joining will do.
#[derive(Debug, Clone)]
pub struct Preview {
    pub from: Member,
    pub into: Member,
    pub moves: Vec<Text>,
    /// What both have, and what becomes of it.
    pub conflicts: Vec<Text>,
    /// Why it cannot be done now.
    pub refused: Option<Text>,
}

/// Says what joining will do. Changes nothing.
pub async fn preview(
    mut read: impl Read,
    from: &MemberId,
    into: &MemberId,
) -> Result<Preview, FlowError> {
    let (from, into) = both(&mut read, from, into).await?;
    let mut preview = Preview {
        refused: refused(&from, &into),
        moves: Vec::new(),
        conflicts: Vec::new(),
        from,
        into,
    };
    people_part(&mut read, &mut preview).await?;
    time_part(&mut read, &mut preview).await?;
    access_part(&mut read, &mut preview).await?;
    Ok(preview)
}

async fn both(
    mut read: impl Read,
    from: &MemberId,
    into: &MemberId,
) -> Result<(Member, Member), FlowError> {
    let from = member::find(&mut read, from).await?;
    let into = member::find(&mut read, into).await?;
    from.zip(into).ok_or(FlowError::NotFound)
}

fn refused(from: &Member, into: &Member) -> Option<Text> {
    if from.id == into.id {
        return Some(t!("This is the same member. Choose another one."));
    }
    let joined = [from, into]
        .into_iter()
        .find(|member| member.merged_into.is_some())?;
    Some(t!(
        "{name} was joined with another member before. Open that one instead.",
        name = joined.name.clone()
    ))
}

async fn people_part(mut read: impl Read, preview: &mut Preview) -> Result<(), FlowError> {
    let (from, into) = (&preview.from, &preview.into);
    match (&from.account_id, &into.account_id) {
        (Some(_), Some(_)) => preview.conflicts.push(t!(
            "Both have a sign-in. That of {into} stays; the other one can still sign in, and finds no membership there.",
            into = into.name.as_str()
        )),
        (Some(_), None) => preview.moves.push(t!("The sign-in")),
        (None, _) => {}
    }
    let known = identity::list_of(&mut read, &from.id).await?;
    for one in known {
        preview.moves.push(t!(
            "Known as {label} at {kind}",
            label = one.label,
            kind = one.kind.text()
        ));
    }
    let invited = invitation::list_of_member(&mut read, &from.id).await?.len();
    if invited > 0 {
        let count = i64::try_from(invited).unwrap_or(i64::MAX);
        let words = Text::counted(count, "One invitation", "{n} invitations");
        preview.moves.push(words);
    }
    if !from.note.is_empty() {
        preview.moves.push(t!("The note"));
    }
    Ok(())
}

async fn time_part(mut read: impl Read, preview: &mut Preview) -> Result<(), FlowError> {
    let subjects = [Subject::of(&preview.from.id), Subject::of(&preview.into.id)];
    let from = subscription::living_of(&mut read, &subjects[0]).await?;
    let into = subscription::living_of(&mut read, &subjects[1]).await?;
    match (&from, &into) {
        (Some(one), Some(_)) if one.agreement_state.renews() => {
            preview.refused.get_or_insert(t!(
                "Both have a membership, and the one that would end renews by itself. Cancel that renewal first, then join them again."
            ));
        }
        (Some(_), Some(_)) => preview.conflicts.push(t!(
            "Both have a membership. That of {into} stays, and the time of the other is added to it.",
            into = preview.into.name.as_str()
        )),
        (Some(_), None) => preview.moves.push(t!("The membership with all its time")),
        (None, _) => {}
    }
    for owner in owners(&preview.from) {
        if payer::find_by_owner(&mut read, &owner).await?.is_some() {
            preview.moves.push(t!(
                "Payments, receipts and credit, as they are in the books"
            ));
            break;
        }
    }
    Ok(())
}

async fn access_part(mut read: impl Read, preview: &mut Preview) -> Result<(), FlowError> {
    let theirs = share::list_of_member(&mut read, &preview.from.id).await?;
    let kept = share::list_of_member(&mut read, &preview.into.id).await?;
    for one in theirs
        .iter()
        .filter(|one| one.takes_place || one.remote_id.is_some())
    {
        let name = server::find(&mut read, &one.server_id).await?;
        let name = name.map(|server| server.name).unwrap_or_default();
        let other = kept.iter().find(|other| other.server_id == one.server_id);
        match other {
            Some(other) => preview.conflicts.push(both_there(one, other, &name)),
            None => preview.moves.push(t!(
                "{user} on {server}",
                user = one.user_name.clone().unwrap_or_default(),
                server = name
            )),
        }
    }
    Ok(())
}

fn both_there(one: &Share, other: &Share, server: &str) -> Text {
    t!(
        "Both are on {server}. {kept} stays; {ended} is closed there.",
        server = server,
        kept = other.user_name.clone().unwrap_or_default(),
        ended = one.user_name.clone().unwrap_or_default()
    )
}

/// Who may have paid for a member: they themselves, and their sign-in.
fn owners(member: &Member) -> Vec<Subject> {
    let account = member.account_id.as_ref().map(Subject::of);
    [Some(Subject::of(&member.id)), account]
        .into_iter()
        .flatten()
        .collect()
}

/// Joins `from` with `into`. Done once; a second time is refused.
pub async fn join(
    tx: &mut Tx<'_>,
    from: &MemberId,
    into: &MemberId,
    reason: &str,
) -> Result<Member, FlowError> {
    let (from, into) = both(&mut *tx, from, into).await?;
    if let Some(refused) = refused(&from, &into) {
        return Err(FlowError::Refused(refused));
    }
    persons::members(tx, &from, &into, reason).await?;
    let stays = into.account_id.as_ref().or(from.account_id.as_ref());
    let payer = stays.map_or_else(|| Subject::of(&into.id), Subject::of);
    for owner in owners(&into).into_iter().chain(owners(&from)) {
        joining::payers(tx, &owner, &payer).await?;
    }
    keeping::merge(tx, &from.id, &into.id).await?;
    joining::subjects(tx, &Subject::of(&from.id), &Subject::of(&into.id)).await?;
    member::find(&mut *tx, &into.id)
        .await?
        .ok_or(FlowError::NotFound)
}
