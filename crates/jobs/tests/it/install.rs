//! The queue's schema is created once and can be dropped.
use infravault_jobs::{Counts, counts, install, is_installed, remove};
use infravault_testkit::{db::TestDb, log};

#[tokio::test]
async fn migrated_database_has_the_current_revision() {
    let db = TestDb::new().await;
    assert!(is_installed(&db.url()).await.unwrap());
    let row = db
        .superuser()
        .await
        .query_one(include_str!("../../../../queries/jobs/revision.sql"), &[])
        .await
        .unwrap();
    assert_eq!(
        row.get::<_, i32>(0),
        infravault_jobs::REVISION,
        "REVISION differs from the migrations of graphile_worker"
    );
    assert_eq!(counts(&db.db()).await.unwrap(), Counts::default());
}

#[tokio::test]
async fn concurrent_installs_create_the_schema_once() {
    let db = TestDb::new().await;
    remove(&db.url()).await.unwrap();
    assert!(!is_installed(&db.url()).await.unwrap());
    let (first, second, third) = (db.url(), db.url(), db.url());
    let log = log();
    let (first, second, third) = futures_util::join!(
        install(&first, &log),
        install(&second, &log),
        install(&third, &log)
    );
    for outcome in [first, second, third] {
        outcome.unwrap();
    }
    assert!(is_installed(&db.url()).await.unwrap());
    remove(&db.url()).await.unwrap();
    remove(&db.url()).await.unwrap();
}

#[tokio::test]
async fn only_enqueue_functions_access_the_queue() {
    let db = TestDb::new().await;
    let client = db.superuser().await;
    for (role, statement, allowed) in [
        (
            "infravault_app",
            "SELECT images.enqueue_processing(gen_random_uuid())",
            true,
        ),
        (
            "infravault_worker",
            "SELECT images.enqueue_processing(gen_random_uuid())",
            true,
        ),
        (
            "infravault_anon",
            "SELECT images.enqueue_processing(gen_random_uuid())",
            false,
        ),
        (
            "infravault_app",
            "SELECT graphile_worker.add_job('process_image')",
            false,
        ),
        ("infravault_app", "SELECT 1 FROM graphile_worker.jobs", false),
        ("infravault_worker", "SELECT 1 FROM graphile_worker.jobs", true),
        (
            "infravault_worker",
            "DELETE FROM graphile_worker._private_jobs",
            false,
        ),
    ] {
        let outcome = client
            .batch_execute(&format!("BEGIN; SET LOCAL ROLE {role}; {statement}"))
            .await;
        client.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(outcome.is_ok(), allowed, "{role}: {statement}: {outcome:?}");
    }
}
