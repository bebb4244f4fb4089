//! Many people invited at once: each line says what is wrong with it, and nobody is doubled.

use kit::PageAsked;
use people::invitation::{self, InvitationFilter};
use testkit::engines;

use crate::support::{Browser, TestSite};

const LIST: &str = "name,e-mail\nMara Okafor,mara@example.org,30\njonas@example.org;Family\n\
                    nobody here\nmara@example.org\nLate,late@example.org,Gold";

async fn count(site: &TestSite) -> usize {
    let all = InvitationFilter::default();
    let asked = PageAsked::first(50);
    let page = invitation::list(&site.house.db, &all, site.world.now(), &asked).await;
    page.unwrap().rows.len()
}

/// Checklist: B16
#[tokio::test]
async fn a_list_invites_those_that_are_right_and_the_same_list_nobody_twice() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        let plan = shop.plan.to_string();
        let mut fields = vec![
            ("lines", LIST),
            ("plan", plan.as_str()),
            ("time", "days"),
            ("days", "60"),
        ];
        let looked = office.post("/office/invitations/many", &fields).await;
        for words in [
            "Invite 2 people",
            "Mara Okafor · mara@example.org",
            "30 days",
            "60 days",
            "There is no e-mail address in this line",
            "stands further up already",
            "There is no plan called Gold",
        ] {
            assert!(looked.body.contains(words), "{words}: {}", looked.body);
        }
        assert_eq!(count(&site).await, 0, "nothing is done by looking");
        fields.push(("step", "sure"));
        let begun = office.post("/office/invitations/many", &fields).await;
        assert_eq!(begun.status, 303, "{}", begun.body);
        site.run_jobs().await;
        let page = office.get(begun.location()).await.body;
        assert!(page.contains("All lines are done"), "{page}");
        assert_eq!(count(&site).await, 2);
        assert_eq!(site.letters("invitation").await.len(), 2);

        let again = office.post("/office/invitations/many", &fields).await;
        assert_eq!(again.status, 422);
        assert!(again.body.contains("Is invited already"), "{}", again.body);
        assert_eq!(count(&site).await, 2, "nobody is doubled");
        site.assert_no_failures().await;
    }
}
