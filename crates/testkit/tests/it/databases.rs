//! Test databases: migrated, separate, and dropped afterwards.
use infravault_kernel::{Actor, Credential, Role, Scope, Scopes};
use infravault_testkit::db::{QUOTA_BYTES, TestDb};
use tokio_postgres::NoTls;

#[tokio::test]
async fn each_test_has_its_own_database_with_seeded_accounts() {
    let (one, other) = tokio::join!(TestDb::new(), TestDb::new());
    assert_ne!(one.url(), other.url());
    let alice = one.account("alice").await;
    let root = one.account_as("root", Role::Admin).await;
    let scopes = Scopes::new([Scope::ImagesRead]);
    let cases = [
        (one.session(alice).await, Role::User, Scopes::all()),
        (one.session(root).await, Role::Admin, Scopes::all()),
        (one.api_token(alice, &scopes).await, Role::User, scopes),
    ];
    for (credential, role, scopes) in cases {
        let (tx, actor) = one.db().begin(&one.ctx(credential)).await.unwrap();
        let principal = actor.require_principal().unwrap();
        assert_eq!((principal.role, &principal.scopes), (role, &scopes));
        assert_eq!(principal.quota_bytes, QUOTA_BYTES);
        let seen = tx.query("SELECT FROM users.accounts", &[]).await.unwrap().len();
        assert_eq!(seen, if role == Role::Admin { 2 } else { 1 });
    }
    let (tx, actor) = other.db().begin(&other.ctx(Credential::System)).await.unwrap();
    assert_eq!(actor, Actor::System);
    assert!(
        tx.query("SELECT FROM users.accounts", &[])
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn login_is_not_a_superuser_and_suspended_account_is_rejected() {
    let db = TestDb::new().await;
    let (client, connection) = tokio_postgres::connect(&db.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let row = client
        .query_one(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .await
        .unwrap();
    assert!(!row.get::<_, bool>(0));
    let bob = db.account("bob").await;
    let credential = db.session(bob).await;
    db.suspend(bob).await;
    assert!(db.db().begin(&db.ctx(credential)).await.is_err());
}

#[tokio::test]
async fn database_is_dropped_with_its_value_despite_open_connections() {
    let witness = TestDb::new().await;
    let gone = TestDb::new().await;
    let pool = gone.db();
    let _open = pool.begin_system().await.unwrap();
    let name = gone.url().rsplit('/').next().unwrap().to_owned();
    drop(gone);
    let found = witness
        .superuser()
        .await
        .query("SELECT FROM pg_database WHERE datname = $1", &[&name])
        .await
        .unwrap();
    assert!(found.is_empty());
}
