//! The hand that keeps shares in order: reads the user on the server, finds the difference, closes it.
//!
//! It only ever touches users that a share names, and never an administrator.

use async_trait::async_trait;
use db::{DbError, Tx};
use kit::id::{Id, ShareId};
use kit::{Actor, Outcome, Refusal, Secret, Text, done, t};
use settings::vault;
use upkeep::{Hand, Settled, Target, Wanted};

use crate::account_first;
use crate::custom::{Custom, wanted_access};
use crate::guest;
use crate::identity::{self, Identity};
use crate::inviting;
use crate::library;
use crate::maker::Entry;
use crate::making;
use crate::remote::{Access, Door, Level, MediaServer, RemoteRef, RemoteUser};
use crate::seen;
use crate::server::{self, Server};
use crate::servers::{Servers, outcome};
use crate::share::{self, Share, TARGET_KIND, UserStage};
use crate::stopping;
use crate::user;

/// Keeps shares in order.
#[derive(Debug, Clone)]
pub struct ShareHand {
    pub servers: Servers,
}

/// What should be of one share.
#[derive(Debug, Clone)]
pub struct Desired {
    pub share: Share,
    pub server_name: String,
    pub template: Option<RemoteRef>,
    pub custom: Custom,
    /// Who the member is on the server's platform; `None` where users are made.
    pub identity: Option<Identity>,
    /// `None`: there should be no user.
    pub access: Option<Access>,
    /// The account of the platform that the server asks for, as long as the user is not made.
    pub account: Option<String>,
    /// The chosen password, as long as the user is not made.
    pub password: Option<Secret>,
}

/// What is: our own notes, which a change may have altered since [`Desired`] was read, and the user.
#[derive(Debug, Clone)]
pub struct Observed {
    pub share: Share,
    pub found: Found,
}

/// What the server shows of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    NoUser,
    /// A user who opens with the chosen name and password, not linked yet: ours, the answer was lost.
    Unlinked(RemoteUser),
    User(RemoteUser),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Create,
    Invite,
    /// An account that was in before we asked, or accepts now.
    Welcome(RemoteUser),
    AwaitAcceptance(RemoteUser),
    Link(RemoteUser),
    SetUp(RemoteUser),
    SetAccess(RemoteUser),
    StopStreams(RemoteRef),
    Delete(RemoteRef),
    /// Somebody deleted the user on the server: the member chooses anew.
    AskAgain,
    /// The member left by themselves: nobody is invited against their will.
    NoteLeft,
    /// Somebody made the user an administrator there.
    LeaveAdministrator(String),
}

/// What must be done, in order. Pure.
pub fn difference(desired: &Desired, observed: &Observed) -> Vec<Change> {
    match desired.custom.entry {
        Entry::Password => difference_of_user(desired, observed),
        Entry::Invitation => guest::difference(desired, observed),
    }
}

fn difference_of_user(desired: &Desired, observed: &Observed) -> Vec<Change> {
    let share = &observed.share;
    match (&desired.access, &observed.found) {
        (_, Found::User(user)) if user.is_administrator => {
            vec![Change::LeaveAdministrator(user.name.clone())]
        }
        (_, Found::Unlinked(user)) => vec![Change::Link(user.clone())],
        (None, Found::NoUser) => vec![],
        (None, Found::User(user)) => vec![Change::Delete(user.id.clone())],
        (Some(access), Found::NoUser) => match (access.door, &share.remote_id) {
            (Door::Open, None) => vec![Change::Create],
            (Door::Open, Some(_)) => vec![Change::AskAgain],
            _ => vec![],
        },
        (Some(access), Found::User(user)) => {
            let mut changes = Vec::new();
            if share.stage == UserStage::Made {
                changes.push(Change::SetUp(user.clone()));
            } else if !access.is_same_as(&user.access) {
                changes.push(Change::SetAccess(user.clone()));
            }
            // A disabled user's streams end by themselves; withdrawing alone lets them run on.
            if access.door == Door::Withdrawn && share.seen_level != Some(Level::Withdrawn) {
                changes.push(Change::StopStreams(user.id.clone()));
            }
            changes
        }
    }
}

