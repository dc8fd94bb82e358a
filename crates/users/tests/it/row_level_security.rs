//! Row-level security of `users.accounts`: raw SQL as the application role.
use infravault_db::Tx;
use infravault_kernel::{AccountId, Credential, Id as _, Role};
use infravault_testkit::db::TestDb;

/// SQLSTATE `insufficient_privilege`.
const DENIED: &str = "42501";

/// Executes a statement in a savepoint. Returns the number of rows or the SQLSTATE.
async fn execute(tx: &Tx, statement: &str, id: AccountId) -> Result<u64, String> {
    tx.batch_execute("SAVEPOINT attempt").await.unwrap();
    let outcome = tx.execute(statement, &[&id.uuid()]).await;
    tx.batch_execute("ROLLBACK TO attempt").await.unwrap();
    outcome.map_err(|error| error.code().unwrap().code().to_owned())
}

const READ: &str = "SELECT FROM users.accounts WHERE id = $1";
const READ_DIRECTORY: &str = "SELECT FROM users.directory WHERE id = $1";
const RENAME: &str = "UPDATE users.accounts SET display_name = 'x' WHERE id = $1";
const PROMOTE: &str = "UPDATE users.accounts SET role = 'ADMIN' WHERE id = $1";
const ENRICH: &str = "UPDATE users.accounts SET quota_bytes = 9 WHERE id = $1";
const SUSPEND: &str = "UPDATE users.accounts SET state = 'suspended' WHERE id = $1";
const BECOME: &str = "UPDATE users.accounts SET id = '01930000-0000-7000-8000-00000000002a' WHERE id = $1";
const ADD: &str =
    "INSERT INTO users.accounts (id, email, display_name, quota_bytes) VALUES ($1, 'a@b.c', 'x', 1)";
const DELETE: &str = "DELETE FROM users.accounts WHERE id = $1";

#[tokio::test]
async fn anonymous_transactions_see_no_accounts() {
    let db = TestDb::new().await;
    let ada = db.account("ada").await;
    let (tx, _) = db.db().begin(&db.ctx(Credential::Anonymous)).await.unwrap();
    for statement in [READ, READ_DIRECTORY, RENAME, PROMOTE] {
        assert_eq!(execute(&tx, statement, ada).await, Ok(0), "{statement}");
    }
    for statement in [ADD, DELETE] {
        assert_eq!(
            execute(&tx, statement, ada).await,
            Err(DENIED.to_owned()),
            "{statement}"
        );
    }
    let anon = db.db().anonymous_client().await.unwrap();
    let error = anon.execute(READ, &[&ada.uuid()]).await.unwrap_err();
    assert_eq!(
        error.code().unwrap().code(),
        DENIED,
        "the anonymous role has no privileges on accounts"
    );
}

#[tokio::test]
async fn users_access_their_own_account_and_administrators_all() {
    let db = TestDb::new().await;
    let (bob, eve) = (db.account("bob").await, db.account("eve").await);
    let ada = db.account_as("ada", Role::Admin).await;
    let denied = || Err(DENIED.to_owned());
    let cases: [(AccountId, AccountId, &str, Result<u64, String>); 17] = [
        (bob, bob, READ, Ok(1)),
        (bob, bob, READ_DIRECTORY, Ok(0)),
        (bob, bob, RENAME, Ok(1)),
        (bob, bob, PROMOTE, denied()),
        (bob, bob, ENRICH, denied()),
        (bob, bob, BECOME, denied()),
        (bob, bob, DELETE, denied()),
        (bob, eve, READ, Ok(0)),
        (bob, eve, RENAME, Ok(0)),
        (bob, eve, SUSPEND, Ok(0)),
        (ada, bob, READ, Ok(1)),
        (ada, bob, READ_DIRECTORY, Ok(1)),
        (ada, bob, PROMOTE, Ok(1)),
        (ada, bob, SUSPEND, Ok(1)),
        (ada, bob, DELETE, denied()),
        (ada, ada, ENRICH, Ok(1)),
        (
            ada,
            ada,
            "UPDATE users.accounts SET role = 'USER' WHERE id = $1",
            denied(),
        ),
    ];
    for (actor, target, statement, expected) in cases {
        let (tx, _) = db.db().begin(&db.ctx(db.session(actor).await)).await.unwrap();
        assert_eq!(
            execute(&tx, statement, target).await,
            expected,
            "{actor} on {target}: {statement}"
        );
    }
}

#[tokio::test]
async fn row_level_security_is_forced_and_roles_are_unprivileged() {
    let db = TestDb::new().await;
    let rows = db
        .superuser()
        .await
        .query(
            "SELECT relname FROM pg_class WHERE relnamespace = 'users'::regnamespace AND relkind = 'r' \
             AND NOT (relrowsecurity AND relforcerowsecurity)",
            &[],
        )
        .await
        .unwrap();
    assert!(rows.is_empty(), "{rows:?}");
    let row = db
        .superuser()
        .await
        .query_one(
            "SELECT bool_or(rolsuper OR rolbypassrls OR rolcanlogin) FROM pg_roles WHERE rolname LIKE 'infravault\\_%' \
             AND rolname NOT LIKE 'infravault\\_codegen%'",
            &[],
        )
        .await
        .unwrap();
    assert!(
        !row.get::<_, bool>(0),
        "a role of the product has too many privileges"
    );
}

#[tokio::test]
async fn reused_connection_does_not_keep_the_account() {
    let db = TestDb::new().await;
    let single = db.db_with_max_conns(1);
    let bob = db.account("bob").await;
    let credential = db.session(bob).await;
    for end in ["COMMIT", "ROLLBACK", "SELECT 1/0"] {
        let (tx, _) = single.begin(&db.ctx(credential.clone())).await.unwrap();
        assert_eq!(execute(&tx, READ, bob).await, Ok(1));
        let _ = tx.batch_execute(end).await;
        drop(tx);
        let (tx, _) = single.begin(&db.ctx(Credential::Anonymous)).await.unwrap();
        assert_eq!(execute(&tx, READ, bob).await, Ok(0), "after {end}");
    }
}
