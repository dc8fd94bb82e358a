//! Uploads that stay open, over HTTP.
mod in_store;
mod presigned;
mod quota;
mod slow;
mod tus;
mod tus_client;

use crate::harness::{Browser, expect};
use infravault_kernel::Sha256;
use reqwest::Response;
use serde_json::{Value, json};

/// What is announced of an image, with `more` of it.
pub(crate) fn announce(image: &[u8], more: &Value) -> Value {
    let mut body = json!({
        "file_name": "photo.jpg",
        "size": image.len(),
        "media_type": "image/jpeg",
        "sha256": Sha256::digest(image).to_string(),
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Sends bytes by a signed request, as it is.
pub(crate) async fn put(request: &Value, bytes: Vec<u8>) -> Response {
    let client = reqwest::Client::new();
    let method = request["method"].as_str().unwrap().parse().unwrap();
    let mut put = client.request(method, request["url"].as_str().unwrap());
    for (name, value) in request["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    put.body(bytes).send().await.unwrap()
}

/// Used bytes, reserved bytes and images of whoever is signed in.
async fn usage(browser: &Browser) -> (u64, u64, u64) {
    let usage = browser.get("/api/v1/users/profile/usage").send().await.unwrap();
    let usage = expect(usage, 200).await;
    let number = |name: &str| usage[name].as_u64().unwrap();
    (
        number("used_bytes"),
        number("reserved_bytes"),
        number("image_count"),
    )
}

/// The original of an image.
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
