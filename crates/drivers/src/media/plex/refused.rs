//! When plex.tv takes no invitation (422): its answer names no cause, so what may have changed is read again, and the
//! invitation is sent once more. Nothing was done by then, so this is no blind repeat.

use std::collections::BTreeSet;

use kit::{Outcome, Refusal, done, t};
use media::remedy::REPLACED;
use media::remote::{Access, Guest, RemoteUser};

use super::Plex;
use super::call::words;
use super::shares::not_taken;
use super::wire::Home;
use crate::http::Answer;

/// Friends and members of the home count, too.
const MOST_PEOPLE: usize = 99;

impl Plex {
    /// "Already shared" is a share to be changed, not an error (wizarrrr/wizarr#1168); a stale list of libraries is
    /// read anew; anything else is told by its cause.
    pub(super) async fn after_refusal(
        &self,
        whom: &Guest,
        access: &Access,
        asked: BTreeSet<u64>,
        answer: &Answer,
    ) -> Outcome<RemoteUser> {
        if let Some(user) = done!(self.change_existing(whom, access).await) {
            return Outcome::Done(user);
        }
        let machine = done!(self.machine().await);
        if done!(self.actual_machine().await) != machine {
            return Outcome::Refused(replaced());
        }
        let sections = done!(self.still_there(&machine, &asked).await);
        if sections.is_empty() {
            return Outcome::Refused(stale());
        }
        let again = done!(self.ask_to_share(whom, access, &sections).await);
        if again.status.is_success() {
            return self.shared(whom, &again).await;
        }
        Outcome::Refused(done!(self.cause(whom, answer).await))
    }

    /// Those of the sections that plex.tv knows now.
    async fn still_there(&self, machine: &str, asked: &BTreeSet<u64>) -> Outcome<BTreeSet<u64>> {
        self.account.forget_cloud(machine);
        let known = done!(self.sections().await);
        let known: BTreeSet<u64> = known.into_iter().map(|section| section.id).collect();
        Outcome::Done(asked.intersection(&known).copied().collect())
    }

    async fn cause(&self, whom: &Guest, answer: &Answer) -> Outcome<Refusal> {
        let caller = self.account.caller();
        let url = caller.url(&["api", "v2", "home", "users"], &[]);
        let home: Home = done!(self.account.get(url).await);
        if home
            .users
            .iter()
            .any(|user| user.id.to_string() == whom.id.as_str())
        {
            return Outcome::Done(home_member(whom));
        }
        let shares = done!(self.account.shares().await);
        let people: BTreeSet<_> = shares
            .iter()
            .map(|share| (share.invited_id, share.invited_email.as_deref()))
            .collect();
        let says_limit = words(answer).to_lowercase().contains("limit");
        if says_limit || people.len() + home.users.len() >= MOST_PEOPLE {
            return Outcome::Done(full());
        }
        Outcome::Done(not_taken(whom, answer))
    }
}

pub(super) fn replaced() -> Refusal {
    Refusal::lasting(
        REPLACED,
        t!(
            "At the address of this server answers another installation now: it was set up anew. Add it as a new server and move its members there."
        ),
    )
}

fn stale() -> Refusal {
    Refusal::passing(
        "stale_libraries",
        t!(
            "The libraries of the plan are not on this server any more, so Plex took no invitation. Put the new ones into the plan's groups."
        ),
    )
}

fn home_member(whom: &Guest) -> Refusal {
    Refusal::lasting(
        "home_member",
        t!(
            "{name} belongs to the Plex Home of the server's owner, and Plex takes no invitations of such accounts. Open the libraries for them in Plex under Manage Library Access, or let them leave the home.",
            name = &whom.name
        ),
    )
}

fn full() -> Refusal {
    Refusal::passing(
        "server_full",
        t!(
            "The owner's account shares with as many people as Plex allows: 99, with friends and members of the home. Take shares back that nobody uses, or add a server of another account."
        ),
    )
}
