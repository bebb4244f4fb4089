//! Time, told in days: reminders, deletion, holds, streams that are stopped, trials, cancellations.

use billing::hold::{self, HoldReason, NewHold};
use billing::settings::{TermSettings, TrialSettings};
use billing::status::Status;
use billing::subscription::{self, When};
use flows::told_at_once::checkout::MediaChoice;
use flows::told_at_once::trial;
use kit::{Span, Timestamp};
use media::credentials::Credentials;
use serde_json::json;
use testkit::{TestDb, engines};

use crate::support::{Shop, TestSite};

const BOTH: [&str; 2] = ["Movies", "Series"];

async fn member_for_a_month(on: &TestDb) -> (TestSite, Shop) {
    let site = TestSite::on(on).await;
    let shop = site.set_up().await;
    site.buy("Mara", &shop, &shop.month).await.expect("bought");
    site.news().await;
    (site, shop)
}

async fn ends_at(site: &TestSite) -> Timestamp {
    let term = site.standing("Mara").await.term;
    term.ends_at().expect("time was given")
}

/// Checklist: E30, E31
#[tokio::test]
async fn each_chosen_day_reminds_once_and_who_never_ends_is_left_alone() {
    for engine in engines().await {
        let (site, shop) = member_for_a_month(&engine).await;
        site.buy("Rena", &shop, &shop.monthly)
            .await
            .expect("bought");
        site.buy("Perma", &shop, &shop.month).await.expect("bought");
        site.news().await;
        let permanent = site.subscription("Perma").await.id;
        site.change(async |tx| {
            subscription::make_permanent(tx, &permanent, None)
                .await
                .expect("made");
        })
        .await;

        let until = ends_at(&site).await;
        for (told, days) in [(0, 15), (1, 14), (2, 7), (3, 3), (4, 1)] {
            site.stride_to(until - Span::days(days) + Span::minutes(20))
                .await;
            assert_eq!(
                site.letters("expiring_soon").await.len(),
                told,
                "{days} days before"
            );
            site.stride(Span::hours(5)).await;
            assert_eq!(site.letters("expiring_soon").await.len(), told, "told once");
        }
        for letter in site.letters("expiring_soon").await {
            assert_eq!(letter.to_email.as_str(), "mara@example.org");
        }
        site.assert_no_failures().await;
    }
}

/// Checklist: E32
#[tokio::test]
async fn who_ends_the_renewal_is_reminded_again() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.monthly)
            .await
            .expect("bought");
        site.news().await;
        let until = ends_at(&site).await;
        site.stride_to(until - Span::days(8)).await;
        assert_eq!(
            site.letters("expiring_soon").await.len(),
            0,
            "it renews by itself"
        );
        site.cancel("Mara", When::AtEnd).await;
        site.stride_to(until - Span::days(7) + Span::hours(1)).await;
        site.stride_to(until - Span::days(3) + Span::hours(1)).await;
        assert!(
            !site.letters("expiring_soon").await.is_empty(),
            "reminded again"
        );
        site.assert_no_failures().await;
    }
}

