//! Sharing: who has what, inviting, changing, taking back. By plex.tv's second version, and by the first where a
//! route of the second is not there.
//!
//! Nothing is asked twice without a look between: after a time-out the caller lists and matches by id.

use std::collections::BTreeSet;

use http::Method;
use kit::{Outcome, Refusal, Secret, done, t};
use media::RemoteRef;
use media::remote::{Access, Door, Guest, Libraries, RemoteUser, Standing, StreamLimit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Plex;
use super::account::is_missing;
use super::call::words;
use super::refused::replaced;
use super::wire::{Received, Share};
use crate::http::Answer;

/// What a write starts from.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Original {
    share: u64,
    settings: Map<String, Value>,
}

impl Plex {
    pub(super) async fn guests(&self) -> Outcome<Vec<RemoteUser>> {
        let machine = done!(self.machine().await);
        let shares = done!(self.account.shares().await);
        let here = shares
            .iter()
            .filter(|share| share.machine_identifier == machine);
        Outcome::Done(here.map(guest).collect())
    }

    pub(super) async fn find_guest(&self, id: &RemoteRef) -> Outcome<Option<RemoteUser>> {
        let machine = done!(self.machine().await);
        let shares = done!(self.account.shares().await);
        if let Some(owner) = shares.iter().find_map(|share| share.owner_id)
            && owner.to_string() == id.as_str()
        {
            return Outcome::Done(Some(owner_as_user(id)));
        }
        let found = shares
            .iter()
            .filter(|share| share.machine_identifier == machine)
            .map(guest)
            .find(|user| user.id == *id);
        Outcome::Done(found)
    }

    pub(super) async fn invite_guest(&self, whom: &Guest, access: &Access) -> Outcome<RemoteUser> {
        let sections = done!(section_ids(access));
        let answer = done!(self.ask_to_share(whom, access, &sections).await);
        if is_missing(answer.status) {
            let machine = done!(self.machine().await);
            return self.invite_by_v1(whom, access, &sections, &machine).await;
        }
        if answer.status.as_u16() == 422 {
            return self.after_refusal(whom, access, sections, &answer).await;
        }
        self.shared(whom, &answer).await
    }

    pub(super) async fn ask_to_share(
        &self,
        whom: &Guest,
        access: &Access,
        sections: &BTreeSet<u64>,
    ) -> Outcome<Answer> {
        let body = json!({
            "machineIdentifier": done!(self.machine().await),
            "invitedEmail": whom.email.as_ref().unwrap_or(&whom.name),
            "librarySectionIds": sections,
            "skipFriendship": true,
            "settings": settings(&Map::new(), access),
        });
        let caller = self.account.caller();
        let url = caller.url(&["api", "v2", "shared_servers"], &[]);
        let answer = done!(self.account.send(Method::POST, url, Some(&body)).await);
        self.account.forget_shares();
        Outcome::Done(answer)
    }

    pub(super) async fn shared(&self, whom: &Guest, answer: &Answer) -> Outcome<RemoteUser> {
        let caller = self.account.caller();
        if !answer.status.is_success() {
            return caller.refused(answer);
        }
        let share: Share = done!(caller.read(answer));
        self.checked(whom, &share).await
    }

    /// A name or an address may have changed hands since: who was invited must be whom we know by number.
    async fn checked(&self, whom: &Guest, share: &Share) -> Outcome<RemoteUser> {
        let user = guest(share);
        if user.id == whom.id {
            return Outcome::Done(user);
        }
        done!(self.remove_share(share.id).await);
        Outcome::Refused(Refusal::lasting(
            "wrong_account",
            t!(
                "The name or address {name} belongs to another Plex account by now. The invitation was taken back. The member has to sign in with Plex again.",
                name = &whom.name
            ),
        ))
    }

    /// What is shared already is changed. `None`: nothing is shared with them.
    pub(super) async fn change_existing(
        &self,
        whom: &Guest,
        access: &Access,
    ) -> Outcome<Option<RemoteUser>> {
        let found = done!(self.find_guest(&whom.id).await);
        let Some(found) = found.filter(|user| !user.is_administrator) else {
            return Outcome::Done(None);
        };
        if found.standing == Standing::In && !access.is_same_as(&found.access) {
            done!(self.change_guest(&found, access).await);
        }
        Outcome::Done(Some(found))
    }

