//! Presigned uploads with the `fs` store, where the server itself accepts the bytes.
use super::{declare, download, len, put, usage};
use crate::harness::{Browser, TestApp, expect, problem};
use infravault_kernel::{Clock, Sha256};
use infravault_testkit::samples;
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

async fn presign(browser: &Browser, original: &[u8], changes: Value) -> Value {
    let request = browser
        .post("/api/v1/uploads/presign")
        .json(&declare(original, &changes));
    expect(request.send().await.unwrap(), 201).await
}

fn path(upload: &Value, rest: &str) -> String {
    format!("/api/v1/uploads/{}{rest}", upload["id"].as_str().unwrap())
}

#[tokio::test]
async fn presigned_upload_creates_image() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let original = samples::jpeg(300, 200, 1);
    let upload = presign(
        &alice,
        &original,
        json!({ "title": "Direct", "tags": ["a"], "visibility": "public" }),
    )
    .await;
    assert_eq!(
        (upload["state"].as_str(), upload["kind"].as_str()),
        (Some("open"), Some("single"))
    );
    assert_eq!(usage(&alice).await, (0, len(&original), 0));
    let early = alice
        .post(&path(&upload, "/complete"))
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    problem(early, 422, "upload-mismatch").await;
    assert_eq!(put(&upload["put"], original.clone()).await.status(), 200);
    problem(
        put(&upload["put"], original.clone()).await,
        412,
        "precondition-failed",
    )
    .await;
    let mut images = Vec::new();
    for _ in 0..2 {
        let answer = alice
            .post(&path(&upload, "/complete"))
            .json(&json!({}))
            .send()
            .await
            .unwrap();
        assert!(answer.headers().contains_key("etag") && answer.headers().contains_key("location"));
        images.push(expect(answer, 201).await);
    }
    assert_eq!(images[0]["id"], images[1]["id"], "completion is idempotent");
    let image = &images[0];
    assert_eq!(image["sha256"], Sha256::digest(&original).to_string());
    assert_eq!(
        (image["title"].as_str(), image["visibility"].as_str()),
        (Some("Direct"), Some("public"))
    );
    assert_eq!(download(&alice, image["id"].as_str().unwrap()).await, original);
    assert_eq!(usage(&alice).await, (len(&original), 0, 1));
    let state = expect(alice.get(&path(&upload, "")).send().await.unwrap(), 200).await;
    assert_eq!(
        (state["state"].as_str(), &state["image_id"]),
        (Some("finalized"), &image["id"])
    );
}

#[tokio::test]
async fn presigned_request_is_bound_to_declared_values() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let original = samples::jpeg(300, 200, 2);
    let upload = presign(&alice, &original, json!({})).await;
    let other = presign(&alice, &samples::jpeg(30, 20, 3), json!({})).await;
    let signed = &upload["put"];
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = signed.clone();
        change(&mut changed);
        changed
    };
    let url = signed["url"].as_str().unwrap();
    let part = |upload: &Value| {
        let url = upload["put"]["url"].as_str().unwrap();
        url.split('?')
            .next()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    };
    let larger = [original.clone(), vec![0]].concat();
    let cases = [
        ("larger", signed.clone(), larger),
        ("smaller", signed.clone(), original[1..].to_vec()),
        (
            "other type",
            with(&|it| it["headers"]["content-type"] = json!("text/html")),
            original.clone(),
        ),
        (
            "other checksum",
            with(&|it| {
                it["headers"]["x-amz-checksum-sha256"] =
                    other["put"]["headers"]["x-amz-checksum-sha256"].clone();
            }),
            original.clone(),
        ),
        (
            "no checksum",
            with(&|it| {
                it["headers"]
                    .as_object_mut()
                    .unwrap()
                    .remove("x-amz-checksum-sha256");
            }),
            original.clone(),
        ),
        (
            "other part",
            with(&|it| it["url"] = json!(url.replace(&part(&upload), &part(&other)))),
            original.clone(),
        ),
        (
            "other upload",
            with(&|it| {
                let (mine, theirs) = (upload["id"].as_str().unwrap(), other["id"].as_str().unwrap());
                it["url"] = json!(url.replace(mine, theirs));
            }),
            original.clone(),
        ),
        (
            "later",
            with(&|it| it["url"] = json!(url.replace("exp=1", "exp=2"))),
            original.clone(),
        ),
        (
            "other signature",
            with(&|it| it["url"] = json!(format!("{url}A"))),
            original.clone(),
        ),
    ];
    for (name, request, bytes) in cases {
        let answer = put(&request, bytes).await;
        assert_eq!(answer.status(), 403, "{name}");
        problem(answer, 403, "invalid-signature").await;
    }
    let mut damaged = original.clone();
    *damaged.last_mut().unwrap() ^= 1;
    problem(put(signed, damaged).await, 422, "checksum-mismatch").await;
    let late = Clock::fixed(Clock::System.now() + Duration::seconds(61));
    let later = app.beside_at(&[("JOBS_IN_SERVE", "false")], late).await;
    let moved = with(&|it| it["url"] = json!(url.replace(&app.origin, &later)));
    problem(put(&moved, original.clone()).await, 403, "url-expired").await;
    let missing = alice
        .post(&path(&upload, "/complete"))
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    problem(missing, 422, "upload-mismatch").await;
    // A page of the server's own origin sends its cookies, but not the CSRF header.
    let mut request = alice.bare(Method::PUT, url.strip_prefix(&app.origin).unwrap());
    for (name, value) in signed["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    assert_eq!(request.body(original).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn content_that_is_not_an_image_ends_the_session() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let html = b"<html><script>alert(1)</script></html>".to_vec();
    let upload = presign(&alice, &html, json!({})).await;
    assert_eq!(put(&upload["put"], html).await.status(), 200);
    let rejected = alice
        .post(&path(&upload, "/complete"))
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    problem(rejected, 415, "unsupported-image-type").await;
    assert_eq!(usage(&alice).await, (0, 0, 0));
    problem(
        alice.get(&path(&upload, "")).send().await.unwrap(),
        410,
        "upload-gone",
    )
    .await;
    let again = alice
        .post(&path(&upload, "/complete"))
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    problem(again, 410, "upload-gone").await;
    let incoming = app.folder.join("objects/incoming");
    crate::uploads::tus::wait_empty(&incoming).await;
}

