//! Roles granted from the command line.
use crate::users;
use infravault_kernel::{Credential, DomainError, Role};
use infravault_testkit::db::TestDb;
use infravault_users::{AccountRef, Error};

#[tokio::test]
async fn an_address_must_name_one_account() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let ada = db.account("ada").await;
    let (one, other) = (db.account("twin").await, db.account("twin").await);
    let ctx = db.ctx(Credential::System);
    let tx = db.db().begin_system().await.unwrap();
    let email = |text: &str| text.parse::<AccountRef>().unwrap();

    let changed = users
        .grant_role_in(&ctx, &tx, &email("ADA@example.com"), Role::Admin)
        .await
        .unwrap();
    assert_eq!(
        (changed.after.id, changed.role()),
        (ada, Some((Role::User, Role::Admin)))
    );

    let error = users
        .grant_role_in(&ctx, &tx, &email("nobody@example.com"), Role::Admin)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("nobody@example.com"), "{error}");

    let error = users
        .grant_role_in(&ctx, &tx, &email("twin@example.com"), Role::Admin)
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(&one.to_string()) && text.contains(&other.to_string()),
        "{text}"
    );
    assert!(matches!(error, Error::AmbiguousEmail { accounts, .. } if accounts.len() == 2));
    let changed = users
        .grant_role_in(&ctx, &tx, &other.to_string().parse().unwrap(), Role::Moderator)
        .await
        .unwrap();
    assert_eq!(changed.after.role, Role::Moderator);

    let error = users
        .grant_role_in(&ctx, &tx, &AccountRef::Account(ada), Role::User)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "last-administrator");
}