    /// The first version takes the account's number, and answers with XML: the list then tells.
    async fn invite_by_v1(
        &self,
        whom: &Guest,
        access: &Access,
        sections: &BTreeSet<u64>,
        machine: &str,
    ) -> Outcome<RemoteUser> {
        let caller = self.account.caller();
        let url = caller.url(&["api", "servers", machine, "shared_servers"], &[]);
        let body = json!({
            "server_id": machine,
            "shared_server": { "library_section_ids": sections, "invited_id": number(&whom.id) },
            "sharing_settings": { "allowSync": if access.downloads { "1" } else { "0" } },
        });
        let answer = done!(self.account.send(Method::POST, url, Some(&body)).await);
        self.account.forget_shares();
        if answer.status.as_u16() == 404 && done!(self.actual_machine().await) != machine {
            return Outcome::Refused(replaced());
        }
        if !answer.status.is_success() && answer.status.as_u16() != 400 {
            return caller.refused(&answer);
        }
        match done!(self.change_existing(whom, access).await) {
            Some(user) => Outcome::Done(user),
            None => Outcome::Refused(not_taken(whom, &answer)),
        }
    }

    /// The settings are overwritten as a whole there, so they go back as they were read, with ours laid over.
    pub(super) async fn change_guest(&self, user: &RemoteUser, access: &Access) -> Outcome<()> {
        let sections = done!(section_ids(access));
        let original: Original = serde_json::from_str(&user.original).unwrap_or_default();
        let share = original.share.to_string();
        let caller = self.account.caller();
        let url = caller.url(&["api", "v2", "shared_servers", &share], &[]);
        let body = json!({
            "librarySectionIds": sections,
            "settings": settings(&original.settings, access),
        });
        let answer = done!(self.account.send(Method::POST, url, Some(&body)).await);
        self.account.forget_shares();
        if is_missing(answer.status) {
            return self.change_by_v1(&share, &sections).await;
        }
        if answer.status.is_success() {
            Outcome::Done(())
        } else {
            caller.refused(&answer)
        }
    }

    async fn change_by_v1(&self, share: &str, sections: &BTreeSet<u64>) -> Outcome<()> {
        let machine = done!(self.machine().await);
        let caller = self.account.caller();
        let url = caller.url(&["api", "servers", &machine, "shared_servers", share], &[]);
        let body = json!({
            "server_id": machine,
            "shared_server": { "library_section_ids": sections },
        });
        let answer = done!(self.account.send(Method::PUT, url, Some(&body)).await);
        match answer.status.as_u16() {
            _ if answer.status.is_success() => Outcome::Done(()),
            404 => Outcome::Refused(Refusal::passing(
                "share_gone",
                t!(
                    "Plex knows nothing of this share any more: it was taken back there, or the member left. It is looked at again."
                ),
            )),
            _ => caller.refused(&answer),
        }
    }

    /// Takes back every share of this server with the account, accepted or not.
    pub(super) async fn remove_guest(&self, id: &RemoteRef) -> Outcome<()> {
        let machine = done!(self.machine().await);
        let shares = done!(self.account.shares().await);
        let theirs = shares
            .iter()
            .filter(|share| share.machine_identifier == machine && guest(share).id == *id);
        for share in theirs {
            done!(self.remove_share(share.id).await);
        }
        Outcome::Done(())
    }

    async fn remove_share(&self, share: u64) -> Outcome<()> {
        let caller = self.account.caller();
        let url = caller.url(&["api", "v2", "shared_servers", &share.to_string()], &[]);
        let answer = done!(self.account.send(Method::DELETE, url, None).await);
        self.account.forget_shares();
        if answer.status.is_success() || answer.status.as_u16() == 404 {
            Outcome::Done(())
        } else {
            caller.refused(&answer)
        }
    }

