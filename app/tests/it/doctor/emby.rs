//! The cases of Emby.

use kit::PageAsked;
use media::remote_user::{self, Whose};
use media::share;
use serde_json::json;
use testkit::TestDb;

use super::bed::{Bed, Seen, status};

const KEY: &str = standins::emby::API_KEY;

pub async fn play(name: &str, on: TestDb) -> (Bed, Seen) {
    let is_on_the_form = [
        "emby-wrong-key",
        "emby-not-administrator",
        "emby-is-jellyfin",
        "emby-too-old",
        "emby-path",
        "emby-no-premiere",
    ]
    .contains(&name);
    let kind = if is_on_the_form { "jellyfin" } else { "emby" };
    let mut bed = Bed::on(&on, kind).await;
    let zenith = bed.site.outside.emby("");
    let seen = match name {
        "emby-wrong-key" => bed.test("emby", &zenith, "mistyped").await,
        "emby-not-administrator" => bed.test("emby", &zenith, "hedda-token").await,
        "emby-is-jellyfin" => {
            let aurora = bed.site.outside.jellyfin("");
            bed.test("emby", &aurora, KEY).await
        }
        "emby-too-old" => {
            bed.seed(&zenith, json!({ "version": "4.7.9.0" })).await;
            bed.test("emby", &zenith, KEY).await
        }
        "emby-path" => bed.test("emby", &format!("{zenith}/emby"), KEY).await,
        "emby-no-premiere" => {
            bed.seed(&zenith, json!({ "premiere": false })).await;
            bed.test("emby", &zenith, KEY).await
        }
        "emby-key-revoked" => bed.sync_under(&zenith, status(401, "/")).await,
        "emby-starting" => bed.sync_under(&zenith, status(503, "/")).await,
        "emby-user-401" => {
            bed.fault(&zenith, status(401, "/Users/New")).await;
            bed.buy().await;
            bed.member_page().await
        }
        "emby-no-password" => {
            link_kids(&mut bed).await;
            bed.member_page().await
        }
        "emby-wrong-password" => {
            let other = json!({ "name": "mara", "password": "somebody else's" });
            bed.seed(&zenith, json!({ "users": [other] })).await;
            bed.buy().await;
            let typed = [
                ("media", "existing"),
                ("media_name", "mara"),
                ("media_password", "the one of connect"),
            ];
            let path = "/account/choose".to_owned();
            let page = bed.mara().await.post(&path, &typed).await;
            Seen { path, page }
        }
        "emby-name-taken" => {
            let other = json!({ "name": "mara", "password": "somebody else's" });
            bed.seed(&zenith, json!({ "users": [other] })).await;
            bed.buy().await;
            bed.member_page().await
        }
        other => panic!("nobody knows how to play {other}"),
    };
    (bed, seen)
}

/// The operator takes the user without a password in as a member.
async fn link_kids(bed: &mut Bed) {
    let db = bed.site.house.db.clone();
    let asked = PageAsked::first(50);
    let all = remote_user::list(&db, &bed.shop.server, Whose::NotOurs, &asked).await;
    let kids = all
        .unwrap()
        .rows
        .into_iter()
        .find(|user| user.name == "kids");
    let kids = kids.expect("a user without a password");
    let plan = bed.filled("{plan}");
    let path = bed.filled("/office/servers/{server}/users/link");
    let typed = [
        ("user", kids.id.as_str()),
        ("plan", plan.as_str()),
        ("permanent", "on"),
    ];
    let linked = bed.office.post(&path, &typed).await;
    assert_eq!(linked.status, 303, "{}", linked.body);
    bed.site.hear().await;
    let server = bed.shop.server.clone();
    let share = share::find_by_remote(&db, &server, &kids.remote_id).await;
    let share = share.unwrap().expect("linked");
    bed.name("member", share.member_id.to_string());
    bed.name("share", share.id.to_string());
}
