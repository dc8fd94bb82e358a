//! Presigned uploads directly to an S3 store.
use super::{declare, download, put};
use crate::harness::{TestApp, expect, problem};
use infravault_testkit::samples;
use serde_json::{Value, json};

/// The settings of an S3 store; `None` if no store is available, which fails in CI.
fn settings(bucket: &str) -> Option<Vec<(&'static str, String)>> {
    let variable = |name: &str| std::env::var(format!("INFRAVAULT_TEST_S3_{name}")).ok();
    let Some(endpoint) = variable("ENDPOINT").filter(|endpoint| !endpoint.is_empty()) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "INFRAVAULT_TEST_S3_ENDPOINT must be set in CI"
        );
        println!("skipped: INFRAVAULT_TEST_S3_ENDPOINT is not set");
        return None;
    };
    let mut settings = vec![
        ("JOBS_IN_SERVE", "false".to_owned()),
        ("STORE_BACKEND", "s3".to_owned()),
        ("S3_PUBLIC_ENDPOINT", endpoint.clone()),
        ("S3_ENDPOINT", endpoint),
        ("S3_BUCKET", bucket.to_owned()),
    ];
    for (name, from) in [
        ("S3_REGION", "REGION"),
        ("S3_ACCESS_KEY", "ACCESS_KEY"),
        ("S3_SECRET_KEY", "SECRET_KEY"),
    ] {
        settings.extend(variable(from).map(|value| (name, value)));
    }
    Some(settings)
}

#[tokio::test]
async fn s3_store_and_server_verify_declared_values() {
    let bucket = format!("presigned-{}", std::process::id());
    let Some(settings) = settings(&bucket) else { return };
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let app = TestApp::with(&settings).await;
    let variables: Vec<(&str, &str)> = settings.clone();
    println!("{}", app.command_with(&["storage", "setup"], &variables));
    let alice = app.sign_in("alice@example.com").await;
    let original = samples::jpeg(300, 200, 1);
    let presign = async |original: &[u8]| {
        let request = alice
            .post("/api/v1/uploads/presign")
            .json(&declare(original, &json!({})));
        expect(request.send().await.unwrap(), 201).await
    };
    let complete = async |upload: &Value| {
        let path = format!("/api/v1/uploads/{}/complete", upload["id"].as_str().unwrap());
        alice.post(&path).json(&json!({})).send().await.unwrap()
    };
    let upload = presign(&original).await;
    let url = upload["put"]["url"].as_str().unwrap();
    assert!(url.contains(&bucket) && !url.starts_with(&app.origin), "{url}");
    let anonymous = reqwest::get(url.split('?').next().unwrap()).await.unwrap();
    assert!(
        matches!(anonymous.status().as_u16(), 403 | 404),
        "{}",
        anonymous.status()
    );
    let larger = [original.clone(), vec![0]].concat();
    let mut other_type = upload["put"].clone();
    other_type["headers"]["content-type"] = json!("text/html");
    let mut other_key = upload["put"].clone();
    other_key["url"] = json!(url.replacen("incoming/", "originals/", 1));
    let mut damaged = original.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for (name, request, bytes) in [
        ("larger", &upload["put"], larger),
        ("other type", &other_type, original.clone()),
        ("other key", &other_key, original.clone()),
        ("other bytes", &upload["put"], damaged),
    ] {
        let status = put(request, bytes).await.status();
        println!("{name}: the store returned {status}");
        // The completion detects what the store did not reject.
        if status.is_success() {
            problem(complete(&upload).await, 422, "upload-mismatch").await;
            panic!("{name}: the store accepted other bytes than declared");
        }
    }
    assert!(put(&upload["put"], original.clone()).await.status().is_success());
    let image = expect(complete(&upload).await, 201).await;
    assert_eq!(download(&alice, image["id"].as_str().unwrap()).await, original);

    let html = b"<html></html>".to_vec();
    let upload = presign(&html).await;
    assert!(put(&upload["put"], html).await.status().is_success());
    problem(complete(&upload).await, 415, "unsupported-image-type").await;
}
