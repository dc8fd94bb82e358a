//! The caller's profile and usage.
use crate::{
    harness::{TestApp, expect, problem},
    send::SendExpecting as _,
};
use infravault_testkit::samples;
use reqwest::Method;
use serde_json::{Value, json};

const PROFILE: &str = "/api/v1/users/profile";

fn body() -> Value {
    json!({ "display_name": "Ada Lovelace", "locale": "en-GB", "preferences": { "theme": "dark" }, "avatar_image_id": null })
}

/// The same body with one field replaced.
fn with(field: &str, value: Value) -> Value {
    let mut body = body();
    body[field] = value;
    body
}

#[tokio::test]
async fn first_account_is_an_ordinary_user() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com").await;
    let profile = ada.get(PROFILE).expect(200).await;
    assert_eq!(
        (&profile["role"], &profile["state"]),
        (&json!("USER"), &json!("active"))
    );
    assert_eq!(
        (&profile["email"], &profile["quota_bytes"]),
        (&json!("ada@example.com"), &json!(10_737_418_240_i64))
    );
    assert_eq!(
        (&profile["preferences"], &profile["avatar_image_id"]),
        (&json!({}), &Value::Null)
    );
    assert!(
        profile["created_at"].as_str().unwrap().ends_with('Z'),
        "{profile}"
    );
}

#[tokio::test]
async fn profile_is_replaced_completely_if_its_etag_matches() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com").await;
    let read = ada.get(PROFILE).send().await.unwrap();
    let tag = read.headers()["etag"].to_str().unwrap().to_owned();

    let answer = ada
        .put(PROFILE)
        .header("If-Match", &tag)
        .json(&body())
        .send()
        .await
        .unwrap();
    let new_tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let changed = expect(answer, 200).await;
    assert_eq!(
        (&changed["display_name"], &changed["locale"]),
        (&json!("Ada Lovelace"), &json!("en-GB"))
    );
    assert_eq!(changed["preferences"], json!({ "theme": "dark" }));
    assert_ne!(tag, new_tag);

    for stale in [tag.as_str(), "\"someone-elses\"", "W/\"2\""] {
        let answer = ada
            .put(PROFILE)
            .header("If-Match", stale)
            .json(&with("locale", json!("fr")))
            .send()
            .await
            .unwrap();
        problem(answer, 412, "precondition-failed").await;
    }
    assert_eq!(ada.get(PROFILE).expect(200).await, changed);
    let answer = ada
        .put(PROFILE)
        .json(&with("preferences", json!({})))
        .send()
        .await
        .unwrap();
    assert_eq!(expect(answer, 200).await["preferences"], json!({}));
}

#[tokio::test]
async fn every_invalid_field_is_reported_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com").await;
    let before = ada.get(PROFILE).expect(200).await;
    let cases = [
        (with("display_name", json!("")), "display_name"),
        (with("display_name", json!("x".repeat(101))), "display_name"),
        (with("display_name", json!("a\nb")), "display_name"),
        (with("display_name", json!(7)), "display_name"),
        (with("locale", json!("English")), "locale"),
        (with("preferences", json!([])), "preferences"),
        (
            with("preferences", json!({ "k": "x".repeat(9000) })),
            "preferences",
        ),
        (
            with("preferences", json!({ "k": vec![1e300; 200] })),
            "preferences",
        ),
        (with("avatar_image_id", json!("me")), "avatar_image_id"),
        (
            with("avatar_image_id", json!("01930000-0000-7000-8000-000000000000")),
            "avatar_image_id",
        ),
        (with("role", json!("ADMIN")), "role"),
        (with("quota_bytes", json!(1)), "quota_bytes"),
        (json!({ "display_name": "Ada", "locale": "en" }), "preferences"),
    ];
    for (body, field) in cases {
        let answer = ada
            .put(PROFILE)
            .json(&body)
            .expect_problem(422, "validation-failed")
            .await;
        assert_eq!(answer["errors"][0]["field"], field, "{body}: {answer}");
    }
    let two = json!({ "display_name": "", "locale": "", "preferences": {} });
    let answer = ada
        .put(PROFILE)
        .json(&two)
        .expect_problem(422, "validation-failed")
        .await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 2, "{answer}");
    let answer = ada
        .put(PROFILE)
        .header("Content-Type", "application/json")
        .body("{")
        .send()
        .await
        .unwrap();
    problem(answer, 400, "malformed-json").await;
    let answer = ada
        .put(PROFILE)
        .header("Content-Type", "text/plain")
        .body("{}")
        .send()
        .await
        .unwrap();
    problem(answer, 415, "unsupported-media-type").await;
    assert_eq!(ada.get(PROFILE).expect(200).await, before);
}

