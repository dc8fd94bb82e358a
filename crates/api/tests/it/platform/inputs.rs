//! Protected fields, huge values, orientation and GPS metadata.
use crate::harness::{TestApp, afterwards, expect, image_path, problem};
use infravault_testkit::samples;
use serde_json::{Value, json};

#[tokio::test]
async fn mass_assignment_of_protected_fields_is_rejected() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice.upload(samples::jpeg(16, 16, 1), "").await;
    let path = image_path(&image);
    for field in [
        "id",
        "owner_id",
        "state",
        "sha256",
        "size",
        "created_at",
        "version",
        "media_type",
        "role",
        "__proto__",
    ] {
        let change = alice
            .patch(&path)
            .header("If-Match", "\"1\"")
            .json(&json!({ "title": "x", field: "y" }));
        let body = problem(change.send().await.unwrap(), 422, "validation-failed").await;
        assert_eq!(body["field"], field);
    }
    for field in ["id", "email", "role", "state", "quota_bytes"] {
        let mut profile =
            json!({ "display_name": "A", "locale": "en", "preferences": {}, "avatar_image_id": null });
        profile[field] = json!("x");
        let body = problem(
            alice
                .put("/api/v1/users/profile")
                .json(&profile)
                .send()
                .await
                .unwrap(),
            422,
            "validation-failed",
        )
        .await;
        assert_eq!(body["field"], field);
    }
    let query = alice
        .post("/api/v1/images?owner_id=x")
        .header("Content-Type", "image/jpeg")
        .body(samples::jpeg(8, 8, 1));
    problem(query.send().await.unwrap(), 400, "invalid-parameter").await;
    assert_eq!(
        expect(alice.get(&path).send().await.unwrap(), 200).await,
        afterwards(image)
    );
}

#[tokio::test]
async fn exif_orientation_is_applied_and_gps_is_not_stored() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    for orientation in 1..=8 {
        let image = alice
            .upload(samples::jpeg_with_orientation(48, 32, orientation), "")
            .await;
        let expected = if orientation >= 5 { (32, 48) } else { (48, 32) };
        assert_eq!(
            (&image["width"], &image["height"]),
            (&json!(expected.0), &json!(expected.1)),
            "{orientation}"
        );
    }
    let original = samples::jpeg_with_gps(48, 32, 9);
    let image = alice.upload(original.clone(), "").await;
    let path = image_path(&image);
    assert!(!image.to_string().to_lowercase().contains("gps"), "{image}");
    let row = "SELECT string_agg(i::text, ' ') FROM images.images i";
    let stored: String = app.db.superuser().await.query_one(row, &[]).await.unwrap().get(0);
    assert!(
        !stored.to_lowercase().contains("gps") && !stored.to_lowercase().contains("latitude"),
        "{stored}"
    );
    let download = alice.get(&format!("{path}/download")).send().await.unwrap();
    assert_eq!(
        download.bytes().await.unwrap(),
        original,
        "the original is unchanged"
    );
}

#[tokio::test]
async fn huge_values_are_rejected() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice.upload(samples::jpeg(16, 16, 1), "").await;
    let path = image_path(&image);
    let long = format!("{}!", "a".repeat(60 * 1024));
    let bodies: Vec<Value> = vec![
        json!({ "title": long }),
        json!({ "description": long }),
        json!({ "tags": [long] }),
        json!({ "tags": (0..5_000).map(|n| format!("t{n}")).collect::<Vec<_>>() }),
        json!({ "visibility": long }),
        json!({ long.clone(): 1 }),
    ];
    for body in bodies {
        let answer = alice
            .patch(&path)
            .header("If-Match", "\"1\"")
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_client_error(), "{}", answer.status());
        assert!(answer.text().await.unwrap().len() < 200 * 1024);
    }
    let raw = [
        ("[".repeat(60_000), 422),
        (format!("{{\"title\":{}", "[".repeat(60_000)), 422),
        (format!("{{\"title\":{}}}", "9".repeat(60_000)), 422),
        ("{\"title\":\"a\",\"title\":\"b\"}".to_owned(), 422),
        ("{\"title\":\"\\ud800\"}".to_owned(), 422),
        (format!("{{\"title\":\"{}\"}}", "a".repeat(100_000)), 413),
    ];
    for (body, status) in raw {
        let change = alice
            .patch(&path)
            .header("If-Match", "\"1\"")
            .header("Content-Type", "application/json");
        let answer = change.body(body.clone()).send().await.unwrap();
        let found = answer.status().as_u16();
        assert_eq!(
            found,
            status,
            "{}: {}",
            &body[..body.len().min(40)],
            answer.text().await.unwrap()
        );
    }
    for query in [
        format!("q={long}"),
        format!("tag={long}"),
        format!("cursor={long}"),
        format!("limit={}", "9".repeat(1000)),
    ] {
        let answer = alice
            .get(&format!("/api/v1/images?{}", &query[..query.len().min(6000)]))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{}", &query[..20]);
    }
    let encoded = alice
        .patch(&path)
        .header("If-Match", "\"1\"")
        .header("Content-Encoding", "gzip")
        .json(&json!({ "title": "x" }));
    problem(encoded.send().await.unwrap(), 415, "unsupported-content-encoding").await;
    assert_eq!(
        expect(alice.get(&path).send().await.unwrap(), 200).await,
        afterwards(image)
    );
}
