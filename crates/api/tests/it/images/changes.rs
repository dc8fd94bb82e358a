//! Changing and deleting images: conditions, fields, other accounts.
use crate::harness::{TestApp, expect, image_path, problem, wait_until};
use futures_util::future::join_all;
use infravault_testkit::samples;
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn put_replaces_and_patch_merges_metadata() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice
        .upload(samples::jpeg(16, 16, 1), "?title=one&tags=a&description=d")
        .await;
    let path = image_path(&image);
    let body = json!({ "title": "two", "visibility": "public" });
    let answer = alice
        .put(&path)
        .header("If-Match", "\"1\"")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["etag"], "\"2\"");
    let image = expect(answer, 200).await;
    assert_eq!(
        (&image["title"], &image["description"], &image["tags"]),
        (&"two".into(), &"".into(), &json!([]))
    );
    let steps = [
        (json!({ "tags": ["x", "y", "x"] }), "tags", json!(["x", "y"])),
        (json!({ "description": "new" }), "description", json!("new")),
        (json!({ "description": null }), "description", json!("")),
        (json!({ "tags": null }), "tags", json!([])),
        (
            json!({ "visibility": "unlisted" }),
            "visibility",
            json!("unlisted"),
        ),
        (json!({}), "title", json!("two")),
    ];
    for (version, (body, field, expected)) in (2..).zip(steps) {
        let request = alice
            .patch(&path)
            .header("If-Match", format!("\"{version}\""))
            .json(&body);
        let image = expect(request.send().await.unwrap(), 200).await;
        assert_eq!(image[field], expected, "{body}");
        assert_eq!(image["title"], "two");
    }
    let answer = alice
        .get(&path)
        .header("If-None-Match", "\"8\"")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn invalid_changes_are_rejected() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let image = alice.upload(samples::jpeg(16, 16, 1), "").await;
    let path = image_path(&image);
    let good = json!({ "title": "x" });
    problem(
        alice.patch(&path).json(&good).send().await.unwrap(),
        428,
        "precondition-required",
    )
    .await;
    let stale = alice.patch(&path).header("If-Match", "\"7\"").json(&good);
    problem(stale.send().await.unwrap(), 412, "precondition-failed").await;
    let unquoted = alice.patch(&path).header("If-Match", "7").json(&good);
    problem(unquoted.send().await.unwrap(), 400, "invalid-parameter").await;
    let many: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
    let cases: [(Value, &str); 10] = [
        (json!({ "title": "" }), "title"),
        (json!({ "title": null }), "title"),
        (json!({ "title": "x".repeat(201) }), "title"),
        (json!({ "title": "a\u{7}b" }), "title"),
        (json!({ "description": "x".repeat(4001) }), "description"),
        (json!({ "tags": many }), "tags"),
        (json!({ "tags": ["a,b"] }), "tags"),
        (json!({ "visibility": null }), "visibility"),
        (json!({ "visibility": "all" }), "visibility"),
        (json!({ "owner_id": "x" }), "owner_id"),
    ];
    for (body, field) in cases {
        let request = alice.patch(&path).header("If-Match", "*").json(&body);
        let found = problem(request.send().await.unwrap(), 422, "validation-failed").await;
        assert_eq!(found["field"], field);
    }
    let put = alice.put(&path).header("If-Match", "*").json(&good);
    assert_eq!(
        problem(put.send().await.unwrap(), 422, "validation-failed").await["field"],
        "visibility"
    );
    let stranger = bob.patch(&path).header("If-Match", "*").json(&good);
    let hidden = problem(stranger.send().await.unwrap(), 404, "not-found").await;
    let nowhere = "/api/v1/images/01930000-0000-7000-8000-00000000002a";
    let stranger = bob.patch(nowhere).header("If-Match", "*").json(&good);
    let missing = problem(stranger.send().await.unwrap(), 404, "not-found").await;
    assert_eq!(hidden["detail"], missing["detail"]);
    for id in [
        "x",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "01930000000070008000000000000002a",
        &"9".repeat(4096),
    ] {
        let answer = alice.get(&format!("/api/v1/images/{id}")).send().await.unwrap();
        assert!(
            matches!(answer.status().as_u16(), 400 | 404 | 414),
            "{id}: {}",
            answer.status()
        );
    }
}

#[tokio::test]
async fn one_of_fifty_concurrent_deletions_succeeds() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let image = alice.upload(samples::jpeg(16, 16, 1), "?visibility=public").await;
    let path = image_path(&image);
    problem(bob.delete(&path).send().await.unwrap(), 403, "forbidden").await;
    let stale = alice.delete(&path).header("If-Match", "\"9\"");
    problem(stale.send().await.unwrap(), 412, "precondition-failed").await;
    let answers =
        join_all((0..50).map(|_| async { alice.delete(&path).send().await.unwrap().status() })).await;
    assert_eq!(
        answers
            .iter()
            .filter(|status| **status == StatusCode::NO_CONTENT)
            .count(),
        1
    );
    assert_eq!(
        answers
            .iter()
            .filter(|status| **status == StatusCode::NOT_FOUND)
            .count(),
        49
    );
    let usage = alice.usage().await;
    assert_eq!(usage["used_bytes"], usage["trashed_bytes"]);
    let answer = alice.delete("/api/v1/trash").send().await.unwrap();
    assert_eq!(expect(answer, 200).await["purged"], 1);
    // The sweeper is woken to delete the object.
    wait_until("the object is deleted", async || super::stored(&app).is_empty()).await;
}
