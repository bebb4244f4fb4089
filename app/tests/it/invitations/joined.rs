//! Two members who are one person: joined once, with everything that each of them has.

use billing::ledger;
use billing::status::Status;
use kit::Subject;
use kit::id::MemberId;
use media::share::{self, ShareState};
use people::{identity, member};
use testkit::engines;

use crate::support::{Browser, TestSite};

async fn living(site: &TestSite, id: &MemberId) -> billing::standing::Standing {
    let db = &site.house.db;
    let found = billing::subscription::living_of(db, &Subject::of(id)).await;
    let id = found.unwrap().expect("a membership").id;
    billing::standing::standing(db, &id, site.world.now())
        .await
        .unwrap()
}

async fn note(
    site: &TestSite,
    office: &mut Browser,
    who: &MemberId,
    name: &str,
    more: &[(&str, &str)],
) {
    let found = member::find(&site.house.db, who).await.unwrap().unwrap();
    let version = found.version.to_string();
    let email = found
        .email
        .map(|email| email.to_string())
        .unwrap_or_default();
    let mut fields = vec![
        ("name", name),
        ("email", email.as_str()),
        ("version", version.as_str()),
    ];
    fields.extend(more);
    let saved = office
        .post(&format!("/office/members/{who}/edit"), &fields)
        .await;
    assert_eq!(saved.status, 303, "{}", saved.body);
}

async fn has_the_time_and_payments_of_both(site: &TestSite, into: &MemberId) {
    let standing = living(site, into).await;
    assert_eq!(standing.status, Status::Active);
    assert_eq!(standing.grants.len(), 2, "the time of both");
    let payer = standing.subscription.payer_id.clone();
    let payments = site.payments().await;
    assert_eq!(payments.len(), 2);
    assert!(
        payments
            .iter()
            .all(|one| one.payer_id.as_ref() == Some(&payer))
    );
    let shares = share::list_of_member(&site.house.db, into).await.unwrap();
    let open: Vec<_> = shares
        .iter()
        .filter(|one| one.state == ShareState::InPlace)
        .collect();
    assert_eq!(open.len(), 1, "{shares:?}");
    assert_eq!(open[0].user_name.as_deref(), Some("mara"));
    assert!(
        site.opened("marah").await.is_empty(),
        "the other user is closed"
    );
}

/// Checklist: B14
#[tokio::test]
async fn two_members_are_joined_once_with_time_payments_and_access() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        site.buy("Marah", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        let (from, into) = (site.member("Marah").await, site.member("Mara").await);
        let payer = [
            ("payer_emails", "pays@example.org"),
            ("note", "Pays for two."),
        ];
        note(&site, &mut office, &from, "Marah", &payer).await;
        site.run_jobs().await;

        let path = format!("/office/members/{from}/join");
        let shown = office.get(&format!("{path}?into={into}")).await.body;
        for words in [
            "Both have a sign-in",
            "Both have a membership",
            "Both are on",
            "Payments, receipts and credit",
            "pays@example.org",
        ] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        let fields = [
            ("into", into.as_str()),
            ("reason", "She mistyped her name."),
        ];
        assert_eq!(
            office.post(&path, &fields[..1]).await.status,
            422,
            "a reason is needed"
        );
        let joined = office.post(&path, &fields).await;
        assert_eq!(joined.status, 303, "{}", joined.body);
        site.run_jobs().await;
        assert_eq!(office.post(&path, &fields).await.status, 422, "only once");
        let old = office.get(&format!("/office/members/{from}")).await;
        assert_eq!(old.location(), format!("/office/members/{into}"));

        has_the_time_and_payments_of_both(&site, &into).await;
        let known = identity::list_of(&site.house.db, &into).await.unwrap();
        assert!(known.iter().any(|one| one.label == "pays@example.org"));
        let kept = member::find(&site.house.db, &into).await.unwrap().unwrap();
        assert_eq!(kept.note, "Pays for two.");
        assert!(
            site.letters("cancelled").await.is_empty(),
            "nobody is told that it ended"
        );
        assert_eq!(ledger::imbalance(&site.house.db).await.unwrap(), 0);
        site.assert_no_failures().await;
    }
}
