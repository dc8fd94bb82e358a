//! The header `Idempotency-Key`.
use super::left;
use crate::harness::{Browser, TestApp, expect, problem};
use futures_util::future::join_all;
use infravault_testkit::samples;
use reqwest::{Response, StatusCode, header::HeaderValue};

async fn upload(browser: &Browser, key: &[u8], bytes: Vec<u8>) -> Response {
    let request = browser
        .post("/api/v1/images")
        .header("Content-Type", "image/png")
        .header("Idempotency-Key", HeaderValue::from_bytes(key).unwrap());
    request.body(bytes).send().await.unwrap()
}

#[tokio::test]
async fn repeated_upload_with_same_key_creates_one_image() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let bytes = samples::png(10, 10, 1);
    let answers = join_all((0..16).map(|_| upload(&alice, b"one", bytes.clone()))).await;
    let mut ids = Vec::new();
    for answer in answers {
        if answer.status() == StatusCode::CREATED {
            ids.push(expect(answer, 201).await["id"].clone());
        } else {
            assert!(answer.headers().contains_key("retry-after"));
            problem(answer, 409, "idempotency-in-flight").await;
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(left(&app).await.0, 1);
    let again = expect(upload(&alice, b"\"one\"", bytes.clone()).await, 201).await;
    assert_eq!(again["id"], ids[0], "quotes are not part of the key");
    problem(
        upload(&alice, b"one", samples::png(10, 10, 2)).await,
        422,
        "idempotency-mismatch",
    )
    .await;
    let theirs = expect(upload(&bob, b"one", bytes).await, 201).await;
    assert_ne!(theirs["id"], ids[0]);
}

#[tokio::test]
async fn invalid_idempotency_keys_are_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let long = "k".repeat(300);
    for key in [
        long.as_bytes(),
        "schlüssel".as_bytes(),
        b"a b",
        b"\"open",
        b"\"\"",
        b"\"a\"; q=1",
    ] {
        let answer = problem(
            upload(&alice, key, samples::png(4, 4, 1)).await,
            400,
            "invalid-parameter",
        )
        .await;
        assert_eq!(answer["field"], "Idempotency-Key");
    }
}

#[tokio::test]
async fn idempotency_key_is_free_after_a_failed_upload() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    problem(
        upload(&alice, b"k", b"<svg/>".to_vec()).await,
        415,
        "unsupported-image-type",
    )
    .await;
    expect(upload(&alice, b"k", samples::png(4, 4, 1)).await, 201).await;
}
