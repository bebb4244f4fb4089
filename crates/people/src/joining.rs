//! Two members who were one person: one row goes on, the other only says where its person is now.

use db::{Tx, values};
use kit::t;

use crate::error::PeopleError;
use crate::events::MembersJoined;
use crate::invitation;
use crate::member::Member;

const CLOSE: &str = "
    update members
       set merged_into = $2, account_id = null, email = null, email_key = null, plex_email = null,
           emby_email = null, version = version + 1
     where id = $1 and merged_into is null";

const TAKE: &str = "
    update members
       set account_id = coalesce(account_id, $2), email = coalesce(email, $3), email_key = coalesce(email_key, $4),
           plex_email = coalesce(plex_email, $5), emby_email = coalesce(emby_email, $6), note = $7,
           version = version + 1
     where id = $1 and merged_into is null";

const IDENTITIES: &str = "update identities set member_id = $2 where member_id = $1";

/// Gives sign-in, addresses, identities, invitations and notes of `from` to `into`, who keeps their own where both
/// have one. Done once; what the other capabilities keep is moved by theirs.
pub async fn members(
    tx: &mut Tx<'_>,
    from: &Member,
    into: &Member,
    reason: &str,
) -> Result<(), PeopleError> {
    if from.id == into.id {
        return Err(PeopleError::Forbidden(t!(
            "This is the same member. Choose another one."
        )));
    }
    if tx.run(CLOSE, values![from.id, into.id]).await? == 0 {
        return Err(joined_before(from));
    }
    let row = values![
        into.id,
        from.account_id,
        from.email,
        from.email.as_ref().map(kit::Email::key),
        from.plex_email,
        from.emby_email,
        notes(from, into)
    ];
    if tx.run(TAKE, row).await? == 0 {
        return Err(joined_before(into));
    }
    tx.run(IDENTITIES, values![from.id, into.id]).await?;
    invitation::merge(tx, &from.id, &into.id).await?;
    let event = MembersJoined {
        member: into.id.clone(),
        from: from.id.clone(),
        name: into.name.clone(),
        from_name: from.name.clone(),
    };
    chronicle::tell_because(tx, &event, reason).await?;
    Ok(())
}

fn notes(from: &Member, into: &Member) -> String {
    let both = [into.note.as_str(), from.note.as_str()];
    let kept: Vec<&str> = both.into_iter().filter(|note| !note.is_empty()).collect();
    kept.join("\n\n").chars().take(4000).collect()
}

fn joined_before(member: &Member) -> PeopleError {
    PeopleError::Forbidden(t!(
        "{name} was joined with another member before. Open that one instead.",
        name = member.name.clone()
    ))
}