#[tokio::test]
async fn multipart_upload_accepts_parts_of_any_size() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let original = samples::jpeg(300, 200, 4);
    let upload = presign(&alice, &original, json!({ "multipart": true, "sha256": null })).await;
    assert!(upload["put"].is_null());
    let chunks: Vec<&[u8]> = vec![&original[..1], &original[1..1000], &original[1000..]];
    let parts: Vec<Value> = chunks
        .iter()
        .enumerate()
        .map(|(index, chunk)| json!({ "number": index + 1, "size": chunk.len(), "sha256": Sha256::digest(chunk).to_string() }))
        .collect();
    let sign = async |parts: &[Value]| {
        let request = alice
            .post(&path(&upload, "/parts"))
            .json(&json!({ "parts": parts }));
        request.send().await.unwrap()
    };
    let complete = async |parts: Value| {
        let request = alice.post(&path(&upload, "/complete")).json(&parts);
        request.send().await.unwrap()
    };
    let first = expect(sign(&parts[..1]).await, 200).await;
    let again = expect(sign(&parts[..1]).await, 200).await;
    let bare = |answer: &Value| {
        answer["parts"][0]["put"]["url"]
            .as_str()
            .unwrap()
            .split('?')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        bare(&first),
        bare(&again),
        "the same part has the same object key"
    );
    let signed = expect(sign(&parts).await, 200).await;
    for (part, chunk) in signed["parts"].as_array().unwrap().iter().zip(&chunks) {
        assert_eq!(put(&part["put"], chunk.to_vec()).await.status(), 200);
    }
    let too_many = json!({ "number": 4, "size": 1, "sha256": parts[0]["sha256"] });
    problem(sign(&[too_many]).await, 422, "validation-failed").await;
    problem(sign(&[]).await, 422, "validation-failed").await;
    problem(
        sign(&[parts[0].clone(), parts[0].clone()]).await,
        422,
        "validation-failed",
    )
    .await;
    problem(complete(json!({})).await, 422, "validation-failed").await;
    problem(
        complete(json!({ "parts": [1, 2] })).await,
        422,
        "validation-failed",
    )
    .await;
    problem(
        complete(json!({ "parts": [3, 2, 1] })).await,
        422,
        "validation-failed",
    )
    .await;
    let image = expect(complete(json!({ "parts": [1, 2, 3] })).await, 201).await;
    assert_eq!(download(&alice, image["id"].as_str().unwrap()).await, original);
    assert_eq!(usage(&alice).await, (len(&original), 0, 1));
}

#[tokio::test]
async fn invalid_declarations_are_rejected() {
    let app = TestApp::with(&[
        ("JOBS_IN_SERVE", "false"),
        ("UPLOAD_MAX_BYTES", "100000"),
        ("UPLOAD_SESSION_MAX_COUNT", "2"),
    ])
    .await;
    let alice = app.sign_in("alice@example.com").await;
    let original = samples::jpeg(30, 20, 5);
    for (changes, status, code) in [
        (json!({ "size": 100_001 }), 413, "payload-too-large"),
        (json!({ "size": 0 }), 422, "validation-failed"),
        (json!({ "size": -1 }), 422, "validation-failed"),
        (json!({ "sha256": null }), 422, "validation-failed"),
        (json!({ "sha256": "abc" }), 422, "validation-failed"),
        (json!({ "media_type": "text/html" }), 422, "validation-failed"),
        (json!({ "title": "x".repeat(201) }), 422, "validation-failed"),
        (json!({ "owner_id": "me" }), 422, "validation-failed"),
    ] {
        let request = alice
            .post("/api/v1/uploads/presign")
            .json(&declare(&original, &changes));
        let body = problem(request.send().await.unwrap(), status, code).await;
        assert!(body["detail"].is_string(), "{changes}");
    }
    assert_eq!(usage(&alice).await, (0, 0, 0));
    let first = presign(&alice, &original, json!({})).await;
    presign(&alice, &original, json!({})).await;
    let third = alice
        .post("/api/v1/uploads/presign")
        .json(&declare(&original, &json!({})));
    problem(third.send().await.unwrap(), 429, "too-many-uploads").await;
    for _ in 0..2 {
        assert_eq!(
            alice.delete(&path(&first, "")).send().await.unwrap().status(),
            204
        );
    }
    assert_eq!(usage(&alice).await, (0, len(&original), 0));
    problem(put(&first["put"], original.clone()).await, 410, "upload-gone").await;
    let unknown = alice
        .get("/api/v1/uploads/01930000-0000-7000-8000-000000000000")
        .send()
        .await
        .unwrap();
    problem(unknown, 404, "not-found").await;
}
