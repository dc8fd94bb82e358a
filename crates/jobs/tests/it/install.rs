//! The queue's schema is made once, by whichever process comes first, and can be removed.
use infravault_jobs::{Counts, counts, install, is_installed, remove};
use infravault_testkit::{db::TestDb, log};

#[tokio::test]
async fn the_queue_of_a_migrated_database_is_the_one_of_this_binary() {
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
        "graphile_worker has other migrations than this crate thinks"
    );
    assert_eq!(counts(&db.db()).await.unwrap(), Counts::default());
}

#[tokio::test]
async fn processes_that_start_at_once_make_it_once() {
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
async fn only_the_functions_that_are_meant_for_it_lead_into_the_queue() {
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
