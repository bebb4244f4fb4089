//! One person invited by staff: to several servers of several kinds, by one link, each server with a state of its own.

use billing::status::Status;
use kit::id::{Id, InvitationId, ServerId};
use kit::{Span, Subject};
use media::server::Choices;
use media::share::ShareState;
use people::invitation::{self, Invitation, InvitationState};
use serde_json::json;
use testkit::engines;

use crate::plex::{Scene, allow_newest};
use crate::support::{Browser, TestSite};

/// Polaris and Zenith, and Ida at Plex.
async fn two_kinds(engine: &testkit::TestDb) -> (Scene, ServerId) {
    let scene = Scene::open(engine).await;
    let ida = json!({ "accounts": [{ "name": "ida", "id": 2200 }] });
    let url = scene.site.outside.plex_tv("/_control/seed");
    scene.site.outside.call("POST", &url, Some(ida)).await;
    let emby = scene.site.add_server_of("emby").await;
    (scene, emby)
}

/// Invites as the operator does, after a look; answers the invitation's page.
async fn invite(office: &mut Browser, fields: &[(&str, &str)]) -> String {
    let looked = office.post("/office/invitations/new", fields).await;
    assert_eq!(looked.status, 200, "{}", looked.body);
    assert!(looked.body.contains("What will happen"), "{}", looked.body);
    let mut sure = fields.to_vec();
    sure.push(("step", "sure"));
    let made = office.post("/office/invitations/new", &sure).await;
    assert_eq!(made.status, 303, "{}", made.body);
    made.location().to_owned()
}

async fn found(site: &TestSite, page: &str) -> Invitation {
    let id = page.rsplit('/').next().and_then(InvitationId::parse);
    let found = invitation::find(&site.house.db, &id.expect("an id")).await;
    found.unwrap().expect("an invitation")
}

/// The path of the latest letter's link.
async fn link(site: &TestSite) -> String {
    let letters = site.letters("invitation").await;
    let latest = letters.first().expect("a letter");
    let link = latest.context.0["link"].clone();
    link.strip_prefix(site.address()).expect("ours").to_owned()
}

async fn step(office: &mut Browser, page: &str, words: &str) {
    let shown = office.get(page).await;
    assert!(shown.body.contains(words), "{words}: {}", shown.body);
}

/// What staff type for Ida, who has paid in cash.
fn ida_invited<'a>(
    plan: &'a str,
    servers: [&'a str; 2],
    price: &'a str,
) -> [(&'static str, &'a str); 10] {
    [
        ("name", "Ida Weber"),
        ("email", "ida@example.org"),
        ("plex_email", "ida@plex.example"),
        ("plan", plan),
        ("server", servers[0]),
        ("server", servers[1]),
        ("paid", "on"),
        ("price", price),
        ("transaction", "cash 12"),
        ("payer", "ida@pay.example"),
    ]
}

/// What was typed is kept, and the membership runs.
async fn is_a_member(site: &TestSite, id: &kit::id::MemberId) {
    let member = people::member::find(&site.house.db, id).await;
    let member = member.unwrap().unwrap();
    assert_eq!(member.plex_email.unwrap().as_str(), "ida@plex.example");
    let subject = Subject::of(&member.id);
    let living = billing::subscription::living_of(&site.house.db, &subject).await;
    assert_eq!(living.unwrap().unwrap().status, Status::Active);
}

/// Checklist: B15, B05, B06
#[tokio::test]
async fn an_invitation_opens_servers_of_two_kinds_with_a_payment_in_one_press() {
    for engine in engines().await {
        let (mut scene, emby) = two_kinds(&engine).await;
        let (plex, price) = (scene.shop.server.to_string(), scene.shop.month.to_string());
        let plan = scene.shop.plan.to_string();
        let emby = emby.to_string();
        let fields = ida_invited(&plan, [&plex, &emby], &price);
        let page = invite(&mut scene.office, &fields).await;
        let site = &scene.site;
        site.run_jobs().await;
        let made = found(site, &page).await;
        assert_eq!(site.payments().await.len(), 1);
        let again = scene.office.post("/office/invitations/new", &fields).await;
        assert_eq!(again.status, 422, "nobody is invited twice");
        step(&mut scene.office, &page, "Letter sent").await;
        for kind in ["connect_account", "choose_media_password"] {
            assert!(site.letters(kind).await.is_empty(), "one letter is enough");
        }

        let path = link(site).await;
        let mut ida = Browser::at(site.address());
        assert!(ida.get(&path).await.body.contains("You are invited"));
        step(&mut scene.office, &page, "Link opened").await;
        let came = ida
            .post(&path, &[("name", "Ida"), ("password", "a door that sings")])
            .await;
        assert_eq!(came.status, 303, "{}", came.body);
        assert_eq!(
            Browser::at(site.address()).get(&path).await.status,
            410,
            "used up"
        );
        step(&mut scene.office, &page, "Came in, has not chosen yet").await;

        let chosen = [
            ("media", "new"),
            ("media_name", "ida"),
            ("media_password", "a quiet evening"),
        ];
        assert_eq!(ida.post("/account/choose", &chosen).await.status, 303);
        site.hear().await;
        let shares = media::share::list_of_member(&site.house.db, &made.member_id).await;
        let shares = shares.unwrap();
        let on = |id: &str| shares.iter().find(|share| share.server_id.as_str() == id);
        assert_eq!(on(&emby).unwrap().state, ShareState::InPlace, "{shares:?}");
        let theirs = on(&plex).unwrap();
        let begun = ida
            .post(&format!("/account/watching/{}/platform", theirs.id), &[])
            .await;
        assert_eq!(begun.status, 303, "{}", begun.body);
        allow_newest(site, "ida").await;
        ida.get(begun.location()).await;
        site.hear().await;
        step(&mut scene.office, &page, "Invited there, not accepted").await;
        scene
            .person(json!({ "person": "ida", "action": "accept" }))
            .await;
        site.advance(Span::hours(2)).await;
        let guest = scene.guest("ida").await.expect("shared with");
        assert_eq!(guest["state"], "accepted");
        is_a_member(site, &made.member_id).await;
        site.assert_no_failures().await;
    }
}

