//! Row-level security of `users.accounts` against raw SQL under the application's role (N33).
use infravault_db::Tx;
use infravault_kernel::{AccountId, Credential, Id as _, Role};
use infravault_testkit::db::TestDb;

const REFUSED: &str = "42501";

/// Runs a statement in a savepoint; the number of rows, or the SQLSTATE.
async fn attempt(tx: &Tx, statement: &str, id: AccountId) -> Result<u64, String> {
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
async fn without_a_context_there_is_nothing() {
    let db = TestDb::new().await;
    let ada = db.account("ada").await;
    let (tx, _) = db.db().begin(&db.ctx(Credential::Anonymous)).await.unwrap();
    for statement in [READ, READ_DIRECTORY, RENAME, PROMOTE] {
        assert_eq!(attempt(&tx, statement, ada).await, Ok(0), "{statement}");
    }
    for statement in [ADD, DELETE] {
        assert_eq!(
            attempt(&tx, statement, ada).await,
            Err(REFUSED.to_owned()),
            "{statement}"
        );
    }
    let anon = db.db().anonymous_client().await.unwrap();
    let error = anon.execute(READ, &[&ada.uuid()]).await.unwrap_err();
    assert_eq!(
        error.code().unwrap().code(),
        REFUSED,
        "the anonymous role has no business here at all"
    );
}

#[tokio::test]
async fn people_reach_themselves_and_administrators_everybody() {
    let db = TestDb::new().await;
    let (bob, eve) = (db.account("bob").await, db.account("eve").await);
    let ada = db.account_as("ada", Role::Admin).await;
    let refused = || Err(REFUSED.to_owned());
    let cases: [(AccountId, AccountId, &str, Result<u64, String>); 17] = [
        (bob, bob, READ, Ok(1)),
        (bob, bob, READ_DIRECTORY, Ok(0)),
        (bob, bob, RENAME, Ok(1)),
        (bob, bob, PROMOTE, refused()),
        (bob, bob, ENRICH, refused()),
        (bob, bob, BECOME, refused()),
        (bob, bob, DELETE, refused()),
        (bob, eve, READ, Ok(0)),
        (bob, eve, RENAME, Ok(0)),
        (bob, eve, SUSPEND, Ok(0)),
        (ada, bob, READ, Ok(1)),
        (ada, bob, READ_DIRECTORY, Ok(1)),
        (ada, bob, PROMOTE, Ok(1)),
        (ada, bob, SUSPEND, Ok(1)),
        (ada, bob, DELETE, refused()),
        (ada, ada, ENRICH, Ok(1)),
        (
            ada,
            ada,
            "UPDATE users.accounts SET role = 'USER' WHERE id = $1",
            refused(),
        ),
    ];
    for (who, whom, statement, expected) in cases {
        let (tx, _) = db.db().begin(&db.ctx(db.session(who).await)).await.unwrap();
        assert_eq!(
            attempt(&tx, statement, whom).await,
            expected,
            "{who} on {whom}: {statement}"
        );
    }
}

#[tokio::test]
async fn the_rules_are_forced_and_the_role_is_weak() {
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
        "a role of the product may do more than it should"
    );
}

#[tokio::test]
async fn a_connection_forgets_who_used_it() {
    let db = TestDb::new().await;
    let one = db.db_with_max_conns(1);
    let bob = db.account("bob").await;
    let credential = db.session(bob).await;
    for end in ["COMMIT", "ROLLBACK", "SELECT 1/0"] {
        let (tx, _) = one.begin(&db.ctx(credential.clone())).await.unwrap();
        assert_eq!(attempt(&tx, READ, bob).await, Ok(1));
        let _ = tx.batch_execute(end).await;
        drop(tx);
        let (tx, _) = one.begin(&db.ctx(Credential::Anonymous)).await.unwrap();
        assert_eq!(attempt(&tx, READ, bob).await, Ok(0), "after {end}");
    }
}