/// Why nothing can be done yet. `None`: it can.
fn not_yet(share: &Share, server: &Server, entry: Entry) -> Option<Text> {
    if share.level != Level::Full {
        return None;
    }
    if share.stage == UserStage::Gone {
        let name = share.user_name.as_deref().unwrap_or_default();
        return Some(inviting::has_left(name, &server.name));
    }
    let server_name = &server.name;
    share.needs_credentials().then(|| match entry {
        Entry::Password => t!(
            "The member has to choose a name and a password for {server} first. They were asked by letter.",
            server = server_name
        ),
        Entry::Invitation => t!(
            "The member has to sign in with the platform of {server} first, so that the right account is invited. They were asked by letter.",
            server = server_name
        ),
    })
}

/// Whether there can be nothing on the server to look at.
fn is_idle(share: &Share) -> bool {
    share.level != Level::Full && share.is_unasked()
}

impl ShareHand {
    async fn look(&self, desired: &Desired, share: &Share) -> Outcome<Found> {
        if let Some(identity) = &desired.identity {
            let (_, server) = done!(self.servers.reach(&share.server_id).await);
            let remote = share.remote_id.as_ref().unwrap_or(&identity.remote_id);
            let found = done!(server.find_user(remote).await);
            return Outcome::Done(found.map_or(Found::NoUser, Found::User));
        }
        match (&share.remote_id, share.stage) {
            (Some(remote), _) => {
                let (_, server) = done!(self.servers.reach(&share.server_id).await);
                let found = done!(server.find_user(remote).await);
                Outcome::Done(found.map_or(Found::NoUser, Found::User))
            }
            (None, UserStage::Asked) => {
                let (_, server) = done!(self.servers.reach(&share.server_id).await);
                making::find_lost(server.as_ref(), desired).await
            }
            (None, _) => Outcome::Done(Found::NoUser),
        }
    }
}

#[async_trait]
impl Hand for ShareHand {
    const KIND: &'static str = TARGET_KIND;
    type Desired = Desired;
    type Observed = Observed;
    type Change = Change;

    async fn desired(&self, target: &Target) -> Result<Wanted<Desired>, DbError> {
        let db = &self.servers.db;
        let Some(id) = ShareId::parse(&target.target_key) else {
            return Ok(Wanted::Gone);
        };
        let Some(share) = share::find(db, &id).await? else {
            return Ok(Wanted::Gone);
        };
        let Some(server) = server::find(db, &share.server_id).await? else {
            return Ok(Wanted::Gone);
        };
        if is_idle(&share) {
            return Ok(Wanted::Gone);
        }
        let custom = Custom::of(&self.servers.makers, &server);
        if let Some(reason) = not_yet(&share, &server, custom.entry) {
            return Ok(Wanted::NotYet(reason));
        }
        if let Some(asked) = account_first::asked_for(db, &share).await? {
            return Ok(Wanted::NotYet(asked.text()));
        }
        let libraries = library::list_of_server(db, &server.id).await?;
        let place = Share::password_place(&id);
        // A password that cannot be opened is as good as none: the member is asked again.
        let password = vault::find(db, &self.servers.vault, &place)
            .await
            .unwrap_or(None);
        Ok(Wanted::Now(Desired {
            access: wanted_access(&share, &libraries, &custom),
            identity: identity::find_of(db, &share.member_id, &server.kind).await?,
            account: account_first::to_try(db, &share).await?,
            custom,
            server_name: server.name,
            template: server.template_user.map(RemoteRef::new),
            password,
            share,
        }))
    }

    async fn observe(&self, _target: &Target, desired: &Desired) -> Outcome<Observed> {
        let db = &self.servers.db;
        let read = share::required_share(db, &desired.share.id).await;
        let share = done!(outcome(read));
        let found = done!(self.look(desired, &share).await);
        Outcome::Done(Observed { share, found })
    }

