//! Processing after an upload, with real jobs and the real sandbox.
use crate::harness::{Browser, TestApp, expect, image_path, problem, wait_until};
use infravault_testkit::samples;
use reqwest::Method;
use serde_json::Value;

fn path(image: &Value) -> String {
    image_path(image)
}

async fn get(browser: &Browser, path: &str) -> Value {
    expect(browser.get(path).send().await.unwrap(), 200).await
}

/// Waits until the image has been processed.
async fn wait_processed(browser: &Browser, image: &Value) -> Value {
    wait_until("the image is processed", async || {
        get(browser, &path(image)).await["state"] != "stored"
    })
    .await;
    get(browser, &path(image)).await
}

/// A PNG with a valid structure whose image data is not a zlib stream.
fn undecodable_png() -> Vec<u8> {
    let mut png = samples::png(64, 48, 1);
    let start = png.windows(4).position(|four| four == b"IDAT").unwrap();
    let len = u32::from_be_bytes(png[start - 4..start].try_into().unwrap());
    let end = start + 4 + usize::try_from(len).unwrap();
    png[start + 4..end].fill(0xFF);
    let crc = crc32(&png[start..end]);
    png[end..end + 4].copy_from_slice(&crc.to_be_bytes());
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    })
}

#[tokio::test]
async fn processing_makes_image_ready_with_attributes_and_renditions() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    for (original, fallback) in [
        (samples::jpeg(1200, 800, 7), "image/jpeg"),
        (samples::png(1200, 800, 8), "image/jpeg"),
        (samples::webp(1200, 800, 9), "image/jpeg"),
        (samples::gif(1200, 800, 2, 10), "image/jpeg"),
    ] {
        let new = alice.upload(original, "").await;
        assert_eq!(new["state"], "stored");
        assert_eq!(new["renditions"], serde_json::json!([]));
        let image = wait_processed(&alice, &new).await;
        assert_eq!(image["state"], "ready", "{image}");
        assert_eq!(image["failure_code"], Value::Null);
        assert_eq!(image["has_alpha"], false);
        let color = image["dominant_color"].as_str().unwrap();
        assert!(color.len() == 7 && color.starts_with('#'), "{color}");
        // An image without structure has no perceptual hash.
        let hash = &image["perceptual_hash"];
        assert!(
            hash.is_null() || hash.as_str().is_some_and(|hash| hash.len() == 16),
            "{hash}"
        );
        assert!(image["thumbhash"].as_str().unwrap().len() <= 36);
        assert_eq!(
            (&image["updated_at"], &image["width"]),
            (&new["updated_at"], &new["width"])
        );
        let renditions = image["renditions"].as_array().unwrap();
        let sizes: Vec<_> = renditions
            .iter()
            .map(|it| (it["preset"].as_str().unwrap(), it["width"].as_u64().unwrap()))
            .collect();
        assert_eq!(
            sizes,
            [("thumb", 256), ("small", 512), ("medium", 1024), ("large", 1200)]
        );
        for rendition in renditions {
            assert_eq!(rendition["media_type"], fallback);
            let url = rendition["url"].as_str().unwrap();
            let answer = alice
                .get(url)
                .header("Accept", "image/jpeg")
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 200, "{url}");
            assert_eq!(answer.headers()["content-type"], fallback);
        }
        let listed = get(&alice, "/api/v1/images?limit=1").await;
        assert_eq!(listed["items"][0]["renditions"], image["renditions"]);
    }
    // The job creates four renditions per image, each once.
    let query = "SELECT count(*), max(render_count) FROM images.renditions";
    let row = app.db.superuser().await.query_one(query, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i32>(1)), (16, 1));
}

#[tokio::test]
async fn undecodable_image_fails_and_can_be_downloaded() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let bytes = undecodable_png();
    let new = alice.upload(bytes.clone(), "").await;
    let image = wait_processed(&alice, &new).await;
    assert_eq!(image["state"], "failed", "{image}");
    assert_eq!(image["failure_code"], "corrupt");
    let failure = image["failure_detail"].as_str().unwrap();
    assert!(failure.starts_with("The image cannot be decoded: "), "{failure}");
    assert_eq!(image["renditions"], serde_json::json!([]));
    let answer = alice
        .get(&format!("{}/download", path(&image)))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.bytes().await.unwrap(), bytes);
}

