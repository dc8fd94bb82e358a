//! Uploads as a plain body: accepted and rejected content, limits, rollback.
use super::{assert_nothing_left, left, stored};
use crate::harness::{Browser, TestApp, afterwards, expect, image_path, problem, set_quota, wait_until};
use futures_util::future::join_all;
use infravault_testkit::samples;
use reqwest::{Body, Method, Response, StatusCode};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn upload_as(browser: &Browser, media_type: &str, query: &str, bytes: Vec<u8>) -> Response {
    let request = browser.post(&format!("/api/v1/images{query}"));
    request
        .header("Content-Type", media_type)
        .body(bytes)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn upload_returns_image_with_metadata() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let bytes = samples::jpeg(60, 40, 1);
    let query = "?title=Kitchen&description=two%20words&tags=a,%20b&visibility=unlisted&file_name=DSC_1.JPG";
    let answer = upload_as(&alice, "image/jpeg", query, bytes.clone()).await;
    assert_eq!(answer.headers()["etag"], "\"1\"");
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let image = expect(answer, 201).await;
    assert_eq!(location, image_path(&image));
    for (field, value) in [
        ("title", Value::from("Kitchen")),
        ("description", "two words".into()),
        ("tags", vec!["a", "b"].into()),
        ("visibility", "unlisted".into()),
        ("file_name", "DSC_1.JPG".into()),
        ("media_type", "image/jpeg".into()),
        ("size", bytes.len().into()),
        ("width", 60.into()),
        ("height", 40.into()),
        ("frames", 1.into()),
        ("owner_id", alice.account().await.into()),
    ] {
        assert_eq!(image[field], value, "{field}");
    }
    assert_eq!(
        expect(alice.get(&location).send().await.unwrap(), 200).await,
        afterwards(image)
    );
}

#[tokio::test]
async fn content_that_is_not_an_image_is_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    for sample in samples::mislabeled_files() {
        let query = format!("?file_name={}", sample.file_name);
        let answer = upload_as(&alice, sample.claimed, &query, sample.bytes.clone()).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{}",
            sample.name
        );
        problem(answer, 415, "unsupported-image-type").await;
    }
    for media_type in [
        "text/html",
        "application/json",
        "application/x-www-form-urlencoded",
        "",
    ] {
        let answer = upload_as(&alice, media_type, "", samples::png(4, 4, 1)).await;
        problem(answer, 415, "unsupported-media-type").await;
    }
    let compressed = alice
        .post("/api/v1/images")
        .header("Content-Type", "image/png")
        .header("Content-Encoding", "gzip");
    problem(
        compressed.body("x").send().await.unwrap(),
        415,
        "unsupported-content-encoding",
    )
    .await;
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn media_type_comes_from_content_and_file_name_is_sanitized() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    for name in [
        "a.jpg.php",
        "a.php%00.jpg",
        ".htaccess",
        "..%2F..%2Fetc%2Fpasswd",
        "%5C%5Cserver%5Cshare%5Cx.jpg",
    ] {
        let query = format!("?file_name={name}");
        let answer = upload_as(&alice, "image/jpeg", &query, samples::png(4, 4, 1)).await;
        if name.contains("%00") {
            problem(answer, 400, "invalid-parameter").await;
            continue;
        }
        let image = expect(answer, 201).await;
        assert_eq!(image["media_type"], "image/png");
        let shown = image["file_name"].as_str().unwrap();
        assert!(!shown.contains('/') && !shown.contains('\\'), "{shown}");
    }
    for path in stored(&app) {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_hexdigit() || b"-.".contains(&byte)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn decompression_bombs_are_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    for bomb in samples::bombs() {
        let answer = upload_as(&alice, bomb.media_type, "", bomb.bytes.clone()).await;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {body}", bomb.name);
        let code = body["code"].as_str().unwrap();
        assert!(code.starts_with("image-"), "{}: {code}", bomb.name);
    }
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn polyglots_are_served_only_as_attachment() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    for polyglot in samples::polyglots() {
        let image = expect(
            upload_as(&alice, polyglot.media_type, "", polyglot.bytes.clone()).await,
            201,
        )
        .await;
        let path = format!("{}/download", image_path(&image));
        let answer = alice.get(&path).send().await.unwrap();
        let headers = answer.headers().clone();
        assert_eq!(headers["content-type"], polyglot.media_type, "{}", polyglot.name);
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
        assert!(
            headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );
        assert_eq!(answer.bytes().await.unwrap(), polyglot.bytes);
        let stranger = app.sign_in("bob@example.com").await;
        problem(stranger.get(&path).send().await.unwrap(), 404, "not-found").await;
    }
}

#[tokio::test]
async fn invalid_upload_parameters_are_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let (long, tags) = ("x".repeat(201), "t,".repeat(10) + &"y".repeat(51));
    for (query, field) in [
        (format!("?title={long}"), "title"),
        ("?title=".to_owned(), "title"),
        ("?title=a%1Bb".to_owned(), "title"),
        ("?title=a%00b".to_owned(), "title"),
        (format!("?tags={tags}"), "tags"),
        ("?visibility=secret".to_owned(), "visibility"),
        ("?color=red".to_owned(), "color"),
        ("?title=a&title=b".to_owned(), "title"),
    ] {
        let answer = upload_as(&alice, "image/png", &query, samples::png(4, 4, 1)).await;
        assert_eq!(
            problem(answer, 400, "invalid-parameter").await["field"],
            field,
            "{query}"
        );
    }
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn upload_with_wrong_digest_is_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let abc = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
    for (digest, status, code) in [
        (abc, 422, "checksum-mismatch"),
        ("sha-256=:AAAA:", 400, "invalid-parameter"),
    ] {
        let request = alice
            .post("/api/v1/images")
            .header("Content-Type", "image/png")
            .header("Repr-Digest", digest);
        problem(
            request.body(samples::png(4, 4, 1)).send().await.unwrap(),
            status,
            code,
        )
        .await;
    }
    assert_nothing_left(&app).await;
}

