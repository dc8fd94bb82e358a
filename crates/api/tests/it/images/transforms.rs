//! Signed transform URLs: signing, verification, expiry.
use crate::harness::{Browser, TestApp, expect, image_path, problem};
use infravault_kernel::Clock;
use infravault_testkit::samples;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn sign_url(browser: &Browser, image: &Value, body: Value) -> String {
    let path = format!("{}/transform-url", image_path(image));
    let answer = expect(browser.post(&path).json(&body).send().await.unwrap(), 200).await;
    answer["url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn signed_url_returns_transform_without_credential() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice.upload(samples::jpeg(400, 300, 1), "").await;
    let body = json!({
        "w": 100, "h": 50, "fit": "cover", "gravity": "north-east", "rotate": 90, "flip": "h",
        "crop": { "x": 0, "y": 0, "width": 200, "height": 200 }, "blur": 0.5, "sharpen": 1,
        "bg": "#ff0000", "format": "png", "quality": 70, "dpr": 2, "expires_in": 60,
    });
    let path = format!("{}/transform-url", image_path(&image));
    let answer = expect(alice.post(&path).json(&body).send().await.unwrap(), 200).await;
    assert_eq!(
        (&answer["width"], &answer["height"], &answer["media_type"]),
        (&json!(200), &json!(100), &json!("image/png"))
    );
    let url = answer["url"].as_str().unwrap();
    let client = app.client();
    let got = client.get(url).send().await.unwrap();
    assert_eq!(got.status(), StatusCode::OK);
    assert_eq!(got.headers()["content-type"], "image/png");
    assert_eq!(got.headers()["cache-control"], "private, no-cache");
    let (etag, bytes) = (got.headers()["etag"].clone(), got.bytes().await.unwrap());
    // Width and height in the PNG header.
    assert_eq!(&bytes[16..24], [0, 0, 0, 200, 0, 0, 0, 100]);
    let known = client
        .get(url)
        .header("If-None-Match", etag)
        .send()
        .await
        .unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(client.head(url).send().await.unwrap().status(), StatusCode::OK);
    problem(client.put(url).send().await.unwrap(), 405, "method-not-allowed").await;
    // Without `format` the format is negotiated, and an invalid credential is ignored.
    let url = sign_url(&alice, &image, json!({ "w": 20 })).await;
    let got = client
        .get(&url)
        .header("Accept", "image/webp")
        .bearer_auth("no-token")
        .send()
        .await
        .unwrap();
    assert_eq!(got.headers()["content-type"], "image/webp");
    // The URL ends with the image.
    let gone = alice.delete(&image_path(&image)).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    problem(client.get(&url).send().await.unwrap(), 404, "not-found").await;
}

#[tokio::test]
async fn modified_signed_url_is_rejected() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice.upload(samples::jpeg(40, 30, 1), "").await;
    let other = alice.upload(samples::jpeg(40, 30, 2), "").await;
    let url = sign_url(&alice, &image, json!({ "w": 20, "format": "jpeg" })).await;
    let id = |image: &Value| image["id"].as_str().unwrap().to_owned();
    let (plain, signature) = url.split_once("&sig=").unwrap();
    let expires = url.split("exp=").nth(1).unwrap().split('&').next().unwrap();
    let later = (expires.parse::<i64>().unwrap() + 1000).to_string();
    let mut flipped = signature.as_bytes().to_vec();
    flipped[0] = if flipped[0] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let client = app.client();
    for forged in [
        url.replace(&id(&image), &id(&other)),
        url.replace("w=20", "w=21"),
        url.replace("format=jpeg", "format=png"),
        url.replace("w=20", "w=20&h=20"),
        url.replace(expires, &later),
        format!("{plain}&sig={flipped}"),
        plain.to_owned(),
        format!("{}/api/v1/images/{}/transform?w=20", app.origin, id(&image)),
        url.replace("kid=", "kid=x"),
    ] {
        problem(
            client.get(&forged).send().await.unwrap(),
            403,
            "invalid-signature",
        )
        .await;
        let head = client.head(&forged).send().await.unwrap();
        assert_eq!(head.status(), StatusCode::FORBIDDEN, "{forged}");
    }
    for (change, field) in [
        ("w=0", "w"),
        ("w=5000", "w"),
        ("w=20&w=20", "w"),
        ("w=20&zoom=2", "zoom"),
        ("w=20&blur=200", "blur"),
    ] {
        let wrong = client.get(url.replace("w=20", change)).send().await.unwrap();
        assert_eq!(problem(wrong, 400, "invalid-parameter").await["field"], field);
    }
    assert_eq!(client.get(&url).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn signed_url_expires() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice.upload(samples::jpeg(40, 30, 1), "").await;
    let url = sign_url(&alice, &image, json!({ "w": 20, "expires_in": 300 })).await;
    let client = app.client();
    assert_eq!(client.get(&url).send().await.unwrap().status(), StatusCode::OK);
    let later = Clock::fixed(Clock::System.now() + time::Duration::seconds(301));
    let other = app.beside_at(&[("JOBS_IN_SERVE", "false")], later).await;
    let late = client.get(url.replace(&app.origin, &other)).send().await.unwrap();
    problem(late, 403, "url-expired").await;
}

#[tokio::test]
async fn only_owner_can_sign_url_within_limits() {
    let app = TestApp::without_jobs().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let hidden = alice.upload(samples::jpeg(40, 30, 1), "").await;
    let shown = alice.upload(samples::jpeg(40, 30, 2), "?visibility=public").await;
    let path = |image: &Value| format!("{}/transform-url", image_path(image));
    let ask = bob.post(&path(&hidden)).json(&json!({})).send().await.unwrap();
    problem(ask, 404, "not-found").await;
    let ask = bob.post(&path(&shown)).json(&json!({})).send().await.unwrap();
    problem(ask, 403, "forbidden").await;
    for image in [&hidden, &shown] {
        let ask = app.anonymous(Method::POST, &path(image)).json(&json!({}));
        problem(ask.send().await.unwrap(), 401, "authentication-required").await;
    }
    for (body, field) in [
        (json!({ "w": 4097 }), "w"),
        (json!({ "w": 4096, "dpr": 1.5 }), "w"),
        (
            json!({ "crop": { "x": 30, "y": 0, "width": 20, "height": 10 } }),
            "crop",
        ),
        (json!({ "blur": 0.1 }), "blur"),
        (json!({ "sharpen": 11 }), "sharpen"),
        (json!({ "quality": 0 }), "quality"),
        (json!({ "rotate": 45 }), "rotate"),
        (json!({ "dpr": 4 }), "dpr"),
        (json!({ "expires_in": 301 }), "expires_in"),
        (json!({ "expires_in": 0 }), "expires_in"),
        (json!({ "bg": "red" }), "bg"),
        (json!({ "color": "red" }), "color"),
    ] {
        let answer = alice.post(&path(&hidden)).json(&body).send().await.unwrap();
        assert_eq!(
            problem(answer, 422, "validation-failed").await["field"],
            field,
            "{body}"
        );
    }
}