    fn diff(&self, desired: &Desired, observed: &Observed) -> Vec<Change> {
        difference(desired, observed)
    }

    async fn apply(&self, _target: &Target, desired: &Desired, change: &Change) -> Outcome<()> {
        let (_, server) = done!(self.servers.reach(&desired.share.server_id).await);
        let server = server.as_ref();
        match change {
            Change::Create => making::create(&self.servers, server, desired).await,
            Change::Invite => inviting::invite(&self.servers, server, desired).await,
            Change::Welcome(user) => inviting::welcome(&self.servers, server, desired, user).await,
            Change::AwaitAcceptance(user) => {
                inviting::welcome(&self.servers, server, desired, user).await
            }
            Change::NoteLeft => inviting::note_left(&self.servers, desired).await,
            Change::Link(user) => {
                making::link_and_set_up(&self.servers, server, desired, user, UserStage::Made).await
            }
            Change::SetUp(user) => making::set_up(server, desired, user).await,
            Change::SetAccess(user) => set_access(server, desired, user).await,
            Change::StopStreams(user) => {
                stopping::stop_all(&self.servers, server, desired, user).await
            }
            Change::Delete(user) => server.delete_user(user).await,
            Change::AskAgain => ask_again(&self.servers, desired).await,
            Change::LeaveAdministrator(name) => Outcome::Refused(Refusal::lasting(
                "administrator",
                t!(
                    "{user} is an administrator of {server}, and administrators are never changed from here. Take that right away there, then try again.",
                    user = name,
                    server = &desired.server_name
                ),
            )),
        }
    }

    async fn settled(
        &self,
        tx: &mut Tx<'_>,
        target: &Target,
        how: &Settled,
    ) -> Result<(), DbError> {
        let Some(id) = ShareId::parse(&target.target_key) else {
            return Ok(());
        };
        match share::find(&mut *tx, &id).await? {
            Some(share) => seen::note(tx, &share, target, how).await,
            None => Ok(()),
        }
    }
}

async fn set_access(server: &dyn MediaServer, desired: &Desired, user: &RemoteUser) -> Outcome<()> {
    match &desired.access {
        Some(access) => server.set_access(user, access).await,
        None => Outcome::Done(()),
    }
}

