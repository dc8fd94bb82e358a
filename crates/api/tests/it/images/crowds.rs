//! Too many uploads at once: of one account, and of everybody (N53).
use crate::harness::{Browser, TestApp, problem};
use futures_util::{StreamExt, stream};
use infravault_testkit::samples;
use reqwest::{Body, Response};
use std::time::Duration;
use tokio::{sync::oneshot, task::JoinHandle};

/// An upload that sends one byte, and the rest when it is told to.
fn slow(browser: &Browser, image: &[u8]) -> (oneshot::Sender<()>, JoinHandle<Response>) {
    let (go, gone) = oneshot::channel::<()>();
    let (first, rest) = (image[..1].to_vec(), image[1..].to_vec());
    let rest = stream::once(async move {
        let _ = gone.await;
        Ok::<_, std::io::Error>(rest)
    });
    let bytes = stream::iter([Ok(first)]).chain(rest);
    let request = browser
        .post("/api/v1/images")
        .header("Content-Type", "image/jpeg")
        .body(Body::wrap_stream(bytes));
    (go, tokio::spawn(async move { request.send().await.unwrap() }))
}

/// Waits until so many uploads have been promised.
async fn promised(app: &TestApp, expected: i64) {
    let query = "SELECT count(*) FROM images.images WHERE state = 'pending'";
    for _ in 0..200 {
        let row = app.db.superuser().await.query_one(query, &[]).await.unwrap();
        if row.get::<_, i64>(0) == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no {expected} uploads were promised within four seconds");
}

#[tokio::test]
async fn n53_who_sends_too_many_at_once_is_told_when_to_come_back() {
    let app = TestApp::with(&[
        ("JOBS_IN_SERVE", "false"),
        ("UPLOAD_MAX_CONCURRENT_PER_ACCOUNT", "2"),
        ("UPLOAD_MAX_CONCURRENT", "3"),
    ])
    .await;
    let alice = app.sign_in("alice@example.com").await;
    let bob = app.sign_in("bob@example.com").await;
    let image = |number| samples::jpeg(60, 40, number);
    let under_way = [
        slow(&alice, &image(1)),
        slow(&alice, &image(2)),
        slow(&bob, &image(3)),
    ];
    promised(&app, 3).await;
    for (browser, status, code) in [(&alice, 429, "too-many-uploads"), (&bob, 503, "overloaded")] {
        let request = browser
            .post("/api/v1/images")
            .header("Content-Type", "image/jpeg");
        let answer = request.body(image(4)).send().await.unwrap();
        assert_eq!(answer.headers()["retry-after"], "2");
        problem(answer, status, code).await;
    }
    for (go, upload) in under_way {
        go.send(()).unwrap();
        assert_eq!(upload.await.unwrap().status(), 201);
    }
    let request = alice.post("/api/v1/images").header("Content-Type", "image/jpeg");
    assert_eq!(request.body(image(5)).send().await.unwrap().status(), 201);
}