/// Sends the head of an upload and the first chunk of its body.
async fn begin_upload(app: &TestApp, browser: &Browser, length: &str, chunk: &[u8]) -> TcpStream {
    let host = app.origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST /api/v1/images HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nX-IV-CSRF: 1\r\nCookie: {}\r\n\
         Content-Type: image/jpeg\r\nIdempotency-Key: once\r\n{length}\r\n\r\n",
        app.origin,
        browser.cookies()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(chunk).await.unwrap();
    stream
}

/// Reads the status line of the response before the rest of the body is sent.
async fn status_line(stream: &mut TcpStream) -> String {
    let mut buffer = [0; 12];
    stream.read_exact(&mut buffer).await.unwrap();
    String::from_utf8_lossy(&buffer).into_owned()
}

#[tokio::test]
async fn too_large_content_length_is_rejected_before_the_body() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let mut stream = begin_upload(
        &app,
        &alice,
        &format!("Content-Length: {}", (40 << 20) + 1),
        b"\xFF\xD8",
    )
    .await;
    assert_eq!(status_line(&mut stream).await, "HTTP/1.1 413");
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn too_large_chunked_body_is_rejected() {
    let app = TestApp::with(&[("UPLOAD_MAX_BYTES", "1MiB")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let chunks = (0..24).map(|_| Ok::<_, std::io::Error>(vec![0xFF; 64 << 10]));
    let body = Body::wrap_stream(futures_util::stream::iter(chunks));
    let request = alice.post("/api/v1/images").header("Content-Type", "image/jpeg");
    // The connection can be reset before the response is read, because the server does not read the rest.
    if let Ok(answer) = request.body(body).send().await {
        problem(answer, 413, "payload-too-large").await;
    }
    wait_until("the upload is rolled back", async || {
        left(&app).await == (0, 0, 0)
    })
    .await;
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn closed_connection_rolls_back_upload() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let bytes = samples::jpeg(300, 300, 1);
    let half = &bytes[..bytes.len() / 2];
    let stream = begin_upload(&app, &alice, &format!("Content-Length: {}", bytes.len()), half).await;
    wait_until("the upload is reserved", async || {
        let left = left(&app).await;
        left.0 == 1 && left.1 == 1 && left.2 > 0
    })
    .await;
    drop(stream);
    wait_until("the upload is rolled back", async || {
        left(&app).await == (0, 0, 0)
    })
    .await;
    assert_nothing_left(&app).await;
    // The idempotency key and the quota are released.
    let again = alice
        .post("/api/v1/images")
        .header("Content-Type", "image/jpeg")
        .header("Idempotency-Key", "once");
    expect(again.body(bytes).send().await.unwrap(), 201).await;
}

#[tokio::test]
async fn slow_upload_body_times_out() {
    let app = TestApp::with(&[("UPLOAD_MIN_RATE_WINDOW", "1s")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let mut stream = begin_upload(&app, &alice, "Content-Length: 100000", b"\xFF\xD8\xFF").await;
    assert_eq!(status_line(&mut stream).await, "HTTP/1.1 408");
    wait_until("the upload is rolled back", async || {
        left(&app).await == (0, 0, 0)
    })
    .await;
}

#[tokio::test]
async fn quota_is_exact_for_sixty_four_concurrent_uploads() {
    // Enough time for a busy machine.
    let app = TestApp::with(&[("DB_ACQUIRE_TIMEOUT", "30s")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let bytes = samples::jpeg(48, 48, 1);
    set_quota(&app, &alice, u64::try_from(bytes.len()).unwrap() * 10 + 100).await;
    let uploads = (0..64).map(|_| upload_as(&alice, "image/jpeg", "", bytes.clone()));
    let mut stored = 0;
    for answer in join_all(uploads).await {
        if answer.status() == StatusCode::CREATED {
            stored += 1;
        } else {
            problem(answer, 403, "storage-quota-exceeded").await;
        }
    }
    assert_eq!(stored, 10);
    let usage = alice.usage().await;
    assert_eq!(
        (&usage["used_bytes"], &usage["reserved_bytes"]),
        (&(bytes.len() * 10).into(), &0.into())
    );
}

#[tokio::test]
async fn anonymous_upload_is_rejected() {
    let app = TestApp::start().await;
    let request = app
        .anonymous(Method::POST, "/api/v1/images")
        .header("Content-Type", "image/png");
    problem(
        request.body(samples::png(4, 4, 1)).send().await.unwrap(),
        401,
        "authentication-required",
    )
    .await;
    let limits = expect(
        app.anonymous(Method::GET, "/api/v1/limits").send().await.unwrap(),
        200,
    )
    .await;
    assert_eq!(limits["max_upload_bytes"], 40 << 20);
    assert_eq!(limits["max_side"], 12_000);
    assert_eq!(limits["media_types"].as_array().unwrap().len(), 4);
}
