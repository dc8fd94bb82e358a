//! A transaction begins only with a valid session or token of an active account.
use infravault_db::Error;
use infravault_kernel::{Actor, AuthMethod, Credential, Id, Role, SessionId};
use infravault_testkit::db::TestDb;

#[tokio::test]
async fn valid_session_resolves_to_its_account() {
    let db = TestDb::new().await;
    let account = db.account("alice").await;
    let alice = db.session(account).await;
    let (_tx, actor) = db.db().begin(&db.ctx(alice)).await.unwrap();
    let Actor::Authenticated(principal) = actor else {
        panic!("not authenticated")
    };
    assert_eq!((principal.account, principal.role), (account, Role::User));
    assert!(matches!(principal.auth_method, AuthMethod::Session(_)));
}

#[tokio::test]
async fn ended_sessions_and_suspended_accounts_are_rejected() {
    let db = TestDb::new().await;
    let cases = [
        ("UPDATE auth.sessions SET revoked_at = now()", "ended"),
        (
            "UPDATE auth.sessions SET revoked_at = NULL, expires_at = now()",
            "ended",
        ),
        (
            "UPDATE auth.sessions SET expires_at = now() + interval '1 day', idle_expires_at = now()",
            "ended",
        ),
        (
            "UPDATE auth.sessions SET idle_expires_at = now() + interval '1 day'",
            "live",
        ),
        ("UPDATE users.accounts SET state = 'suspended'", "suspended"),
        ("UPDATE users.accounts SET state = 'active'", "live"),
        ("DELETE FROM auth.sessions", "ended"),
    ];
    let account = db.account("alice").await;
    let alice = db.session(account).await;
    for (change, expected) in cases {
        db.superuser().await.batch_execute(change).await.unwrap();
        let begun = db.db().begin(&db.ctx(alice.clone())).await.map(|_| ());
        let read = db
            .db()
            .read(
                &db.ctx(alice.clone()),
                async |client| client.prepare_cached("SELECT 1").await,
                async |client, statement| client.query(&statement, &[]).await,
            )
            .await;
        for outcome in [begun, read.map(|_| ())] {
            let found = match outcome {
                Ok(()) => "live",
                Err(Error::CredentialEnded) => "ended",
                Err(Error::AccountSuspended) => "suspended",
                Err(other) => panic!("{change}: {other}"),
            };
            assert_eq!(found, expected, "{change}");
        }
    }
}

#[tokio::test]
async fn session_of_another_account_is_rejected() {
    let db = TestDb::new().await;
    let account = db.account("alice").await;
    let alice = db.session(account).await;
    let bob = db.account("bob").await;
    let Credential::Session { session, .. } = alice else {
        panic!("no session")
    };
    let forged = Credential::Session {
        session,
        account: bob,
    };
    assert!(matches!(
        db.db().begin(&db.ctx(forged)).await,
        Err(Error::CredentialEnded)
    ));
    let unknown = Credential::Session {
        session: SessionId::from_uuid(bob.uuid()),
        account: bob,
    };
    assert!(matches!(
        db.db().begin(&db.ctx(unknown)).await,
        Err(Error::CredentialEnded)
    ));
    let token = Credential::ApiToken { hash: [7; 32] };
    assert!(matches!(
        db.db().begin(&db.ctx(token)).await,
        Err(Error::CredentialEnded)
    ));
}

#[tokio::test]
async fn use_of_a_token_is_recorded_by_reads_too() {
    let db = TestDb::new().await;
    let account = db.account("alice").await;
    let token = db.api_token(account, &infravault_kernel::Scopes::all()).await;
    // With one connection, the second statement waits for the end of the read.
    let pool = db.db_with_max_conns(1);
    let count = "SELECT count(*) FROM auth.api_tokens WHERE last_used_at IS NOT NULL";
    for expected in [0_i64, 1] {
        let ctx = db.ctx(token.clone());
        let (actor, row) = pool
            .read(
                &ctx,
                async |client| client.prepare_cached(count).await,
                async |client, statement| client.query_one(&statement, &[]).await,
            )
            .await
            .unwrap();
        assert_eq!(actor.account(), Some(account));
        assert!(row.get::<_, i64>(0) >= expected);
    }
}