/// Checklist: B15
#[tokio::test]
async fn a_server_that_cannot_be_opened_says_why_and_is_tried_again() {
    for engine in engines().await {
        let (mut scene, emby) = two_kinds(&engine).await;
        let plan = scene.shop.plan.to_string();
        let (plex, zenith) = (scene.shop.server.to_string(), emby.to_string());
        let closed = async |takes: bool| {
            let server = media::server::find(&scene.site.house.db, &emby).await;
            let choices = Choices {
                takes_members: takes,
                ..Choices::of(&server.unwrap().unwrap())
            };
            scene
                .site
                .change(async |tx| media::server::change(tx, &emby, choices).await.unwrap())
                .await;
        };
        closed(false).await;
        let fields = [
            ("name", "Ida"),
            ("email", "ida@example.org"),
            ("plan", plan.as_str()),
            ("time", "permanent"),
            ("server", plex.as_str()),
            ("server", zenith.as_str()),
        ];
        let mut office = scene.office.clone();
        let page = invite(&mut office, &fields).await;
        scene.site.run_jobs().await;
        step(&mut office, &page, "takes no new members").await;
        step(&mut office, &page, "Letter sent").await;
        closed(true).await;
        let again = format!("{page}/servers/{emby}/again");
        assert_eq!(office.post(&again, &[]).await.status, 303);
        scene.site.run_jobs().await;
        let shown = office.get(&page).await.body;
        assert!(!shown.contains("takes no new members"), "{shown}");
        assert!(!shown.contains("Try again"), "{shown}");
        scene.office = office;
    }
}

/// Checklist: B15
#[tokio::test]
async fn an_invitation_gets_too_old_is_sent_anew_and_taken_back() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        let plan = shop.plan.to_string();
        let fields = [
            ("name", "Ida"),
            ("email", "ida@example.org"),
            ("plan", plan.as_str()),
            ("time", "days"),
            ("days", "90"),
        ];
        let page = invite(&mut office, &fields).await;
        site.run_jobs().await;
        let first = link(&site).await;
        site.days(15).await;
        let mut ida = Browser::at(site.address());
        assert_eq!(ida.get(&first).await.status, 410, "too old");
        let mut office = Browser::of(&site, &chief).await;
        let expired = office.get("/office/invitations?state=expired").await;
        assert!(expired.body.contains("ida@example.org"), "{}", expired.body);
        assert_eq!(office.post(&format!("{page}/again"), &[]).await.status, 303);
        site.run_jobs().await;
        assert_eq!(site.letters("invitation").await.len(), 2);
        let second = link(&site).await;
        assert_ne!(first, second);
        assert_eq!(ida.get(&second).await.status, 200);
        let csv = office.get("/office/invitations.csv?state=pending").await;
        assert!(csv.body.contains("ida@example.org"), "{}", csv.body);

        let back = [("reason", "She does not want it.")];
        let taken = office.post(&format!("{page}/take-back"), &back).await;
        assert_eq!(taken.status, 303, "{}", taken.body);
        site.run_jobs().await;
        assert_eq!(ida.get(&second).await.status, 410);
        let made = found(&site, &page).await;
        assert_eq!(made.state(site.world.now()), InvitationState::Withdrawn);
        let subject = Subject::of(&made.member_id);
        let living = billing::subscription::living_of(&site.house.db, &subject).await;
        assert!(living.unwrap().is_none_or(|one| !one.status.has_access()));
        site.assert_no_failures().await;
    }
}
