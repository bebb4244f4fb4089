//! People whom a program invites, and two members whom it joins.

use kit::Span;
use people::role::Permission;
use serde_json::json;
use testkit::engines;

use super::Program;
use crate::support::TestSite;

const BOTH: [Permission; 2] = [Permission::MembersSee, Permission::MembersChange];

/// Checklist: B15
#[tokio::test]
async fn a_program_invites_once_sees_each_server_and_takes_it_back() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let robin = Program::of(&site, "Robin", &BOTH).await;
        let new = json!({
            "name": "Ida Weber", "email": "ida@example.org", "server_ids": [shop.server],
            "payment": {"price_id": shop.month, "transaction": "cash 12"},
        });
        let invite = async || {
            let sent = Some(new.clone());
            robin
                .ask_once("POST", "invitations", sent, Some("ida-1"))
                .await
        };
        let (status, made) = invite().await;
        assert_eq!(status, 201, "{made}");
        assert_eq!(invite().await.1["id"], made["id"], "sent twice, made once");
        site.run_jobs().await;
        let path = format!("invitations/{}", made["id"].as_str().expect("an id"));
        let shown = robin.get(&path).await;
        assert_eq!(shown["state"], "pending");
        assert_eq!(shown["servers"][0]["state"], "sent", "{shown}");
        assert_eq!(site.letters("invitation").await.len(), 1);
        let paid = site.payments().await;
        assert_eq!(paid.len(), 1, "booked once");

        let (status, refused) = robin.ask("POST", "invitations", Some(new.clone())).await;
        assert_eq!(status, 422, "{refused}");
        let said = refused["detail"].as_str().expect("a sentence");
        assert!(said.contains("is invited already"), "{said}");

        site.advance(Span::minutes(5)).await;
        let again = format!("{path}/send-again");
        assert_eq!(robin.ask("POST", &again, None).await.0, 200);
        site.run_jobs().await;
        assert_eq!(site.letters("invitation").await.len(), 2);
        let withdraw = format!("{path}/withdraw");
        let (status, _) = robin.ask("POST", &withdraw, None).await;
        assert_eq!(status, 422, "a reason is asked for");
        let reason = json!({"reason": "She moved away"});
        let (_, over) = robin.ask("POST", &withdraw, Some(reason)).await;
        assert_eq!(over["state"], "withdrawn", "{over}");
        let listed = robin.get("invitations?state=withdrawn").await;
        assert_eq!(listed["data"][0]["id"], made["id"]);
        assert_eq!(
            robin.get("invitations?state=pending").await["data"],
            json!([])
        );
        assert_eq!(robin.ask("POST", &again, None).await.0, 422, "it is over");
    }
}

#[tokio::test]
async fn what_an_invitation_gives_is_said_once_and_checked() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let robin = Program::of(&site, "Robin", &BOTH).await;
        let gift = |more: serde_json::Value| {
            let mut gift = json!({"plan_id": shop.plan});
            gift.as_object_mut()
                .expect("an object")
                .extend(more.as_object().expect("an object").clone());
            json!({"name": "Ida", "email": "ida@example.org", "gift": gift})
        };
        let nothing = json!({"name": "Ida", "email": "ida@example.org"});
        let both = gift(json!({"permanent": true, "until": "2030-01-01T00:00:00Z"}));
        let mut nowhere = gift(json!({"permanent": true}));
        nowhere["server_ids"] = json!(["srv_01jnm3v8q0e5x8y8z8w8v8t8s8"]);
        for (sent, field) in [(nothing, "gift"), (both, "gift"), (nowhere, "server_ids")] {
            let (status, answer) = robin.ask("POST", "invitations", Some(sent)).await;
            assert_eq!(status, 422, "{answer}");
            assert!(answer["errors"][field].is_array(), "{field}: {answer}");
        }
        let ten = gift(json!({"length": {"count": 10, "unit": "days"}}));
        let (status, made) = robin.ask("POST", "invitations", Some(ten)).await;
        assert_eq!(status, 201, "{made}");
        let looking = Program::of(&site, "Sam", &BOTH[..1]).await;
        let again = format!(
            "invitations/{}/send-again",
            made["id"].as_str().expect("an id")
        );
        assert_eq!(
            looking.ask("POST", &again, None).await.0,
            404,
            "seeing is not changing"
        );
    }
}

/// Checklist: B14
#[tokio::test]
async fn a_program_foresees_and_joins_two_members_who_are_one_person() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        for who in ["Mara", "Marah"] {
            site.buy(who, &shop, &shop.month).await.expect("bought");
            site.hear().await;
        }
        let robin = Program::of(&site, "Robin", &BOTH).await;
        let (from, into) = (site.member("Marah").await, site.member("Mara").await);
        let path = format!("members/{from}/merge");
        let order = |dry_run: bool| json!({"into_id": into, "reason": "One person, twice", "dry_run": dry_run});
        let (status, foreseen) = robin.ask("POST", &path, Some(order(true))).await;
        assert_eq!(
            (status, &foreseen["done"]),
            (200, &json!(false)),
            "{foreseen}"
        );
        assert!(
            foreseen["moves"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
        );
        assert_eq!(robin.get(&format!("members/{from}")).await["name"], "Marah");
        let (status, joined) = robin.ask("POST", &path, Some(order(false))).await;
        assert_eq!((status, &joined["done"]), (200, &json!(true)), "{joined}");
        site.hear().await;
        let (status, _) = robin.ask("POST", &path, Some(order(false))).await;
        assert!(status >= 400, "joined once");
        let given = site.live_grants("Mara").await;
        assert_eq!(given, 2, "the time of both");
    }
}
