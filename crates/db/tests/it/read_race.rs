//! A pipelined read runs after its authentication statement, regardless of earlier statements of the connection.
use infravault_kernel::{Credential, Scopes};
use infravault_testkit::db::TestDb;

#[tokio::test]
async fn prepared_statement_does_not_overtake_unprepared_authentication() {
    let db = TestDb::new().await;
    let pool = db.db_with_max_conns(1);
    let bob = db.account("bob").await;
    let (session, token) = (db.session(bob).await, db.api_token(bob, &Scopes::all()).await);
    let read = async |credential: &Credential| {
        let ctx = db.ctx(credential.clone());
        let (_, rows) = pool
            .read(
                &ctx,
                async |client| client.prepare_cached("SELECT id FROM users.accounts").await,
                async |client, statement| client.query(&statement, &[]).await,
            )
            .await
            .unwrap();
        rows.len()
    };
    for credential in [&session, &session, &token, &token, &session] {
        assert_eq!(read(credential).await, 1);
    }
}