#[tokio::test]
async fn avatar_must_be_an_own_image() {
    let app = TestApp::start().await;
    let (ada, bob) = (
        app.sign_in("ada@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let own = ada.upload(samples::jpeg(32, 24, 7), "").await["id"].clone();
    let hidden = bob.upload(samples::jpeg(33, 24, 7), "").await["id"].clone();
    let shown = bob.upload(samples::jpeg(34, 24, 7), "?visibility=public").await["id"].clone();
    let answer = ada
        .put(PROFILE)
        .json(&with("avatar_image_id", own.clone()))
        .send()
        .await
        .unwrap();
    assert_eq!(expect(answer, 200).await["avatar_image_id"], own);
    for foreign in [hidden, shown] {
        let answer = ada
            .put(PROFILE)
            .json(&with("avatar_image_id", foreign))
            .send()
            .await
            .unwrap();
        let answer = problem(answer, 422, "validation-failed").await;
        assert_eq!(answer["errors"][0]["field"], "avatar_image_id");
    }
}

#[tokio::test]
async fn access_depends_on_the_scopes_of_the_token() {
    let app = TestApp::start().await;
    let ada = app.sign_in("ada@example.com").await;
    let reader = app.token(&ada, "profile:read").await;
    let writer = app.token(&ada, "profile:write").await;
    let usage = "/api/v1/users/profile/usage";
    app.bearer(&reader, Method::GET, PROFILE).expect(200).await;
    app.bearer(&reader, Method::GET, usage).expect(200).await;
    app.bearer(&writer, Method::PUT, PROFILE)
        .json(&body())
        .expect(200)
        .await;
    app.bearer(&reader, Method::PUT, PROFILE)
        .json(&body())
        .expect_problem(403, "insufficient-scope")
        .await;
    app.bearer(&writer, Method::GET, PROFILE)
        .expect_problem(403, "insufficient-scope")
        .await;
    app.bearer(&writer, Method::GET, usage)
        .expect_problem(403, "insufficient-scope")
        .await;
}

#[tokio::test]
async fn usage_counts_stored_and_trashed_bytes() {
    let app = TestApp::with(&[("ACCOUNT_DEFAULT_QUOTA", "1MiB")]).await;
    let ada = app.sign_in("ada@example.com").await;
    let usage = async || ada.get("/api/v1/users/profile/usage").expect(200).await;
    let empty = json!({ "quota_bytes": 1_048_576, "used_bytes": 0, "reserved_bytes": 0, "available_bytes": 1_048_576, "image_count": 0,
        "trashed_bytes": 0, "trashed_count": 0 });
    assert_eq!(usage().await, empty);
    let original = samples::jpeg(64, 48, 7);
    let size = i64::try_from(original.len()).unwrap();
    let image = ada.upload(original, "").await;
    let expected = json!({
        "quota_bytes": 1_048_576, "used_bytes": size, "reserved_bytes": 0, "available_bytes": 1_048_576 - size, "image_count": 1,
        "trashed_bytes": 0, "trashed_count": 0
    });
    assert_eq!(usage().await, expected);
    let path = format!("/api/v1/images/{}", image["id"].as_str().unwrap());
    ada.delete(&path).expect(204).await;
    let mut trashed = expected;
    (trashed["trashed_bytes"], trashed["trashed_count"]) = (size.into(), 1.into());
    assert_eq!(usage().await, trashed);
    ada.delete("/api/v1/trash").expect(200).await;
    assert_eq!(usage().await, empty);
}
