//! The quota with many concurrent upload sessions.
use super::{declare, put, usage};
use crate::harness::{TestApp, expect, location, problem, set_quota};
use futures_util::future::join_all;
use infravault_testkit::samples;
use reqwest::Method;
use serde_json::json;

/// Number of images that fit into the quota, and number of clients.
const CAPACITY: usize = 10;
const CLIENTS: usize = 64;

#[tokio::test]
async fn quota_is_exact_for_sixty_four_concurrent_sessions() {
    let app = TestApp::with(&[
        ("JOBS_IN_SERVE", "false"),
        ("UPLOAD_SESSION_MAX_COUNT", "64"),
        // Enough time for a busy machine.
        ("DB_ACQUIRE_TIMEOUT", "30s"),
    ])
    .await;
    let alice = app.sign_in("alice@example.com").await;
    let image = samples::jpeg(48, 48, 1);
    let size = super::len(&image);
    let quota = size * u64::try_from(CAPACITY).unwrap();
    set_quota(&app, &alice, quota + 100).await;
    // Every second client uses tus.
    let declared = join_all((0..CLIENTS).map(|number| {
        let request = if number % 2 == 0 {
            let body = declare(&image, &json!({}));
            alice.post("/api/v1/uploads/presign").json(&body)
        } else {
            alice
                .post("/api/v1/uploads/tus")
                .header("Tus-Resumable", "1.0.0")
                .header("Upload-Length", image.len())
        };
        async { request.send().await.unwrap() }
    }))
    .await;
    let (mut signed, mut resumable) = (Vec::new(), Vec::new());
    for (number, answer) in declared.into_iter().enumerate() {
        if answer.status() != 201 {
            problem(answer, 403, "storage-quota-exceeded").await;
        } else if number % 2 == 0 {
            signed.push(expect(answer, 201).await);
        } else {
            resumable.push(location(&answer));
        }
    }
    assert_eq!(signed.len() + resumable.len(), CAPACITY);
    assert_eq!(usage(&alice).await, (0, quota, 0));
    // The presigned sessions are completed while the tus sessions are deleted.
    let stored = join_all(signed.iter().map(async |upload| {
        assert_eq!(put(&upload["put"], image.clone()).await.status(), 200);
        let path = format!("/api/v1/uploads/{}/complete", upload["id"].as_str().unwrap());
        expect(alice.post(&path).json(&json!({})).send().await.unwrap(), 201).await
    }));
    let ended = join_all(resumable.iter().map(async |path| {
        let request = alice.request(Method::DELETE, path);
        let answer = request.header("Tus-Resumable", "1.0.0").send().await;
        assert_eq!(answer.unwrap().status(), 204);
    }));
    let (stored, _) = tokio::join!(stored, ended);
    let count = u64::try_from(stored.len()).unwrap();
    assert_eq!(usage(&alice).await, (size * count, 0, count));
}
