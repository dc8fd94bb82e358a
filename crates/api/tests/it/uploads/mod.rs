//! Upload sessions: tus, presigned and multipart uploads.
mod in_store;
mod presigned;
mod quota;
mod slow;
mod tus;
mod tus_client;

use crate::harness::Browser;
use infravault_kernel::Sha256;
use reqwest::Response;
use serde_json::{Value, json};

/// The body that creates a presigned upload of an image, with additional or changed fields.
pub(crate) fn declare(image: &[u8], changes: &Value) -> Value {
    let mut body = json!({
        "file_name": "photo.jpg",
        "size": image.len(),
        "media_type": "image/jpeg",
        "sha256": Sha256::digest(image).to_string(),
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Sends bytes with a presigned request.
pub(crate) async fn put(request: &Value, bytes: Vec<u8>) -> Response {
    let client = reqwest::Client::new();
    let method = request["method"].as_str().unwrap().parse().unwrap();
    let mut put = client.request(method, request["url"].as_str().unwrap());
    for (name, value) in request["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    put.body(bytes).send().await.unwrap()
}

/// Used bytes, reserved bytes and number of images of the account.
async fn usage(browser: &Browser) -> (u64, u64, u64) {
    let usage = browser.usage().await;
    let number = |name: &str| usage[name].as_u64().unwrap();
    (
        number("used_bytes"),
        number("reserved_bytes"),
        number("image_count"),
    )
}

/// Downloads the original of an image.
async fn download(browser: &Browser, image: &str) -> Vec<u8> {
    let answer = browser
        .get(&format!("/api/v1/images/{image}/download"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

fn len(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap()
}