/// The user was deleted behind our back. A new one needs a password, which only the member can choose.
async fn ask_again(servers: &Servers, desired: &Desired) -> Outcome<()> {
    let work = async {
        let mut tx = servers
            .db
            .begin(Actor::schedule("media.share_hand"))
            .await?;
        user::forget(&mut tx, &desired.share.id).await?;
        let event = crate::events::CredentialsNeeded {
            share: desired.share.id.clone(),
            member: desired.share.member_id.clone(),
            server: desired.share.server_id.clone(),
            server_name: desired.server_name.clone(),
            was_deleted: true,
        };
        chronicle::tell(&mut tx, &event).await?;
        tx.save().await?;
        Ok(())
    };
    done!(outcome(work.await));
    Outcome::Refused(Refusal::passing(
        "user_deleted",
        t!(
            "The user {user} was deleted on {server}. The member was asked to choose a name and a password again.",
            user = desired.share.user_name.clone().unwrap_or_default(),
            server = &desired.server_name
        ),
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kit::id::{MemberId, ServerId};
    use kit::{Json, Timestamp};

    use super::*;
    use crate::entitlements::Entitlements;
    use crate::remote::{Libraries, Standing, StreamLimit};
    use crate::share::ShareState;

    fn share(level: Level, stage: UserStage, remote: Option<&str>) -> Share {
        Share {
            id: ShareId::parse("shr_1").unwrap(),
            member_id: MemberId::parse("mem_1").unwrap(),
            server_id: ServerId::parse("srv_1").unwrap(),
            level,
            state: ShareState::BeingSetUp,
            takes_place: level.takes_place(),
            entitlements: Json(Entitlements::default()),
            remote_id: remote.map(RemoteRef::new),
            user_name: Some("mara".to_owned()),
            stage,
            seen_level: None,
            reason: None,
            wanted_at: Timestamp::EPOCH,
            invited_at: Timestamp::NEVER,
            joined_at: Timestamp::NEVER,
            changed_at: Timestamp::EPOCH,
            edition: 1,
        }
    }

    fn user(access: Access) -> RemoteUser {
        RemoteUser {
            id: RemoteRef::new("u1"),
            name: "mara".to_owned(),
            email: None,
            is_administrator: false,
            standing: Standing::In,
            access,
            last_signed_in_at: None,
            last_active_at: None,
            original: String::new(),
        }
    }

    fn changes(share: Share, found: Found) -> Vec<Change> {
        let custom = Custom {
            entry: Entry::Password,
            renew_library: None,
        };
        let desired = Desired {
            access: wanted_access(&share, &[], &custom),
            custom,
            identity: None,
            account: None,
            server_name: "Aurora".to_owned(),
            template: None,
            password: None,
            share: share.clone(),
        };
        difference(&desired, &Observed { share, found })
    }

    fn open() -> Access {
        Access {
            door: Door::Open,
            ..Access::withdrawn()
        }
    }

    #[test]
    fn a_user_is_made_only_for_somebody_who_is_to_be_let_in() {
        let named = |level| share(level, UserStage::Named, None);
        assert_eq!(changes(named(Level::Full), Found::NoUser), [Change::Create]);
        for level in [Level::Withdrawn, Level::Held, Level::Ended, Level::Deleted] {
            assert_eq!(changes(named(level), Found::NoUser), []);
        }
    }

    #[test]
    fn what_agrees_is_left_alone() {
        let full = share(Level::Full, UserStage::Ready, Some("u1"));
        assert_eq!(changes(full.clone(), Found::User(user(open()))), []);
        let drifted = Access {
            libraries: Libraries::Only(BTreeSet::from(["x".to_owned()])),
            ..open()
        };
        let found = user(drifted);
        assert_eq!(
            changes(full, Found::User(found.clone())),
            [Change::SetAccess(found)]
        );
    }

    #[test]
    fn a_limit_of_streams_counts_only_where_the_server_keeps_one() {
        let mut full = share(Level::Full, UserStage::Ready, Some("u1"));
        full.entitlements.0.streams = Some(2);
        let keeping = |streams| {
            let access = Access { streams, ..open() };
            changes(full.clone(), Found::User(user(access))).len()
        };
        assert_eq!(keeping(StreamLimit::NotKept), 0);
        assert_eq!(keeping(StreamLimit::AtMost(2)), 0);
        assert_eq!(keeping(StreamLimit::Unlimited), 1);
        assert_eq!(keeping(StreamLimit::AtMost(3)), 1);
    }

    #[test]
    fn withdrawing_comes_before_stopping() {
        let withdrawn = share(Level::Withdrawn, UserStage::Ready, Some("u1"));
        let found = user(open());
        let expected = [
            Change::SetAccess(found.clone()),
            Change::StopStreams(found.id.clone()),
        ];
        assert_eq!(changes(withdrawn, Found::User(found)), expected);
    }

    #[test]
    fn an_administrator_is_never_touched_whatever_is_wanted() {
        let found = RemoteUser {
            is_administrator: true,
            ..user(open())
        };
        for level in Level::ALL {
            let share = share(*level, UserStage::Ready, Some("u1"));
            let changes = changes(share, Found::User(found.clone()));
            assert_eq!(changes, [Change::LeaveAdministrator("mara".to_owned())]);
        }
    }

    #[test]
    fn a_user_who_is_gone_is_asked_for_again_only_by_somebody_who_pays() {
        let gone = |level| share(level, UserStage::Ready, Some("u1"));
        assert_eq!(
            changes(gone(Level::Full), Found::NoUser),
            [Change::AskAgain]
        );
        assert_eq!(changes(gone(Level::Ended), Found::NoUser), []);
    }
}
