//! A membership on an Emby server: bought, let in, suspended, and restored on the device that was signed in.

use billing::status::Status;
use kit::Span;
use serde_json::{Value, json};
use testkit::engines;

use crate::support::TestSite;

/// A television of Mara's: its token, and the path of what it sees.
struct Television {
    token: String,
    views: String,
}

impl Television {
    async fn signed_in(site: &TestSite) -> Self {
        let who = r#"Emby UserId="", Client="Test", Device="TV", DeviceId="tv-1", Version="1""#;
        let headers = [("x-emby-authorization", who.to_owned())];
        let body = json!({ "Username": "mara", "Pw": "a quiet evening" });
        let url = site.outside.emby("/emby/Users/AuthenticateByName");
        let (status, answer) = site
            .outside
            .call_as("POST", &url, &headers, Some(body))
            .await;
        assert_eq!(status, 200, "{answer}");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            token: text(&answer["AccessToken"]),
            views: format!("/emby/Users/{}/Views", text(&answer["User"]["Id"])),
        }
    }

    /// The libraries that it shows. Panics if it is not signed in any more.
    async fn sees(&self, site: &TestSite) -> Vec<String> {
        let headers = [("x-emby-token", self.token.clone())];
        let url = site.outside.emby(&self.views);
        let (status, answer) = site.outside.call_as("GET", &url, &headers, None).await;
        assert_eq!(status, 200, "the sign-in is kept: {answer}");
        let items = answer["Items"].as_array().expect("a list");
        let name = |item: &Value| item["Name"].as_str().unwrap_or_default().to_owned();
        items.iter().map(name).collect()
    }
}

async fn state(site: &TestSite) -> Value {
    let url = site.outside.emby("/_control/state");
    site.outside.call("GET", &url, None).await.1
}

#[tokio::test]
async fn an_emby_server_lets_in_suspends_and_restores_on_the_same_device() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up_on("emby").await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        let television = Television::signed_in(&site).await;
        assert_eq!(television.sees(&site).await, ["Movies", "Series"]);
        let play = json!({ "action": "start", "user": "mara", "device_id": "sofa" });
        let url = site.outside.emby("/_control/play");
        let (status, playing) = site.outside.call("POST", &url, Some(play)).await;
        assert_eq!(status, 200, "{playing}");

        site.advance(Span::days(31)).await;
        assert_eq!(site.standing("Mara").await.status, Status::Grace);
        assert_eq!(television.sees(&site).await, ["Movies", "Series"]);

        site.advance(Span::days(10)).await;
        assert_eq!(site.standing("Mara").await.status, Status::Suspended);
        assert!(television.sees(&site).await.is_empty());
        let now = state(&site).await;
        assert_eq!(now["messages"][0]["user_name"], "mara", "told");
        let commands = now["commands"].as_array().expect("a list");
        assert!(
            commands.iter().any(|one| one["command"] == "Stop"),
            "and stopped"
        );

        site.buy("Mara", &shop, &shop.month)
            .await
            .expect("bought again");
        site.hear().await;
        assert_eq!(site.standing("Mara").await.status, Status::Active);
        assert_eq!(television.sees(&site).await, ["Movies", "Series"]);
        assert_eq!(state(&site).await["user_count"], 6, "one user was made");
        site.assert_no_failures().await;
    }
}
