//! Liveness and readiness.
use crate::harness::{TestApp, expect, problem, wait_until};
use reqwest::Method;

#[tokio::test]
async fn complete_installation_is_ready() {
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
async fn unavailable_database_is_live_but_not_ready() {
    let app = TestApp::with(&[("DATABASE_URL", "postgres://unknown@127.0.0.1:9/none")]).await;
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
    problem(answer, 503, "dependency-unavailable").await;
}

#[tokio::test]
async fn outdated_schema_is_not_ready_until_migrated() {
    let app = TestApp::start().await;
    let log = infravault_testkit::log();
    // Fails without any effect while the sweeper holds a lock on a table.
    wait_until("the migration is rolled back", async || {
        infravault_db::migrate::down(&app.db.url(), 1, &log).await.is_ok()
    })
    .await;
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
async fn missing_job_queue_is_not_ready() {
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
async fn missing_store_is_not_ready() {
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
