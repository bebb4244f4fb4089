//! Roles: built in, made, changed, removed.

use people::PeopleError;
use people::role::{self, Permission, Permissions, RoleForm};
use people::standing::{self, Standing};

use crate::ground::houses;
use crate::saved;

fn form(name: &str) -> RoleForm {
    RoleForm {
        name: name.to_owned(),
        permissions: [Permission::PaymentsSee].into_iter().collect(),
    }
}

#[tokio::test]
async fn the_built_in_roles_are_there_and_fixed() {
    for house in houses().await {
        let roles = role::list(&house.db).await.unwrap();
        let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        assert_eq!(names, ["Administrator", "User"]);
        assert_eq!(roles[0].grants(), Permissions::all());
        assert!(roles[1].grants().is_empty());
        for role in &roles {
            let changed = saved!(house, |tx| role::change(tx, &role.id, 1, &form("Mine")));
            assert!(matches!(changed, Err(PeopleError::Forbidden(_))));
            let removed = saved!(house, |tx| role::remove(tx, &role.id));
            assert!(matches!(removed, Err(PeopleError::Forbidden(_))));
        }
    }
}

#[tokio::test]
async fn a_role_that_somebody_has_is_not_removed() {
    for house in houses().await {
        let id = saved!(house, |tx| role::create(tx, &form("Till"))).unwrap();
        let helper = house.customer("helper").await;
        let with = |role_id| Standing {
            level: helper.level,
            role_id,
            enabled: true,
            api_access: false,
        };
        saved!(house, |tx| standing::change(tx, &helper, &with(id.clone()))).unwrap();
        let refused = saved!(house, |tx| role::remove(tx, &id));
        assert!(matches!(refused, Err(PeopleError::Forbidden(_))));
        let helper_now = people::account::find(&house.db, &helper.id)
            .await
            .unwrap()
            .unwrap();
        saved!(house, |tx| standing::change(
            tx,
            &helper_now,
            &with(role::user())
        ))
        .unwrap();
        saved!(house, |tx| role::remove(tx, &id)).unwrap();
        assert!(role::find(&house.db, &id).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn two_roles_never_share_a_name() {
    for house in houses().await {
        saved!(house, |tx| role::create(tx, &form("Till"))).unwrap();
        let other = saved!(house, |tx| role::create(tx, &form("Shelf"))).unwrap();
        let doubled = saved!(house, |tx| role::create(tx, &form("TILL")));
        assert!(matches!(doubled, Err(PeopleError::Form(_))));
        let renamed = saved!(house, |tx| role::change(tx, &other, 1, &form("till")));
        assert!(matches!(renamed, Err(PeopleError::Form(_))));
    }
}

#[test]
fn a_permission_that_this_version_does_not_know_grants_nothing() {
    let read: Permissions = serde_json::from_str(r#"["members.see", "moon.walk"]"#).unwrap();
    assert_eq!(read, [Permission::MembersSee].into_iter().collect());
}
