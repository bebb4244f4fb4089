//! API keys: shown once, never more than their account.

use kit::Secret;
use people::account::Level;
use people::api_key;
use people::role::{Permission, Permissions};
use people::standing::{self, Standing};
use people::{PeopleError, account, role};

use crate::ground::houses;
use crate::saved;

#[tokio::test]
async fn a_key_is_found_until_it_is_revoked() {
    for house in houses().await {
        let boss = house.administrator("boss").await;
        let all = Permissions::all();
        let scopes: Permissions = [Permission::MembersSee].into_iter().collect();
        let (id, key) = saved!(house, |tx| api_key::create(
            tx, &boss, &all, "Cron", &scopes
        ))
        .unwrap();
        assert!(key.reveal().starts_with("ph_"));
        assert!(
            api_key::find(&house.db, &key).await.unwrap().is_none(),
            "no API access yet"
        );

        let standing = Standing {
            level: Level::Administrator,
            role_id: role::administrator(),
            enabled: true,
            api_access: true,
        };
        saved!(house, |tx| standing::change(tx, &boss, &standing)).unwrap();
        let holder = api_key::find(&house.db, &key).await.unwrap().unwrap();
        assert!(holder.may(Permission::MembersSee) && !holder.may(Permission::MembersChange));
        assert_eq!(holder.actor().id, id.as_str());
        assert!(holder.wants_touch(house.world.now()));
        saved!(house, |tx| api_key::touch(tx, &id)).unwrap();
        let holder = api_key::find(&house.db, &key).await.unwrap().unwrap();
        assert!(!holder.wants_touch(house.world.now()));

        saved!(house, |tx| api_key::revoke(tx, &id)).unwrap();
        saved!(house, |tx| api_key::revoke(tx, &id)).unwrap();
        assert!(api_key::find(&house.db, &key).await.unwrap().is_none());
        let made_up = Secret::new("ph_00000000000000000000000000");
        assert!(api_key::find(&house.db, &made_up).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_key_shrinks_with_its_account() {
    for house in houses().await {
        house.administrator("boss").await;
        let helper = house.administrator("helper").await;
        let all = Permissions::all();
        let (_, key) =
            saved!(house, |tx| api_key::create(tx, &helper, &all, "Mine", &all)).unwrap();
        let shrunk = Standing {
            level: Level::Customer,
            role_id: role::user(),
            enabled: true,
            api_access: true,
        };
        saved!(house, |tx| standing::change(tx, &helper, &shrunk)).unwrap();
        let holder = api_key::find(&house.db, &key).await.unwrap().unwrap();
        assert!(holder.permissions.is_empty());
        let now = account::find(&house.db, &helper.id).await.unwrap().unwrap();
        let none = Permissions::default();
        let refused = saved!(house, |tx| api_key::create(tx, &now, &none, "More", &all));
        assert!(matches!(refused, Err(PeopleError::Form(_))));
    }
}
