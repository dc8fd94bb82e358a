//! Granting roles from the command line.
use crate::users;
use infravault_kernel::{Credential, DomainError, Role};
use infravault_testkit::db::TestDb;
use infravault_users::{AccountRef, Error};

#[tokio::test]
async fn email_address_must_be_unambiguous() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let ada = db.account("ada").await;
    let (first, second) = (db.account("ambiguous").await, db.account("ambiguous").await);
    let ctx = db.ctx(Credential::System);
    let tx = db.db().begin_system().await.unwrap();
    let email = |text: &str| text.parse::<AccountRef>().unwrap();

    let diff = users
        .grant_role_in(&ctx, &tx, &email("ADA@example.com"), Role::Admin)
        .await
        .unwrap();
    assert_eq!(
        (diff.after.id, diff.role()),
        (ada, Some((Role::User, Role::Admin)))
    );

    let error = users
        .grant_role_in(&ctx, &tx, &email("unknown@example.com"), Role::Admin)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("unknown@example.com"), "{error}");

    let error = users
        .grant_role_in(&ctx, &tx, &email("ambiguous@example.com"), Role::Admin)
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(&first.to_string()) && text.contains(&second.to_string()),
        "{text}"
    );
    assert!(matches!(error, Error::AmbiguousEmail { accounts, .. } if accounts.len() == 2));
    let diff = users
        .grant_role_in(&ctx, &tx, &second.to_string().parse().unwrap(), Role::Moderator)
        .await
        .unwrap();
    assert_eq!(diff.after.role, Role::Moderator);

    let error = users
        .grant_role_in(&ctx, &tx, &AccountRef::Id(ada), Role::User)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "last-administrator");
}
