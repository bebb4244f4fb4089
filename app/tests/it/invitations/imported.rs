//! Members who were on a server before: recognised, previewed, linked, and given time without a payment.

use billing::status::Status;
use billing::term::{self, CauseKind};
use kit::id::{MemberId, ServerId};
use kit::{PageAsked, Subject};
use media::remote_user::{self, SeenUser, Whose};
use media::share::{self, ShareState};
use people::{identity, member};
use serde_json::Value;
use testkit::engines;

use crate::plex::Scene;
use crate::support::{Browser, TestSite};

/// Those on a server who are nobody's here.
async fn strangers(site: &TestSite, server: &ServerId) -> Vec<SeenUser> {
    let asked = PageAsked::first(50);
    let page = remote_user::list(&site.house.db, server, Whose::NotOurs, &asked).await;
    page.unwrap().rows
}

async fn stranger(site: &TestSite, server: &ServerId, name: &str) -> SeenUser {
    let all = strangers(site, server).await;
    let found = all.into_iter().find(|user| user.name == name);
    found.expect("is on the server")
}

/// As the operator does it: ticks them, looks at the preview, and links them. Answers the preview.
async fn import(
    office: &mut Browser,
    server: &ServerId,
    users: &[&SeenUser],
    terms: &[(&str, &str)],
) -> String {
    let mut fields: Vec<(&str, &str)> = users
        .iter()
        .map(|user| ("user", user.id.as_str()))
        .collect();
    let path = format!("/office/servers/{server}/users");
    let preview = office.post(&format!("{path}/preview"), &fields).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    fields.extend(terms);
    let linked = office.post(&format!("{path}/link"), &fields).await;
    assert_eq!(linked.status, 303, "{}", linked.body);
    preview.body
}

async fn member_of(site: &TestSite, server: &ServerId, user: &SeenUser) -> MemberId {
    let found = share::find_by_remote(&site.house.db, server, &user.remote_id).await;
    found.unwrap().expect("is linked").member_id
}

async fn standing_of(site: &TestSite, id: &MemberId) -> billing::standing::Standing {
    let db = &site.house.db;
    let living = billing::subscription::living_of(db, &Subject::of(id)).await;
    let id = living.unwrap().expect("a membership").id;
    billing::standing::standing(db, &id, site.world.now())
        .await
        .unwrap()
}

/// Everything that Plex keeps of who shares what.
fn shares_of(state: &Value) -> Vec<(String, Value, Value)> {
    let all = state["shares"].as_array().expect("shares");
    let kept = |share: &Value| {
        let id = share["id"].to_string();
        (id, share["username"].clone(), share["state"].clone())
    };
    all.iter().map(kept).collect()
}

/// Checklist: G29, G31
#[tokio::test]
async fn friends_and_home_users_become_members_for_one_period_without_a_payment() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let (site, server) = (&scene.site, scene.shop.server.clone());
        site.turn().await;
        let jonas = stranger(site, &server, "jonas").await;
        let pim = stranger(site, &server, "Pim").await;
        let before = scene.state().await;
        let plan = scene.shop.plan.to_string();
        let terms = [("plan", plan.as_str()), ("time", "period")];
        let preview = import(&mut scene.office, &server, &[&jonas, &pim], &terms).await;
        assert!(preview.contains("jonas becomes a new member"), "{preview}");
        assert_eq!(
            shares_of(&scene.state().await),
            shares_of(&before),
            "nobody is invited, and nobody is changed by it"
        );
        site.run_jobs().await;
        site.turn().await;

        for user in [&jonas, &pim] {
            let id = member_of(site, &server, user).await;
            let standing = standing_of(site, &id).await;
            assert_eq!(standing.status, Status::Active);
            assert_eq!(standing.grants.len(), 1);
            assert_eq!(standing.grants[0].cause_kind, CauseKind::Import);
            assert_eq!(standing.grants[0].length(), kit::Length::months(1));
            let grants = term::list_of(&site.house.db, &standing.subscription.id).await;
            assert_eq!(grants.unwrap().len(), 1);
            let shares = share::list_of_member(&site.house.db, &id).await.unwrap();
            assert_eq!(shares[0].state, ShareState::InPlace, "{shares:?}");
        }
        assert!(site.payments().await.is_empty(), "no payment is made up");
        let after = shares_of(&scene.state().await);
        assert_eq!(after, shares_of(&before), "the same shares as before");
        let jonas = member_of(site, &server, &jonas).await;
        let found = member::find(&site.house.db, &jonas).await.unwrap();
        let email = found.unwrap().email.expect("Plex tells it");
        assert_eq!(email.as_str(), "jonas@example.org");
        site.assert_no_failures().await;
    }
}

