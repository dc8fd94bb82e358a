//! Downloads of originals: headers, ranges, conditions, other accounts.
use crate::harness::{TestApp, image_path, problem};
use infravault_testkit::samples;
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn download_returns_original_and_ranges() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let bytes = samples::jpeg(300, 200, 1);
    let len = bytes.len();
    let image = alice.upload(bytes.clone(), "?file_name=a.jpg").await;
    let path = format!("{}/download", image_path(&image));
    let answer = alice.get(&path).send().await.unwrap();
    let headers = answer.headers().clone();
    let etag = format!("\"{}\"", image["sha256"].as_str().unwrap());
    for (name, value) in [
        ("etag", etag.as_str()),
        ("accept-ranges", "bytes"),
        ("content-type", "image/jpeg"),
        ("cache-control", "private, no-store"),
        ("content-disposition", "attachment; filename=\"a.jpg\""),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("content-length", &len.to_string()),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    assert_eq!(answer.bytes().await.unwrap(), bytes);

    let head = alice.request(Method::HEAD, &path).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    for name in [
        "etag",
        "content-length",
        "content-type",
        "content-disposition",
        "accept-ranges",
        "cache-control",
    ] {
        assert_eq!(head.headers()[name], headers[name], "HEAD {name}");
    }
    assert!(head.bytes().await.unwrap().is_empty());

    let many: Vec<String> = (0..1000).map(|n| format!("{n}-{n}")).collect();
    let many = format!("bytes={}", many.join(","));
    for (range, expected) in [
        ("bytes=0-0".to_owned(), Some(0..1)),
        ("bytes=10-99".to_owned(), Some(10..100)),
        (format!("bytes={}-", len - 3), Some(len - 3..len)),
        ("bytes=-5".to_owned(), Some(len - 5..len)),
        (format!("bytes=-{}", len * 2), Some(0..len)),
        (many, None),
        ("bytes=5-1".to_owned(), None),
        ("lines=1-2".to_owned(), None),
        ("invalid".to_owned(), None),
    ] {
        let answer = alice.get(&path).header("Range", &range).send().await.unwrap();
        if let Some(part) = expected {
            assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT, "{range}");
            let content_range = format!("bytes {}-{}/{len}", part.start, part.end - 1);
            assert_eq!(answer.headers()["content-range"], content_range);
            assert_eq!(answer.bytes().await.unwrap(), bytes[part]);
        } else {
            assert_eq!(answer.status(), StatusCode::OK, "{range}");
            assert_eq!(answer.bytes().await.unwrap(), bytes);
        }
    }
    let beyond = alice
        .get(&path)
        .header("Range", format!("bytes={len}-"))
        .send()
        .await
        .unwrap();
    assert_eq!(beyond.headers()["content-range"], format!("bytes */{len}"));
    problem(beyond, 416, "range-not-satisfiable").await;
}

#[tokio::test]
async fn download_honors_conditions_and_hides_originals_of_others() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let image = alice.upload(samples::jpeg(30, 20, 1), "").await;
    let shown = alice.upload(samples::jpeg(30, 20, 2), "?visibility=public").await;
    let path = |image: &serde_json::Value| format!("{}/download", image_path(image));
    let etag = format!("\"{}\"", image["sha256"].as_str().unwrap());
    let known = alice
        .get(&path(&image))
        .header("If-None-Match", &etag)
        .send()
        .await
        .unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(known.headers()["etag"], etag);
    let other = alice
        .get(&path(&image))
        .header("If-Match", "\"other\"")
        .send()
        .await
        .unwrap();
    problem(other, 412, "precondition-failed").await;
    for (if_range, status) in [
        (etag.as_str(), 206),
        ("\"other\"", 200),
        ("Sat, 01 Jan 2028 00:00:00 GMT", 200),
    ] {
        let request = alice
            .get(&path(&image))
            .header("Range", "bytes=0-1")
            .header("If-Range", if_range);
        assert_eq!(request.send().await.unwrap().status(), status, "{if_range}");
    }
    // The entity tag of another owner's image grants no access.
    for ctx in [bob.get(&path(&image)), app.anonymous(Method::GET, &path(&image))] {
        let answer = ctx
            .header("If-None-Match", &etag)
            .header("Range", "bytes=0-1")
            .send()
            .await
            .unwrap();
        problem(answer, 404, "not-found").await;
    }
    // The original of a public image is available only to its owner.
    for ctx in [bob.get(&path(&shown)), app.anonymous(Method::GET, &path(&shown))] {
        problem(ctx.send().await.unwrap(), 403, "forbidden").await;
    }
}

#[tokio::test]
async fn file_name_cannot_inject_headers() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    for name in [
        "%22%3B%20filename%3Dx",
        "a%0D%0ASet-Cookie%3A%20x%3D1",
        "..%2F..%2Fx.jpg",
        "x%E2%80%AEgpj.exe",
        &"x".repeat(1000),
        &"%F0%9F%A6%80".repeat(60),
    ] {
        let image = alice
            .upload(samples::jpeg(8, 8, 1), &format!("?file_name={name}"))
            .await;
        let path = format!("{}/download", image_path(&image));
        let answer = alice.get(&path).send().await.unwrap();
        assert!(!answer.headers().contains_key("set-cookie"));
        let value = answer.headers()["content-disposition"].to_str().unwrap();
        assert!(value.starts_with("attachment; filename=\""), "{value}");
        assert!(!value.contains('/') && !value.contains('\\'), "{value}");
    }
}

#[tokio::test]
async fn path_traversal_gets_404() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    for path in [
        "/api/v1/images/../../etc/passwd/download",
        "/api/v1/images/%2e%2e%2f%2e%2e%2fetc/download",
        "/api/v1/images//download",
        "/api/v1/images/%5c%5c/download",
        "/api/v1/images/%00/download",
        "/api/v1/images/originals%2F2a%2Fx/download",
    ] {
        let status = alice.get(path).send().await.unwrap().status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}
