//! Liveness and readiness.
use crate::harness::{TestApp, expect};
use reqwest::Method;

#[tokio::test]
async fn a_whole_installation_is_ready() {
    let app = TestApp::start().await;
    let live = expect(
        app.anonymous(Method::GET, "/health/live").send().await.unwrap(),
        200,
    )
    .await;
    assert_eq!(live["status"], "live");
    let ready = expect(
        app.anonymous(Method::GET, "/health/ready").send().await.unwrap(),
        200,
    )
    .await;
    assert_eq!(
        ready,
        serde_json::json!({"status": "ready", "database": "ok", "schema": "ok", "store": "ok"})
    );
}

#[tokio::test]
async fn without_its_database_it_lives_and_says_so() {
    let app = TestApp::with(&[("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")]).await;
    expect(
        app.anonymous(Method::GET, "/health/live").send().await.unwrap(),
        200,
    )
    .await;
    let ready = expect(
        app.anonymous(Method::GET, "/health/ready").send().await.unwrap(),
        503,
    )
    .await;
    assert_eq!(
        (&ready["status"], &ready["database"]),
        (&"unavailable".into(), &"unavailable".into())
    );
    assert_eq!(ready["store"], "ok");
    let answer = app
        .anonymous(Method::GET, "/api/v1/images/public")
        .send()
        .await
        .unwrap();
    assert!(answer.headers().contains_key("retry-after"));
    crate::harness::problem(answer, 503, "dependency-unavailable").await;
}

#[tokio::test]
async fn an_old_schema_is_not_ready_until_it_is_migrated() {
    let app = TestApp::start().await;
    let log = infravault_testkit::log();
    // The sweeper of the running server may hold a table at that moment; then nothing changes, and it is done again.
    let mut tries = 0;
    while let Err(error) = infravault_db::migrate::down(&app.db.url(), 1, &log).await {
        tries += 1;
        assert!(tries < 10, "{error:?}");
    }
    let ready = expect(
        app.anonymous(Method::GET, "/health/ready").send().await.unwrap(),
        503,
    )
    .await;
    assert_eq!(
        (&ready["database"], &ready["schema"]),
        (&"ok".into(), &"outdated".into())
    );
    infravault_db::migrate::up(&app.db.url(), &log).await.unwrap();
    expect(
        app.anonymous(Method::GET, "/health/ready").send().await.unwrap(),
        200,
    )
    .await;
}

#[tokio::test]
async fn without_the_queue_it_is_not_ready_because_uploads_would_fail() {
    let app = TestApp::start().await;
    let log = infravault_testkit::log();
    infravault_jobs::remove(&app.db.url()).await.unwrap();
    let ready = expect(
        app.anonymous(Method::GET, "/health/ready").send().await.unwrap(),
        503,
    )
    .await;
    assert_eq!(
        (&ready["database"], &ready["schema"]),
        (&"ok".into(), &"outdated".into())
    );
    infravault_jobs::install(&app.db.url(), &log).await.unwrap();
    expect(
        app.anonymous(Method::GET, "/health/ready").send().await.unwrap(),
        200,
    )
    .await;
}

#[tokio::test]
async fn a_missing_store_is_not_ready() {
    let app = TestApp::start().await;
    std::fs::remove_dir_all(app.folder.join("objects")).unwrap();
    let ready = expect(
        app.anonymous(Method::GET, "/health/ready").send().await.unwrap(),
        503,
    )
    .await;
    assert_eq!(
        (&ready["database"], &ready["store"]),
        (&"ok".into(), &"unavailable".into())
    );
}
