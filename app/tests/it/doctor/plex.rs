//! The cases of Plex, on Orla's Polaris, with Mara, whose account there is called noor.

use media::server;
use serde_json::{Value, json};
use testkit::TestDb;

use super::bed::{Bed, Seen, status};
use crate::plex::{add_polaris, allow_newest, person, plex_state};
use crate::support::{Browser, TestSite};

pub async fn play(name: &str, on: TestDb) -> (Bed, Seen) {
    let mut bed = bed(&on).await;
    let tv = bed.site.outside.plex_tv("");
    let polaris = bed.site.outside.running.plex_server.clone();
    let seen = match name {
        "plex-key-revoked" | "plex-key-on-overview" | "plex-key-on-server" | "plex-key-expired" => {
            let action = match name {
                "plex-key-expired" => "expire_tokens",
                _ => "revoke_tokens",
            };
            person(&bed.site, json!({ "person": "orla", "action": action })).await;
            bed.hours(2).await;
            match name {
                "plex-key-on-overview" => bed.open("/office").await,
                "plex-key-on-server" => bed.server_page().await,
                _ => bed.open("/office/owners/{owner}").await,
            }
        }
        "plex-no-pass" => {
            let ended = json!({ "person": "orla", "action": "plex_pass", "active": false });
            person(&bed.site, ended).await;
            bed.hours(2).await;
            bed.open("/office/owners/{owner}").await
        }
        "plex-owner-removed" => owner_removed(&mut bed).await,
        "plex-tv-down" => bed.sync_later(&tv, status(503, "/api/v2/servers")).await,
        "plex-server-down" => bed.sync_under(&polaris, json!({ "kind": "refuse" })).await,
        "plex-server-silent" => bed.sync_under(&polaris, json!({ "kind": "silent" })).await,
        "plex-relay-only" => relay_only(&mut bed, &tv).await,
        "plex-replaced" => {
            set_up_anew(&bed, &tv).await;
            bed.sync().await;
            bed.server_page().await
        }
        "plex-partial-list" => {
            let some = json!({ "kind": "named", "name": "partial_sections" });
            bed.sync_later(&tv, some).await
        }
        "plex-busy" | "plex-busy-silent" => {
            let mut fault = status(429, "/api/v2/servers");
            if name == "plex-busy" {
                fault["retry_after_s"] = json!(30);
            }
            bed.sync_later(&tv, fault).await
        }
        "plex-retired-list" => {
            bed.sync_later(&tv, status(410, "/shared_servers/owned"))
                .await
        }
        other => {
            sharing(other, &mut bed, &tv).await;
            return said(other, bed).await;
        }
    };
    (bed, seen)
}

/// The operator takes Orla's account away; its server is asked later.
async fn owner_removed(bed: &mut Bed) -> Seen {
    let path = bed.filled("/office/owners/{owner}/remove");
    let gone = bed.office.post(&path, &[]).await;
    assert_eq!(gone.status, 303, "{}", gone.body);
    bed.hours(2).await;
    bed.server_page().await
}

/// A server of Orla's that can be reached by way of Plex alone.
async fn relay_only(bed: &mut Bed, tv: &str) -> Seen {
    let far = json!({ "local": "none", "remote": "none", "relay": "up" });
    let rigel = json!({ "servers": [{ "name": "Rigel", "owner": "orla", "connections": far,
        "sections": [{ "title": "Films" }] }] });
    bed.seed(tv, rigel).await;
    bed.open("/office/owners/{owner}").await
}

async fn bed(on: &TestDb) -> Bed {
    let site = TestSite::on(on).await;
    site.settings().await;
    let seed = json!({ "accounts": [{ "name": "noor", "id": 2100 }] });
    let url = site.outside.plex_tv("/_control/seed");
    site.outside.call("POST", &url, Some(seed)).await;
    let chief = site.administrator("Ilse").await;
    let mut office = Browser::of(&site, &chief).await;
    let id = add_polaris(&site, &mut office).await;
    let shop = site.set_up_with(id.clone()).await;
    let server = server::find(&site.house.db, &id).await.unwrap().unwrap();
    let mut bed = Bed::around(site, shop).await;
    let owner = server.owner_account_id.expect("found through its owner");
    bed.name("owner", owner.to_string());
    bed
}

impl Bed {
    /// Reads the server once what was read a moment ago does not count any more.
    async fn sync_later(&mut self, at: &str, fault: Value) -> Seen {
        self.fault(at, fault).await;
        self.hours(2).await;
        self.server_page().await
    }

    /// Mara says on Plex's page which account is hers. Answers where she is led, or what she is told.
    async fn sign_in(&mut self, account: &str, accepts: bool) -> Seen {
        let mut browser = self.mara().await;
        let path = self.filled("/account/watching/{share}/platform");
        let ticked: &[(&str, &str)] = if accepts { &[("accepts", "yes")] } else { &[] };
        let begun = browser.post(&path, ticked).await;
        assert_eq!(begun.status, 303, "{}", begun.body);
        let path = begun.location().to_owned();
        allow_newest(&self.site, account).await;
        let page = browser.get(&path).await;
        self.site.hear().await;
        Seen { path, page }
    }
}

/// Polaris is set up anew; plex.tv forgets what was shared of the old one.
async fn set_up_anew(bed: &Bed, tv: &str) {
    let machine = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567";
    let anew = json!({ "servers": [{ "name": "Polaris", "machine": machine }] });
    bed.seed(tv, anew).await;
}

