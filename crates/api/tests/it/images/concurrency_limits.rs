//! Limits of concurrent uploads, per account and per process.
use crate::harness::{Browser, TestApp, problem, wait_until};
use futures_util::{StreamExt, stream};
use infravault_testkit::samples;
use reqwest::{Body, Response};
use tokio::{sync::oneshot, task::JoinHandle};

/// Starts an upload that sends one byte, and the rest on a signal.
fn start_slow_upload(browser: &Browser, image: &[u8]) -> (oneshot::Sender<()>, JoinHandle<Response>) {
    let (resume, resumed) = oneshot::channel::<()>();
    let (first, rest) = (image[..1].to_vec(), image[1..].to_vec());
    let rest = stream::once(async move {
        let _ = resumed.await;
        Ok::<_, std::io::Error>(rest)
    });
    let bytes = stream::iter([Ok(first)]).chain(rest);
    let request = browser
        .post("/api/v1/images")
        .header("Content-Type", "image/jpeg")
        .body(Body::wrap_stream(bytes));
    (resume, tokio::spawn(async move { request.send().await.unwrap() }))
}

#[tokio::test]
async fn concurrent_uploads_above_limits_get_429_and_503() {
    let app = TestApp::with(&[
        ("JOBS_IN_SERVE", "false"),
        ("UPLOAD_MAX_CONCURRENT_PER_ACCOUNT", "2"),
        ("UPLOAD_MAX_CONCURRENT", "3"),
    ])
    .await;
    let alice = app.sign_in("alice@example.com").await;
    let bob = app.sign_in("bob@example.com").await;
    let image = |number| samples::jpeg(60, 40, number);
    let in_progress = [
        start_slow_upload(&alice, &image(1)),
        start_slow_upload(&alice, &image(2)),
        start_slow_upload(&bob, &image(3)),
    ];
    let pending = "SELECT count(*) FROM images.images WHERE state = 'pending'";
    wait_until("three uploads are reserved", async || {
        let row = app.db.superuser().await.query_one(pending, &[]).await.unwrap();
        row.get::<_, i64>(0) == 3
    })
    .await;
    for (browser, status, code) in [(&alice, 429, "too-many-uploads"), (&bob, 503, "overloaded")] {
        let request = browser
            .post("/api/v1/images")
            .header("Content-Type", "image/jpeg");
        let answer = request.body(image(4)).send().await.unwrap();
        assert_eq!(answer.headers()["retry-after"], "2");
        problem(answer, status, code).await;
    }
    for (resume, upload) in in_progress {
        resume.send(()).unwrap();
        assert_eq!(upload.await.unwrap().status(), 201);
    }
    let request = alice.post("/api/v1/images").header("Content-Type", "image/jpeg");
    assert_eq!(request.body(image(5)).send().await.unwrap().status(), 201);
}
