//! Plans and servers: why nobody new can have a plan.

use kit::id::{Id, ServerId};
use media::server::Choices;
use testkit::TestDb;

use super::bed::{Bed, Seen};
use crate::support::TestSite;

pub async fn play(name: &str, on: TestDb) -> (Bed, Seen) {
    let mut bed = if name == "plan-no-server" {
        nothing_added(&on).await
    } else {
        Bed::on(&on, "jellyfin").await
    };
    match name {
        "plan-full" => {
            bed.set(|server| Choices {
                ceiling: Some(1),
                ..server
            })
            .await;
            bed.buy().await;
        }
        "plan-groups" => hide_films(&mut bed).await,
        "plan-closed" => {
            bed.set(|server| Choices {
                takes_members: false,
                ..server
            })
            .await;
        }
        "plan-no-trials" => {
            let trial = bed.site.add_trial_plan().await;
            bed.name("trial", trial.to_string());
            bed.set(|server| Choices {
                takes_trials: false,
                ..server
            })
            .await;
            let seen = bed.open("/office/plans/{trial}").await;
            return (bed, seen);
        }
        "plan-switched-off" => {
            bed.set(|server| Choices {
                enabled: false,
                ..server
            })
            .await;
        }
        "plan-no-server" => {}
        other => panic!("nobody knows how to play {other}"),
    }
    let seen = bed.open("/office/plans/{plan}").await;
    (bed, seen)
}

/// A plan with films and more, and the films private.
async fn hide_films(bed: &mut Bed) {
    let (plan, _) = bed.site.add_small_plan(&bed.shop).await;
    bed.name("plan", plan.to_string());
    let library = bed.shop.server.clone();
    bed.site
        .change(async |tx| {
            let all = media::library::list_of_server(&mut *tx, &library)
                .await
                .unwrap();
            let films: Vec<_> = all
                .into_iter()
                .filter(|one| one.name == "Movies")
                .map(|one| one.id)
                .collect();
            media::group::put_libraries(tx, &library, &films, &media::group::private())
                .await
                .unwrap();
        })
        .await;
}

/// A plan, and no server at all.
async fn nothing_added(on: &TestDb) -> Bed {
    let site = TestSite::on(on).await;
    site.settings().await;
    let nowhere = ServerId::parse("srv_nowhere").expect("the text is an id");
    let shop = site.set_up_with(nowhere).await;
    Bed::around(site, shop).await
}