    /// Accepts with the guest's own key: only what is this server's, so that nothing else is accepted for them.
    pub(super) async fn accept_for(&self, user: &RemoteUser, key: &Secret) -> Outcome<()> {
        let original: Original = serde_json::from_str(&user.original).unwrap_or_default();
        let guest = self.account.caller().with_token(Some(key.clone()));
        let received = [
            "api",
            "v2",
            "shared_servers",
            "invites",
            "received",
            "pending",
        ];
        let url = guest.url(&received, &[]);
        let answer = done!(self.account.send_as(&guest, Method::GET, url, None).await);
        let invites: Vec<Received> = done!(guest.read(&answer));
        let waits = invites
            .iter()
            .flat_map(|invite| &invite.shared_servers)
            .any(|server| server.id == original.share);
        if waits {
            let share = original.share.to_string();
            let url = guest.url(&["api", "v2", "shared_servers", &share, "accept"], &[]);
            let answer = done!(self.account.send_as(&guest, Method::POST, url, None).await);
            if !answer.status.is_success() {
                return guest.refused(&answer);
            }
        }
        self.account.forget_shares();
        Outcome::Done(())
    }
}

/// Plex says no and nothing explains it: its own words are all there is.
pub(super) fn not_taken(whom: &Guest, answer: &Answer) -> Refusal {
    Refusal::lasting(
        "refused",
        t!(
            "Plex refused the invitation of {name}. {words}",
            name = &whom.name,
            words = words(answer)
        ),
    )
}

fn owner_as_user(id: &RemoteRef) -> RemoteUser {
    RemoteUser {
        id: id.clone(),
        name: "owner".to_owned(),
        email: None,
        is_administrator: true,
        standing: Standing::In,
        access: Access {
            door: Door::Open,
            libraries: Libraries::All,
            video_transcoding: true,
            streams: StreamLimit::NotKept,
            downloads: true,
        },
        last_signed_in_at: None,
        last_active_at: None,
        original: String::new(),
    }
}

/// A share as its guest. Who has no account yet is known by the address that was invited.
fn guest(share: &Share) -> RemoteUser {
    let email = share.invited_email.clone().or(share.invited.email.clone());
    let id = share.invited_id.map_or_else(
        || format!("mail:{}", email.clone().unwrap_or_default().to_lowercase()),
        |id| id.to_string(),
    );
    let name = share
        .invited
        .username
        .clone()
        .filter(|name| !name.is_empty())
        .or_else(|| share.invited.title.clone())
        .or_else(|| email.clone());
    let libraries = if share.all_libraries {
        Libraries::All
    } else {
        Libraries::Only(
            share
                .libraries
                .iter()
                .map(|one| one.id.to_string())
                .collect(),
        )
    };
    let original = Original {
        share: share.id,
        settings: share.sharing_settings.clone(),
    };
    RemoteUser {
        name: name.unwrap_or_else(|| id.clone()),
        email: email.filter(|email| email.contains('@')),
        id: RemoteRef::new(id),
        is_administrator: false,
        standing: if share.accepted {
            Standing::In
        } else {
            Standing::Invited
        },
        access: Access {
            door: Door::Open,
            libraries,
            video_transcoding: true,
            streams: StreamLimit::NotKept,
            downloads: is_set(&share.sharing_settings, "allowSync"),
        },
        last_signed_in_at: None,
        last_active_at: None,
        original: serde_json::to_string(&original).expect("string keys print as JSON"),
    }
}

/// Sent as a boolean, a number or a text.
fn is_set(settings: &Map<String, Value>, name: &str) -> bool {
    match settings.get(name) {
        Some(Value::Bool(set)) => *set,
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        Some(Value::String(text)) => text == "1" || text == "true",
        _ => false,
    }
}

/// What was there, with what we decide laid over it. Filters are the operator's and stay byte for byte.
fn settings(before: &Map<String, Value>, access: &Access) -> Value {
    let mut all = before.clone();
    all.retain(|_, value| !value.is_null());
    all.insert("allowSync".to_owned(), Value::Bool(access.downloads));
    Value::Object(all)
}

/// An empty list would open everything there, so none is ever sent.
fn section_ids(access: &Access) -> Outcome<BTreeSet<u64>> {
    let ids: BTreeSet<u64> = match &access.libraries {
        Libraries::Only(ids) => ids.iter().filter_map(|id| id.parse().ok()).collect(),
        Libraries::All => BTreeSet::new(),
    };
    if ids.is_empty() {
        return Outcome::Refused(Refusal::lasting(
            "no_libraries",
            t!(
                "None of the plan's libraries is on this server, and Plex takes an empty list for all of them. Put a library of this server into a group of the plan."
            ),
        ));
    }
    Outcome::Done(ids)
}

fn number(id: &RemoteRef) -> Value {
    id.as_str()
        .parse::<u64>()
        .map_or(Value::Null, |number| json!(number))
}
