//! Time: reminders, grace, suspension, expiry, and back.

use billing::status::Status;
use kit::Span;
use testkit::engines;

use crate::support::TestSite;

/// Checklist: E33
#[tokio::test]
async fn a_membership_that_runs_out_keeps_every_sign_in_and_comes_back_when_paid() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        let token = site
            .outside
            .jellyfin_sign_in("mara", "a quiet evening")
            .await
            .expect("signs in");
        assert_eq!(
            site.outside
                .libraries_seen(&token)
                .await
                .expect("valid")
                .len(),
            2
        );

        site.advance(Span::days(31)).await;
        assert_eq!(site.standing("Mara").await.status, Status::Grace);
        assert_eq!(
            site.outside
                .libraries_seen(&token)
                .await
                .expect("valid")
                .len(),
            2
        );

        site.advance(Span::days(10)).await;
        assert_eq!(site.standing("Mara").await.status, Status::Suspended);
        let seen = site.outside.libraries_seen(&token).await;
        assert_eq!(seen.expect("the sign-in is kept"), Vec::<String>::new());

        site.buy("Mara", &shop, &shop.month)
            .await
            .expect("bought again");
        site.hear().await;
        assert_eq!(site.standing("Mara").await.status, Status::Active);
        let seen = site
            .outside
            .libraries_seen(&token)
            .await
            .expect("the old token works");
        assert_eq!(seen, ["Movies", "Series"]);
        site.assert_no_failures().await;
    }
}