/// Checklist: G30
#[tokio::test]
async fn who_is_imported_as_permanent_never_expires() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up_on("emby").await;
        site.turn().await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        let (anton, hedda) = (
            stranger(&site, &shop.server, "anton").await,
            stranger(&site, &shop.server, "Hedda Lund").await,
        );
        let plan = shop.plan.to_string();
        let terms = [("plan", plan.as_str()), ("time", "permanent")];
        import(&mut office, &shop.server, &[&anton], &terms).await;
        let day = kit::Zone::utc()
            .civil(site.world.now() + kit::Span::days(90))
            .date()
            .to_string();
        let until = [
            ("plan", plan.as_str()),
            ("time", "day"),
            ("until", day.as_str()),
        ];
        import(&mut office, &shop.server, &[&hedda], &until).await;
        site.run_jobs().await;

        let (anton, hedda) = (
            member_of(&site, &shop.server, &anton).await,
            member_of(&site, &shop.server, &hedda).await,
        );
        assert_eq!(standing_of(&site, &anton).await.status, Status::Permanent);
        let until = standing_of(&site, &hedda).await.term.paid_until;
        assert!(!until.expect("an end").is_never(), "not for good");
        let ids = identity::list_of(&site.house.db, &anton).await.unwrap();
        assert_eq!(ids[0].label, "anton", "known by their id there");
        assert!(site.payments().await.is_empty());
        site.assert_no_failures().await;
    }
}

/// Checklist: G29
#[tokio::test]
async fn who_is_a_member_already_is_recognised_by_account_whatever_the_name() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let (site, shop) = (&scene.site, &scene.shop);
        let server = shop.server.clone();
        site.turn().await;
        // Mara shows that the Plex account `mara` is hers, before anybody links its share.
        site.buy("Mara", shop, &shop.month).await.expect("bought");
        site.hear().await;
        let jonas = stranger(site, &server, "jonas").await;
        let plan = shop.plan.to_string();
        let terms = [("plan", plan.as_str()), ("time", "period")];
        import(&mut scene.office, &server, &[&jonas], &terms).await;
        site.run_jobs().await;
        let id = member_of(site, &server, &jonas).await;
        // The link is undone, and Jonas calls himself another name by now.
        let theirs = share::find_by_remote(&site.house.db, &server, &jonas.remote_id).await;
        let theirs = theirs.unwrap().expect("linked").id;
        site.change(async |tx| media::link::undo(tx, &theirs).await.unwrap())
            .await;
        let renamed =
            serde_json::json!({ "person": "jonas", "action": "rename", "to": "jonas.west" });
        scene.person(renamed).await;
        site.advance(kit::Span::hours(2)).await;
        let renamed = stranger(site, &server, "jonas.west").await;
        let preview = import(&mut scene.office, &server, &[&renamed], &terms).await;
        assert!(
            preview.contains("it is the same account of the platform"),
            "{preview}"
        );
        assert_eq!(
            member_of(site, &server, &renamed).await,
            id,
            "no second member"
        );
        let standing = standing_of(site, &id).await;
        assert_eq!(standing.grants.len(), 1, "and no time given twice");
    }
}