#[tokio::test]
async fn etag_includes_state_but_processing_does_not_invalidate_if_match() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let new = alice.upload(samples::jpeg(64, 48, 1), "").await;
    wait_processed(&alice, &new).await;
    let known = |tag: &str| {
        alice
            .get(&path(&new))
            .header("If-None-Match", tag.to_owned())
            .send()
    };
    let fresh = known("\"1\"").await.unwrap();
    assert_eq!(fresh.status(), 200, "the ETag changes with the state");
    assert_eq!(fresh.headers()["etag"], "\"1-ready\"");
    assert_eq!(known("\"1-ready\"").await.unwrap().status(), 304);
    let change = |tag: &str, title: &str| {
        let body = serde_json::json!({ "title": title });
        alice
            .patch(&path(&new))
            .header("If-Match", tag.to_owned())
            .json(&body)
            .send()
    };
    let changed = change("\"1\"", "two").await.unwrap();
    assert_eq!(changed.status(), 200, "processing does not change the version");
    assert_eq!(changed.headers()["etag"], "\"2-ready\"");
    problem(
        change("\"1-ready\"", "three").await.unwrap(),
        412,
        "precondition-failed",
    )
    .await;
    assert_eq!(change("\"2-ready\"", "three").await.unwrap().status(), 200);
}

#[tokio::test]
async fn location_is_kept_on_request_and_visible_only_to_owner() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let without_location = alice
        .upload(samples::jpeg_with_gps(64, 48, 1), "?visibility=public")
        .await;
    let open = alice
        .upload(
            samples::jpeg_with_gps(64, 48, 2),
            "?visibility=public&keep_location=true",
        )
        .await;
    let (without_location, open) = (
        wait_processed(&alice, &without_location).await,
        wait_processed(&alice, &open).await,
    );
    assert!(without_location.get("location").is_none(), "{without_location}");
    let latitude = open["location"]["latitude"].as_f64().unwrap();
    assert!((latitude - 48.208_333).abs() < 0.001, "{open}");
    let rows = app
        .db
        .superuser()
        .await
        .query("SELECT image_id FROM images.locations", &[]);
    let rows = rows.await.unwrap();
    assert_eq!(rows.len(), 1);
    // Neither other accounts nor lists show the location.
    for seen in [
        get(&bob, &path(&open)).await,
        get(&alice, "/api/v1/images").await,
        get(&bob, "/api/v1/images/public").await,
        get(&alice, &format!("{}/similar", path(&without_location))).await,
    ] {
        let text = seen.to_string();
        assert!(
            !text.contains("latitude") && !text.contains("location") && !text.contains("48.2"),
            "{text}"
        );
    }
    // Renditions do not have it either.
    for rendition in open["renditions"].as_array().unwrap() {
        let answer = bob.get(rendition["url"].as_str().unwrap()).send().await.unwrap();
        let bytes = answer.bytes().await.unwrap();
        assert!(!bytes.windows(4).any(|four| four == b"Exif" || four == b"GPS\0"));
    }
}

#[tokio::test]
async fn duplicates_are_reported_and_ready_immediately() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let bytes = samples::jpeg(300, 200, 1);
    let first = alice.upload(bytes.clone(), "").await;
    assert_eq!(first["duplicate_of"], Value::Null);
    wait_processed(&alice, &first).await;
    let upload = || {
        let request = alice.post("/api/v1/images").header("Content-Type", "image/jpeg");
        request.header("Idempotency-Key", "k").body(bytes.clone()).send()
    };
    let second = expect(upload().await.unwrap(), 201).await;
    assert_eq!(second["duplicate_of"], first["id"]);
    assert_eq!(second["state"], "ready");
    assert_eq!(
        expect(upload().await.unwrap(), 201).await,
        second,
        "a replay returns the same response"
    );
    for rendition in second["renditions"].as_array().unwrap() {
        let answer = alice
            .get(rendition["url"].as_str().unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
    }
    let similar = get(&alice, &format!("{}/similar", path(&first))).await;
    assert_eq!(similar["items"][0]["image"]["id"], second["id"]);
    assert_eq!(similar["items"][0]["distance"], 0);
    assert_eq!(similar["next_cursor"], Value::Null);
    for limit in ["0", "101", "-1", "x"] {
        let answer = alice
            .get(&format!("{}/similar?limit={limit}", path(&first)))
            .send();
        problem(answer.await.unwrap(), 400, "invalid-parameter").await;
    }
    let hidden = app.anonymous(Method::GET, &format!("{}/similar", path(&first)));
    problem(hidden.send().await.unwrap(), 404, "not-found").await;
}
