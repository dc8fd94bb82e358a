//! Migrations up, down and up again produce the same schema, also with concurrent processes.
use infravault_db::migrate;
use infravault_testkit::{db::TestDb, log};

/// All objects of the schemas, as sorted lines.
const SCHEMA: &str = "
    SELECT line FROM (
        SELECT format('column %s.%s.%s %s default %s null %s', n.nspname, c.relname, a.attname,
                format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), NOT a.attnotnull) AS line
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v')
        UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE conrelid <> 0
        UNION ALL SELECT format('index %s', indexdef) FROM pg_indexes
        UNION ALL SELECT format('view %s.%s %s', schemaname, viewname, definition) FROM pg_views
        UNION ALL SELECT format('policy %s', p) FROM pg_policies p
        UNION ALL SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT format('function %s %s %s', p.oid::regprocedure, p.proacl, p.prosrc)
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname IN ('access', 'users', 'auth', 'images')
        UNION ALL SELECT format('relation %s %s rls %s forced %s', oid::regclass, relacl, relrowsecurity, relforcerowsecurity)
            FROM pg_class WHERE relkind IN ('r', 'v')
        UNION ALL SELECT format('type %s %s', typname, typnamespace::regnamespace) FROM pg_type WHERE typtype = 'e'
        UNION ALL SELECT format('schema %s %s', nspname, nspacl) FROM pg_namespace
    ) AS all_lines
    WHERE line !~ '(pg_catalog|information_schema|pg_toast|refinery_schema_history|pg_temp)[.\"]'
    ORDER BY 1";

async fn schema(db: &TestDb) -> Vec<String> {
    let rows = db.superuser().await.query(SCHEMA, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn up_down_and_up_again_produces_the_same_schema() {
    let db = TestDb::new().await;
    let before = schema(&db).await;
    let all = usize::try_from(migrate::required_version()).unwrap();

    let down = migrate::down(&db.url(), all, &log()).await.unwrap();
    assert_eq!(down.len(), all);
    assert_eq!(migrate::current_version(&db.url()).await.unwrap(), 0);
    let empty = schema(&db).await;
    assert!(
        !empty
            .iter()
            .any(|line| line.contains("images") || line.contains("access.")),
        "left behind: {empty:#?}"
    );

    let up = migrate::up(&db.url(), &log()).await.unwrap();
    assert_eq!(up.len(), all);
    assert_eq!(schema(&db).await, before);
}

#[tokio::test]
async fn each_migration_can_be_reapplied() {
    let db = TestDb::new().await;
    let before = schema(&db).await;
    for count in 1..=usize::try_from(migrate::required_version()).unwrap() {
        migrate::down(&db.url(), count, &log()).await.unwrap();
        migrate::up(&db.url(), &log()).await.unwrap();
        assert_eq!(schema(&db).await, before, "after reapplying {count}");
    }
}

#[tokio::test]
async fn concurrent_processes_apply_migrations_once() {
    let db = TestDb::new().await;
    let all = usize::try_from(migrate::required_version()).unwrap();
    migrate::down(&db.url(), all, &log()).await.unwrap();
    let url = db.url();
    let starts = (0..4).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { migrate::up(&url, &log()).await.unwrap().len() })
    });
    let applied = futures_util::future::join_all(starts).await;
    let mut applied: Vec<usize> = applied.into_iter().map(Result::unwrap).collect();
    applied.sort_unstable();
    assert_eq!(
        applied,
        [0, 0, 0, all],
        "one process applies all, the others none, and no process fails"
    );
}

#[tokio::test]
async fn changed_migration_is_not_reverted() {
    let db = TestDb::new().await;
    let change = "UPDATE refinery_schema_history SET checksum = '1' WHERE version = (SELECT max(version) FROM refinery_schema_history)";
    db.superuser().await.execute(change, &[]).await.unwrap();
    let error = migrate::down(&db.url(), 1, &log()).await.unwrap_err();
    assert!(
        error.to_string().contains("was changed after it was applied"),
        "{error}"
    );
    let status = migrate::status(&db.url()).await.unwrap();
    assert!(status.last().unwrap().changed && status.last().unwrap().applied_on.is_some());
    assert!(status.iter().rev().skip(1).all(|status| !status.changed));
}
