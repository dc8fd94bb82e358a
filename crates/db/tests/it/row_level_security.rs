//! Row-level security covers every table, and without a caller no row is visible.
use infravault_kernel::Credential;
use infravault_testkit::db::TestDb;

#[tokio::test]
async fn every_table_forces_row_level_security_and_roles_own_nothing() {
    let db = TestDb::new().await;
    let client = db.superuser().await;
    let open = "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('users', 'auth', 'images') AND c.relkind = 'r'
            AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
    assert_eq!(
        client.query(open, &[]).await.unwrap().len(),
        0,
        "a table without forced row-level security"
    );
    let tables = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('users', 'auth', 'images') AND c.relkind = 'r'";
    assert!(client.query_one(tables, &[]).await.unwrap().get::<_, i64>(0) >= 10);
    let strong = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'infravault%'
        AND (rolsuper OR rolbypassrls OR (rolcanlogin AND rolname <> 'infravault'))";
    assert_eq!(
        client.query(strong, &[]).await.unwrap().len(),
        0,
        "a role with too many privileges"
    );
    let owned = "SELECT count(*) FROM pg_class WHERE relowner IN (SELECT oid FROM pg_roles
        WHERE rolname IN ('infravault_app', 'infravault_anon', 'infravault_worker')) AND relkind = 'r'";
    assert_eq!(client.query_one(owned, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn without_a_caller_no_row_is_visible_or_changeable() {
    let db = TestDb::new().await;
    db.account("alice").await;
    let (tx, _) = db.db().begin(&db.ctx(Credential::Anonymous)).await.unwrap();
    for table in [
        "users.accounts",
        "auth.sessions",
        "auth.api_tokens",
        "images.images",
        "images.usage",
        "images.idempotency_keys",
    ] {
        let rows = tx
            .query_one(&format!("SELECT count(*) FROM {table}"), &[])
            .await
            .unwrap();
        assert_eq!(rows.get::<_, i64>(0), 0, "{table}");
    }
    let changed = tx
        .execute("UPDATE users.accounts SET display_name = 'mine'", &[])
        .await
        .unwrap();
    assert_eq!(changed, 0);
    drop(tx);
    for table in [
        "auth.refresh_tokens",
        "auth.identities",
        "auth.sign_ins",
        "auth.audit",
    ] {
        let (tx, _) = db.db().begin(&db.ctx(Credential::Anonymous)).await.unwrap();
        let error = tx
            .query(&format!("SELECT * FROM {table}"), &[])
            .await
            .unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{table}");
    }
}

#[tokio::test]
async fn caller_does_not_leak_into_the_next_request_of_a_connection() {
    let db = TestDb::new().await;
    let account = db.account("alice").await;
    let alice = db.session(account).await;
    // With one connection, every request reuses the connection of Alice.
    let pool = db.db_with_max_conns(1);
    let count = "SELECT count(*) FROM users.accounts";
    for round in 0..100 {
        let (tx, _) = pool.begin(&db.ctx(alice.clone())).await.unwrap();
        assert_eq!(
            tx.query_one(count, &[]).await.unwrap().get::<_, i64>(0),
            1,
            "round {round}"
        );
        match round % 4 {
            0 => tx.commit().await.unwrap(),
            1 => drop(tx),
            2 => drop((tx.query("SELECT 1 / 0", &[]).await, tx)),
            _ => {
                // Drop a request while its statement runs.
                let statement = tx.batch_execute("SELECT pg_sleep(0.002)");
                let _ = tokio::time::timeout(std::time::Duration::from_micros(100), statement).await;
                drop(tx);
            }
        }
        let (tx, _) = pool.begin(&db.ctx(Credential::Anonymous)).await.unwrap();
        assert_eq!(
            tx.query_one(count, &[]).await.unwrap().get::<_, i64>(0),
            0,
            "round {round}"
        );
        drop(tx);
        let (_, row) = pool
            .read(
                &db.ctx(alice.clone()),
                async |client| client.prepare_cached(count).await,
                async |client, statement| client.query_one(&statement, &[]).await,
            )
            .await
            .unwrap();
        assert_eq!(row.get::<_, i64>(0), 1, "round {round}");
        let (tx, _) = pool.begin(&db.ctx(Credential::Anonymous)).await.unwrap();
        assert_eq!(
            tx.query_one(count, &[]).await.unwrap().get::<_, i64>(0),
            0,
            "after a read, round {round}"
        );
    }
}

#[tokio::test]
async fn accounts_cannot_change_their_role_state_or_quota() {
    let db = TestDb::new().await;
    let account = db.account("alice").await;
    let alice = db.session(account).await;
    for change in ["role = 'ADMIN'", "quota_bytes = 1", "state = 'suspended'"] {
        let (tx, _) = db.db().begin(&db.ctx(alice.clone())).await.unwrap();
        let error = tx
            .execute(&format!("UPDATE users.accounts SET {change}"), &[])
            .await
            .unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{change}");
    }
    let (tx, _) = db.db().begin(&db.ctx(alice)).await.unwrap();
    assert_eq!(
        tx.execute("UPDATE users.accounts SET display_name = 'Alice B.'", &[])
            .await
            .unwrap(),
        1
    );
}