/// Checklist: E34
#[tokio::test]
async fn users_of_who_left_are_kept_for_the_chosen_days() {
    for engine in engines().await {
        for days in [None, Some(10)] {
            let (site, _) = member_for_a_month(&engine.fresh().await).await;
            let rules = TermSettings {
                delete_after_days: days,
                ..TermSettings::default()
            };
            site.change(async |tx| settings::save(tx, &rules, 0).await.expect("saved"))
                .await;
            let until = ends_at(&site).await;
            site.stride_to(until + Span::days(1)).await;
            assert_eq!(site.standing("Mara").await.status, Status::Grace);
            site.stride_to(until + Span::days(4)).await;
            assert_eq!(site.standing("Mara").await.status, Status::Suspended);
            assert_eq!(
                site.policy("mara").await["IsDisabled"],
                false,
                "signed in all the same"
            );
            site.stride_to(until + Span::days(18)).await;
            assert_eq!(site.standing("Mara").await.status, Status::Expired);
            assert_eq!(site.policy("mara").await["IsDisabled"], true, "over");
            site.stride_to(until + Span::days(26)).await;
            assert!(
                site.outside.jellyfin_user("mara").await.is_some(),
                "kept so long"
            );
            site.stride(Span::days(3)).await;
            site.stride(Span::days(60)).await;
            let is_kept = site.outside.jellyfin_user("mara").await.is_some();
            assert_eq!(is_kept, days.is_none(), "deleted only if it was said");
            site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn a_hold_by_staff_disables_and_lifting_it_restores() {
    for engine in engines().await {
        let (site, _) = member_for_a_month(&engine).await;
        let new = NewHold {
            subscription: site.subscription("Mara").await.id,
            reason: HoldReason::Staff,
            source: String::new(),
            note: Some("shared with the whole street".to_owned()),
            until: Timestamp::NEVER,
        };
        let hold = site
            .change(async |tx| hold::place(tx, &new).await.expect("held"))
            .await;
        assert_eq!(site.standing("Mara").await.status, Status::Suspended);
        assert_eq!(site.policy("mara").await["IsDisabled"], true);
        assert_eq!(site.letters("suspended").await.len(), 1);
        site.change(async |tx| hold::lift(tx, &hold, None).await.expect("lifted"))
            .await;
        assert_eq!(site.standing("Mara").await.status, Status::Active);
        assert_eq!(site.policy("mara").await["IsDisabled"], false);
        assert_eq!(site.opened("mara").await, BOTH);
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn a_pause_withdraws_access_and_gives_its_time_back() {
    for engine in engines().await {
        let (site, shop) = member_for_a_month(&engine).await;
        site.buy("Rena", &shop, &shop.monthly)
            .await
            .expect("bought");
        site.news().await;
        let before = ends_at(&site).await;
        let until = site.world.now() + Span::days(10);
        let pause = async |who: &str| NewHold {
            subscription: site.subscription(who).await.id,
            reason: HoldReason::CustomerPause,
            source: String::new(),
            note: None,
            until,
        };
        let renewing = pause("Rena").await;
        let refused = site
            .change(async |tx| hold::place(tx, &renewing).await.is_err())
            .await;
        assert!(refused, "who renews would be charged meanwhile");

        let new = pause("Mara").await;
        site.change(async |tx| hold::place(tx, &new).await.expect("paused"))
            .await;
        assert_eq!(site.standing("Mara").await.status, Status::Paused);
        assert_eq!(site.opened("mara").await, Vec::<String>::new());
        site.stride_to(until + Span::hours(1)).await;
        assert_eq!(site.standing("Mara").await.status, Status::Active);
        assert_eq!(site.opened("mara").await, BOTH);
        assert_eq!(ends_at(&site).await, before + Span::days(10));
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn a_permanent_member_never_ends() {
    for engine in engines().await {
        let (site, _) = member_for_a_month(&engine).await;
        let id = site.subscription("Mara").await.id;
        site.change(async |tx| {
            subscription::make_permanent(tx, &id, Some("a founder"))
                .await
                .expect("made");
        })
        .await;
        site.stride(Span::days(400)).await;
        site.stride(Span::days(1)).await;
        assert!(site.standing("Mara").await.is_permanent());
        assert_eq!(site.opened("mara").await, BOTH);
        assert_eq!(site.letters("expiring_soon").await.len(), 0);
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn who_watches_when_the_time_is_over_is_told_and_stopped() {
    for engine in engines().await {
        let (site, _) = member_for_a_month(&engine).await;
        let until = ends_at(&site).await;
        site.stride_to(until + Span::days(3) - Span::minutes(3))
            .await;
        let play = json!({ "action": "start", "user": "mara", "device": "Living room", "device_id": "tv-1" });
        let url = site.outside.jellyfin("/_control/play");
        let (status, playing) = site.outside.call("POST", &url, Some(play)).await;
        assert_eq!(status, 200, "grace lets her watch: {playing}");
        site.stride(Span::minutes(5)).await;
        assert_eq!(site.standing("Mara").await.status, Status::Suspended);
        let state = site.outside.jellyfin_state().await;
        let told = state["messages"].to_string();
        assert!(told.contains("Your membership has run out"), "{told}");
        let commands = state["commands"].as_array().cloned().unwrap_or_default();
        assert!(
            commands.iter().any(|it| it["command"] == "Stop"),
            "{commands:?}"
        );
        let user = site.outside.jellyfin_user("mara").await.expect("is there");
        assert_eq!(user["tokens"], 1, "the device stays signed in");
        site.assert_no_failures().await;
    }
}

/// Checklist: D08
#[tokio::test]
async fn a_trial_is_had_once() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        site.set_up().await;
        let plan = site.add_trial_plan().await;
        let tools = &site.house.tools;
        let credentials =
            || MediaChoice::New(Credentials::parse("mara", "a quiet evening").expect("fits"));
        let account = site.account("Mara").await;
        let start = async || {
            trial::start(
                tools,
                &account,
                &plan,
                trial::Wish::default(),
                &credentials(),
            )
            .await
        };
        let refused = start()
            .await
            .expect_err("trials are switched off")
            .to_string();
        assert!(refused.contains("not offered"), "{refused}");
        let rules = TrialSettings {
            enabled: true,
            ..TrialSettings::default()
        };
        site.change(async |tx| settings::save(tx, &rules, 0).await.expect("saved"))
            .await;

        start().await.expect("a trial is begun");
        site.news().await;
        assert_eq!(site.standing("Mara").await.status, Status::Trial);
        assert_eq!(site.opened("mara").await, BOTH);
        assert!(start().await.is_err(), "while it runs");
        site.stride(Span::days(8)).await;
        assert_eq!(
            site.standing("Mara").await.status,
            Status::Suspended,
            "no grace after a trial"
        );
        assert_eq!(site.opened("mara").await, Vec::<String>::new());
        let refused = start().await.expect_err("once for each person").to_string();
        assert!(refused.contains("one free trial"), "{refused}");
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn a_cancelled_month_stays_until_its_end_or_ends_at_once_or_is_taken_back() {
    for engine in engines().await {
        let (site, shop) = member_for_a_month(&engine).await;
        let until = ends_at(&site).await;
        site.cancel("Mara", When::AtEnd).await;
        site.undo_cancel("Mara").await;
        site.stride_to(until + Span::hours(1)).await;
        assert_eq!(
            site.standing("Mara").await.status,
            Status::Grace,
            "taken back"
        );

        site.buy("Nils", &shop, &shop.month).await.expect("bought");
        site.news().await;
        site.cancel("Nils", When::AtEnd).await;
        site.stride(Span::days(20)).await;
        assert_eq!(site.standing("Nils").await.status, Status::Active);
        site.stride(Span::days(12)).await;
        assert_eq!(
            site.standing("Nils").await.status,
            Status::Cancelled,
            "no grace"
        );
        assert_eq!(site.policy("nils").await["IsDisabled"], true);

        site.buy("Olga", &shop, &shop.month).await.expect("bought");
        site.news().await;
        site.cancel("Olga", When::Now).await;
        assert_eq!(site.standing("Olga").await.status, Status::Cancelled);
        assert_eq!(site.policy("olga").await["IsDisabled"], true);
        assert!(
            site.outside.jellyfin_user("olga").await.is_some(),
            "disabled, not deleted"
        );
        site.assert_no_failures().await;
    }
}