/// What the owner's account has to say to an invitation.
fn refused(words: &str) -> Value {
    let text = json!({ "errors": [{ "code": 1003, "message": words, "status": 422 }] });
    json!({ "kind": "status", "status": 422, "method": "POST", "path": "/api/v2/shared_servers",
        "text": text.to_string() })
}

/// Everything around one invitation: Mara buys, then something is wrong, then she signs in.
async fn sharing(name: &str, bed: &mut Bed, tv: &str) {
    bed.buy().await;
    let site = &bed.site;
    let mut account = "noor";
    match name {
        "plex-account-unknown" | "plex-account-taken" => return,
        "plex-retired-route" => {
            let gone = json!({ "kind": "status", "status": 410, "method": "POST",
                "path": "/api/v2/shared_servers", "times": 1 });
            bed.fault(tv, gone).await;
        }
        "plex-already-shared" => {
            // The list of shares was read a moment ago, without this one.
            bed.sync().await;
            let share = json!({ "shares": [{ "server": "Polaris", "with": "noor",
                "sections": ["Music"], "accepted": true }] });
            bed.seed(tv, share).await;
        }
        "plex-stale-libraries" => {
            bed.sync().await;
            let gone = json!({ "title": "Movies", "removed": true });
            let fewer = json!({ "servers": [{ "name": "Polaris", "sections": [gone] }] });
            bed.seed(tv, fewer).await;
        }
        "plex-no-libraries" => {
            let gone = ["Movies", "Series"].map(|title| json!({ "title": title, "removed": true }));
            let none = json!({ "servers": [{ "name": "Polaris", "sections": gone }] });
            bed.seed(tv, none).await;
        }
        "plex-server-full" => {
            bed.seed(tv, json!({ "share_limit": 1 })).await;
        }
        "plex-home-member" => {
            let joins = json!({ "person": "noor", "action": "join_home", "of": "orla" });
            person(site, joins).await;
            bed.fault(tv, refused("Invalid")).await;
        }
        "plex-refused" => bed.fault(tv, refused("Not today.")).await,
        "plex-replaced-at-invitation" => set_up_anew(bed, tv).await,
        "plex-answer-lost" => {
            let lost = json!({ "kind": "drop_answer", "method": "POST", "times": 1,
                "path": "/api/v2/shared_servers" });
            bed.fault(tv, lost).await;
        }
        "plex-friend-without-access" => account = "teun",
        "plex-invitation-waits" | "plex-member-left" | "plex-share-gone" => {}
        other => panic!("nobody knows how to play {other}"),
    }
    bed.sign_in(account, name != "plex-invitation-waits").await;
}

/// What happens after the invitation, and the page that speaks of it.
async fn said(name: &str, mut bed: Bed) -> (Bed, Seen) {
    let seen = match name {
        "plex-account-unknown" => {
            let path = "/account".to_owned();
            let page = bed.mara().await.get(&path).await;
            Seen { path, page }
        }
        "plex-account-taken" => taken(&mut bed).await,
        "plex-invitation-waits" => bed.open("/office/shares?state=invited").await,
        "plex-member-left" => {
            let leaves = json!({ "person": "noor", "action": "leave" });
            person(&bed.site, leaves).await;
            bed.hours(3).await;
            bed.open("/office/shares?state=gone").await
        }
        "plex-share-gone" => {
            take_back(&bed).await;
            bed.hours(3).await;
            bed.open("/office/shares?state=gone").await
        }
        "plex-answer-lost" => {
            bed.hours(1).await;
            bed.member_page().await
        }
        _ => bed.member_page().await,
    };
    (bed, seen)
}

/// Jonas was here before with the account that Mara says is hers.
async fn taken(bed: &mut Bed) -> Seen {
    let jonas = bed.site.account("Jonas").await;
    let plex = media::platform::PlatformAccount {
        id: media::RemoteRef::new("2100"),
        name: "noor".to_owned(),
        email: None,
        confirmed: true,
        has_pass: false,
        most_people: None,
    };
    let proven = media::identity::Proven {
        platform: "plex".to_owned(),
        account: plex,
        key: None,
    };
    let vault = bed.site.house.tools.vault.clone();
    bed.site
        .change(async |tx| {
            flows::told_at_once::platform_account::link_of_account(tx, &vault, &jonas, &proven)
                .await
                .unwrap();
        })
        .await;
    let seen = bed.sign_in("noor", true).await;
    let id = seen.path.rsplit('/').next().unwrap_or_default().to_owned();
    bed.name("sign_in", id);
    seen
}

/// Somebody takes noor's share back on Plex's own pages.
async fn take_back(bed: &Bed) {
    let state = plex_state(&bed.site).await;
    let shares = state["shares"].as_array().expect("shares").clone();
    let theirs = |share: &&Value| share["username"] == "noor" && share["state"] == "accepted";
    let share = shares.iter().find(theirs).expect("shared");
    let url = bed
        .site
        .outside
        .plex_tv(&format!("/api/v2/shared_servers/{}", share["id"]));
    let headers = [
        ("x-plex-token", standins::plex::ORLA_TOKEN.to_owned()),
        ("x-plex-client-identifier", "a-browser".to_owned()),
    ];
    let (status, answer) = bed
        .site
        .outside
        .call_as("DELETE", &url, &headers, None)
        .await;
    assert!(status < 300, "{status}: {answer}");
}
