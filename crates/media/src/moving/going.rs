//! A member on their way: what placement does differently for them, and how the way ends.

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, MoveId, ServerId};
use kit::{Text, t};

use crate::entitlements::{Entitlements, Spread};
use crate::error::MediaError;
use crate::events::MemberMoved;
use crate::moving::mover::{self, MoverState};
use crate::moving::outlook::Outlook;
use crate::placement::{Asked, Candidate};
use crate::reconcile::look_again;
use crate::remote::Level;
use crate::share;
use crate::{chosen, seen, server};

db::row! {
    struct Way {
        move_id: MoveId,
        state: MoverState,
        outlook: Outlook,
        source_id: ServerId,
        target_id: ServerId,
        source_gone: bool,
    }
}

/// A member who has set out and not arrived.
#[derive(Debug, Clone)]
pub struct Going {
    pub moving: MoveId,
    pub member: MemberId,
    pub from: ServerId,
    pub to: ServerId,
    from_gone: bool,
    /// What they are once they have arrived.
    then: MoverState,
}

const GOING: &str = "
    select m.move_id, m.state, m.outlook, v.source_id, v.target_id, v.source_gone
      from movers m join moves v on v.id = m.move_id
     where m.member_id = $1 and m.is_open and m.state in ('entering', 'returning')";

/// The way a member is on. `None`: none, or they have not set out.
pub async fn going(mut read: impl Read, member: &MemberId) -> Result<Option<Going>, DbError> {
    let way: Option<Way> = read.maybe(GOING, values![member]).await?;
    Ok(way.map(|way| Going::of(way, member)))
}

impl Going {
    fn of(way: Way, member: &MemberId) -> Self {
        let returns = way.state == MoverState::Returning;
        let (from, to) = if returns {
            (way.target_id, way.source_id)
        } else {
            (way.source_id, way.target_id)
        };
        let then = match (returns, way.outlook) {
            (true, _) => MoverState::Returned,
            (false, Outlook::Already) => MoverState::Already,
            (false, _) => MoverState::Moved,
        };
        Self {
            moving: way.move_id,
            member: member.clone(),
            from,
            to,
            from_gone: way.source_gone && !returns,
            then,
        }
    }

    /// Leaves the target alone to choose from. A plan that opens all of its servers is asked as ever.
    pub(crate) fn narrow(&self, candidates: &mut Vec<Candidate>, asked: &Asked<'_>) {
        if asked.entitlements.spread == Spread::One {
            candidates.retain(|one| one.server.id == self.to);
        }
    }

    /// The way ends without arriving; the member stays where they were. Safe to repeat.
    pub(crate) async fn fail(&self, tx: &mut Tx<'_>, why: &Text) -> Result<(), DbError> {
        let state = MoverState::Failed;
        mover::close(tx, &self.moving, &self.member, state, Some(why)).await?;
        // Whoever called for a person because of the target is answered: the move says it from now on.
        if let Some(share) = share::find_on(&mut *tx, &self.member, &self.to).await? {
            seen::call_off(tx, &share).await?;
        }
        Ok(())
    }

    /// The target was decided. Answers the server that is kept until the member is in there.
    pub(crate) async fn kept(&self, tx: &mut Tx<'_>) -> Result<Option<ServerId>, MediaError> {
        let share = share::find_on(&mut *tx, &self.member, &self.to).await?;
        if self.from_gone {
            self.let_go(tx).await?;
        }
        if share.is_some_and(|share| share.is_open()) {
            self.arrive(tx).await?;
            return Ok(None);
        }
        Ok(Some(self.from.clone()).filter(|_| !self.from_gone))
    }

    /// Somebody who is suspended is moved as they are: they get in once they may. Whose membership is over stays.
    pub(crate) async fn follow(
        &self,
        tx: &mut Tx<'_>,
        allowance: &Entitlements,
        level: Level,
    ) -> Result<(), MediaError> {
        if !level.takes_place() {
            let why = t!("The membership ended before they were moved.");
            let state = MoverState::LeftOut;
            mover::close(tx, &self.moving, &self.member, state, Some(&why)).await?;
            return Ok(());
        }
        let there = share::open(tx, &self.member, &self.to).await?;
        share::decide(tx, &there, allowance, level).await?;
        if self.from_gone {
            self.let_go(tx).await?;
        } else if let Some(here) = share::find_on(&mut *tx, &self.member, &self.from).await?
            && here.takes_place
        {
            share::decide(tx, &here, &Entitlements::default(), Level::Ended).await?;
        }
        self.arrive(tx).await
    }

    async fn arrive(&self, tx: &mut Tx<'_>) -> Result<(), MediaError> {
        if !mover::close(tx, &self.moving, &self.member, self.then, None).await? {
            return Ok(());
        }
        chosen::replace(tx, &self.member, &self.from, &self.to).await?;
        let from = server::find(&mut *tx, &self.from).await?;
        let to = server::find(&mut *tx, &self.to).await?;
        let name = |server: Option<server::Server>| server.map(|it| it.name).unwrap_or_default();
        let event = MemberMoved {
            moving: self.moving.clone(),
            member: self.member.clone(),
            from: self.from.clone(),
            from_name: name(from),
            to: self.to.clone(),
            to_name: name(to),
        };
        chronicle::tell(tx, &event).await?;
        Ok(())
    }

    /// Nothing is asked of a server that is gone.
    async fn let_go(&self, tx: &mut Tx<'_>) -> Result<(), MediaError> {
        if let Some(share) = share::find_on(&mut *tx, &self.member, &self.from).await? {
            share::let_go(tx, &share).await?;
        }
        Ok(())
    }
}

/// The member sets out: from now on placement knows. `false`: they have already, or shall not.
pub async fn set_out(tx: &mut Tx<'_>, id: &MoveId, member: &MemberId) -> Result<bool, DbError> {
    if !mover::set_out(tx, id, member).await? {
        return Ok(false);
    }
    if let Some(going) = going(&mut *tx, member).await?
        && let Some(share) = share::find_on(&mut *tx, member, &going.to).await?
        && share.takes_place
        && !share.is_open()
    {
        // It was wanted before and given up: nothing of it is decided anew, so nobody else would look.
        look_again(tx, &share).await?;
    }
    Ok(true)
}

const LEADS_TO: &str = "
    select count(*) as n
      from movers m join moves v on v.id = m.move_id
     where m.member_id = $1
       and m.is_open
       and ((m.state = 'entering' and v.target_id = $2) or (m.state = 'returning' and v.source_id = $2))";

/// Whether the member is on their way to a server.
pub async fn leads_to(
    mut read: impl Read,
    member: &MemberId,
    server: &ServerId,
) -> Result<bool, DbError> {
    Ok(read
        .one::<(i64,)>(LEADS_TO, values![member, server])
        .await?
        .0
        > 0)
}

/// A server said for good that it does not let a member in. `true`: they were on their way there, and stay now.
pub async fn target_failed(
    tx: &mut Tx<'_>,
    member: &MemberId,
    server: &ServerId,
    why: &Text,
) -> Result<bool, DbError> {
    let Some(going) = going(&mut *tx, member).await?.filter(|it| it.to == *server) else {
        return Ok(false);
    };
    let share = share::find_on(&mut *tx, member, server).await?;
    // It may have come right since, or wait for the member.
    let fails = share.is_some_and(|it| it.takes_place && !it.is_open() && !it.needs_credentials());
    if fails {
        going.fail(tx, why).await?;
    }
    Ok(fails)
}
