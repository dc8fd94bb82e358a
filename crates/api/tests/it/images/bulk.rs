//! Bulk operations: results per image, and invalid requests.
use crate::harness::{Browser, TestApp, expect, problem};
use infravault_testkit::samples;
use reqwest::Response;
use serde_json::{Value, json};

const BULK: &str = "/api/v1/images/bulk";

async fn send(browser: &Browser, body: &Value) -> Response {
    browser.post(BULK).json(body).send().await.unwrap()
}

async fn upload(browser: &Browser, seed: u64, query: &str) -> String {
    let image = browser.upload(samples::jpeg(16, 16, seed), query).await;
    image["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn bulk_operation_returns_result_per_image() {
    let app = TestApp::without_jobs().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let one = upload(&alice, 1, "?tags=old,kept").await;
    let full: Vec<String> = (0..50).map(|n| format!("t{n}")).collect();
    let full = upload(&alice, 2, &format!("?tags={}", full.join(","))).await;
    let bobs = upload(&bob, 3, "?visibility=public").await;
    let missing = "01930000-0000-7000-8000-00000000002a";
    let ids = json!([missing, bobs, full, one]);
    let answer = |status: u16| {
        let not_found = |id: &str| json!({ "id": id, "status": 404, "code": "not-found" });
        let done = |id: &str| json!({ "id": id, "status": status });
        json!({ "results": [not_found(missing), not_found(&bobs), done(&full), done(&one)] })
    };

    let changes = json!({ "tags": { "add": ["new"], "remove": ["old"] }, "visibility": "public" });
    let update = json!({ "ids": ids, "action": "update", "changes": changes });
    let mut expected = answer(200);
    expected["results"][2] = json!({ "id": full, "status": 422, "code": "validation-failed" });
    assert_eq!(expect(send(&alice, &update).await, 200).await, expected);
    let image = expect(
        alice.get(&format!("/api/v1/images/{one}")).send().await.unwrap(),
        200,
    )
    .await;
    assert_eq!(
        (&image["tags"], &image["visibility"]),
        (&json!(["kept", "new"]), &"public".into())
    );
    let image = expect(
        bob.get(&format!("/api/v1/images/{bobs}")).send().await.unwrap(),
        200,
    )
    .await;
    assert_eq!(image["tags"], json!([]));

    for (action, status) in [("delete", 204), ("restore", 200), ("restore", 200)] {
        let body = json!({ "ids": ids, "action": action });
        assert_eq!(
            expect(send(&alice, &body).await, 200).await,
            answer(status),
            "{action}"
        );
    }
    let set = json!({ "ids": [full], "action": "update", "changes": { "tags": { "set": [] } } });
    expect(send(&alice, &set).await, 200).await;
    let image = expect(
        alice.get(&format!("/api/v1/images/{full}")).send().await.unwrap(),
        200,
    )
    .await;
    assert_eq!(image["tags"], json!([]));

    // Each action requires its own scope.
    let token = app.token(&alice, "images:write").await;
    for (body, status) in [(json!({ "ids": [one], "action": "delete" }), 403), (set, 200)] {
        let request = app.bearer(&token, reqwest::Method::POST, BULK).json(&body);
        assert_eq!(request.send().await.unwrap().status(), status, "{body}");
    }
}

#[tokio::test]
async fn invalid_bulk_requests_name_the_field() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let id = "01930000-0000-7000-8000-00000000002a";
    let many: Vec<String> = (0..501)
        .map(|n| format!("01930000-0000-7000-8000-{n:012x}"))
        .collect();
    let tags = |tags: Value| json!({ "ids": [id], "action": "update", "changes": { "tags": tags } });
    let cases = [
        (json!({ "ids": [], "action": "delete" }), "ids"),
        (json!({ "ids": many, "action": "delete" }), "ids"),
        (json!({ "ids": [id, id], "action": "delete" }), "ids"),
        (json!({ "ids": [id, "x"], "action": "delete" }), "ids[1]"),
        (json!({ "action": "delete" }), "ids"),
        (json!({ "ids": [id] }), "action"),
        (json!({ "ids": [id], "action": "purge" }), "action"),
        (json!({ "ids": [id], "action": "update" }), "changes"),
        (
            json!({ "ids": [id], "action": "update", "changes": {} }),
            "changes",
        ),
        (
            json!({ "ids": [id], "action": "delete", "changes": { "visibility": "public" } }),
            "changes",
        ),
        (
            json!({ "ids": [id], "action": "update", "changes": { "title": "x" } }),
            "title",
        ),
        (tags(json!({})), "changes.tags"),
        (tags(json!({ "set": ["a"], "add": ["b"] })), "changes.tags"),
        (tags(json!({ "set": ["a,b"] })), "changes.tags.set"),
        (tags(json!({ "add": [""] })), "changes.tags.add"),
        (
            tags(json!({ "add": ["a"], "remove": [" a "] })),
            "changes.tags.remove",
        ),
        (tags(json!({ "add": many })), "changes.tags.add"),
    ];
    for (body, field) in cases {
        let found = problem(send(&alice, &body).await, 422, "validation-failed").await;
        assert_eq!(found["field"], field, "{found}");
    }
    let most = json!({ "ids": many[1..], "action": "delete" });
    let results = expect(send(&alice, &most).await, 200).await;
    assert_eq!(results["results"].as_array().unwrap().len(), 500);
}
