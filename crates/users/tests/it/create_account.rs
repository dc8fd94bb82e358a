//! The account of a first sign-in.
use crate::users;
use infravault_kernel::{Credential, DomainError, Role};
use infravault_testkit::db::TestDb;
use infravault_users::AccountState;

#[tokio::test]
async fn first_sign_in_creates_a_user_with_the_default_quota() {
    let db = TestDb::new().await;
    let users = users(&db, &[("ACCOUNT_DEFAULT_QUOTA", "5MiB")]);
    let ctx = db.ctx(Credential::System);
    let tx = db.db().begin_system().await.unwrap();
    let id = users
        .create_account_in(&ctx, &tx, "ada@example.com", "  Ada\u{0} Lovelace\n")
        .await
        .unwrap();
    let account = users.find_account_in(&tx, id).await.unwrap().unwrap();
    assert_eq!(account.email, "ada@example.com");
    assert_eq!(account.display_name.as_str(), "Ada Lovelace");
    assert_eq!(
        (account.role, account.state, account.version),
        (Role::User, AccountState::Active, 1)
    );
    assert_eq!(account.quota_bytes, 5 << 20);
    assert_eq!(account.locale.as_str(), "en");
    assert!(account.preferences.as_object().is_empty());
    drop(tx);
    let tx = db.db().begin_system().await.unwrap();
    assert_eq!(
        users.find_account_in(&tx, id).await.unwrap(),
        None,
        "the account is rolled back with the transaction"
    );
}

#[tokio::test]
async fn closed_sign_up_and_invalid_email_address_are_rejected() {
    let db = TestDb::new().await;
    let ctx = db.ctx(Credential::System);
    let tx = db.db().begin_system().await.unwrap();
    let closed = users(&db, &[("ACCOUNT_SIGN_UP", "closed")]);
    let error = closed
        .create_account_in(&ctx, &tx, "ada@example.com", "Ada")
        .await
        .unwrap_err();
    assert_eq!(error.code(), "sign-up-disabled");
    let open = users(&db, &[]);
    let error = open.create_account_in(&ctx, &tx, "a", "Ada").await.unwrap_err();
    assert_eq!(
        (error.code(), error.fields()[0].field.as_str()),
        ("validation-failed", "email")
    );
}
