//! Renditions: formats, caching, conditions, other accounts, single flight, recovery, pruning.
use crate::harness::{Browser, TestApp, problem};
use infravault_testkit::samples;
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use std::{fs, path::PathBuf};

const BROWSER: &str = "image/avif,image/webp,image/apng,image/*,*/*;q=0.8";

fn id(image: &Value) -> &str {
    image["id"].as_str().unwrap()
}

fn path(image: &Value, rest: &str) -> String {
    format!("/api/v1/images/{}/renditions/{rest}", id(image))
}

async fn get_accepting(browser: &Browser, path: &str, accept: &str) -> Response {
    browser.get(path).header("Accept", accept).send().await.unwrap()
}

fn media_type(answer: &Response) -> String {
    answer.headers()["content-type"].to_str().unwrap().to_owned()
}

/// The files of renditions in the store.
fn stored(app: &TestApp) -> Vec<PathBuf> {
    let mut folders = vec![app.folder.join("objects/renditions")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { &mut folders } else { &mut files }.push(path);
        }
    }
    files
}

async fn computations(app: &TestApp, format: &str) -> Vec<i32> {
    let query = format!("SELECT render_count FROM images.renditions WHERE format = '{format}'");
    let rows = app.db.superuser().await.query(&query, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn rendition_format_follows_accept_header() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let photo = alice.upload(samples::jpeg(400, 300, 1), "").await;
    let logo = alice.upload(samples::png(40, 30, 1), "").await;
    let small = path(&photo, "small");
    for (accept, expected) in [
        (BROWSER, "image/avif"),
        ("image/webp,*/*", "image/webp"),
        ("*/*", "image/jpeg"),
        ("image/avif;q=0,image/*", "image/jpeg"),
        ("text/html", "image/jpeg"),
        ("image/png", "image/png"),
    ] {
        let answer = get_accepting(&alice, &small, accept).await;
        assert_eq!(answer.status(), StatusCode::OK, "{accept}");
        assert_eq!(media_type(&answer), expected, "{accept}");
        assert_eq!(answer.headers()["vary"], "Accept", "{accept}");
    }
    let answer = get_accepting(&alice, &path(&logo, "small"), "*/*").await;
    assert_eq!(media_type(&answer), "image/png", "transparency is not known yet");
    for format in ["avif", "webp", "jpeg", "png"] {
        let answer = get_accepting(&alice, &format!("{small}?format={format}"), "text/html").await;
        assert_eq!(media_type(&answer), format!("image/{format}"));
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(
            answer.headers()["content-security-policy"],
            "default-src 'none'; sandbox"
        );
        assert!(answer.headers().contains_key("content-length"));
        assert!(!answer.bytes().await.unwrap().is_empty());
    }
    let wrong = alice.get(&format!("{small}?format=gif")).send().await.unwrap();
    assert_eq!(problem(wrong, 400, "invalid-parameter").await["field"], "format");
    let unknown = alice.get(&path(&photo, "huge")).send().await.unwrap();
    problem(unknown, 404, "not-found").await;
}

#[tokio::test]
async fn presets_have_expected_sizes() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let photo = alice.upload(samples::jpeg(3000, 2000, 1), "").await;
    for (preset, width, height) in [
        ("thumb", 256, 256),
        ("small", 512, 341),
        ("medium", 1024, 683),
        ("large", 2048, 1365),
    ] {
        let answer = get_accepting(&alice, &path(&photo, preset), "image/webp").await;
        assert_eq!(answer.status(), StatusCode::OK, "{preset}");
        let bytes = answer.bytes().await.unwrap();
        assert_eq!(&bytes[8..12], b"WEBP", "{preset}");
        let row = app
            .db
            .superuser()
            .await
            .query_one(
                "SELECT width, height FROM images.renditions WHERE byte_size = $1 AND format = 'webp'",
                &[&i32::try_from(bytes.len()).unwrap()],
            )
            .await
            .unwrap();
        assert_eq!(
            (row.get::<_, i32>(0), row.get::<_, i32>(1)),
            (width, height),
            "{preset}"
        );
    }
}

#[tokio::test]
async fn renditions_have_cache_headers_by_visibility() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    for (number, (visibility, named, plain, policy)) in [
        (
            "public",
            "public, max-age=31536000, immutable",
            "public, no-cache",
            "cross-origin",
        ),
        (
            "unlisted",
            "private, no-cache",
            "private, no-cache",
            "cross-origin",
        ),
        ("private", "private, no-cache", "private, no-cache", "same-origin"),
    ]
    .into_iter()
    .enumerate()
    {
        let bytes = samples::jpeg(64, 48, u64::try_from(number).unwrap());
        let image = alice.upload(bytes, &format!("?visibility={visibility}")).await;
        let ready = "UPDATE images.images SET state = 'ready', has_alpha = false";
        app.db.superuser().await.batch_execute(ready).await.unwrap();
        let shown = alice
            .get(&format!("/api/v1/images/{}", id(&image)))
            .send()
            .await
            .unwrap();
        let shown: Value = shown.json().await.unwrap();
        let renditions = shown["renditions"].as_array().unwrap();
        let thumb = renditions
            .iter()
            .find(|rendition| rendition["url"].as_str().unwrap().contains("/thumb"))
            .unwrap();
        let url = thumb["url"].as_str().unwrap();
        let url = url.strip_prefix(&app.origin).unwrap_or(url);
        for (address, expected) in [
            (url.to_owned(), named),
            (path(&image, "thumb"), plain),
            (path(&image, "thumb?v=0000000000000000"), plain),
        ] {
            let answer = get_accepting(&alice, &address, "*/*").await;
            assert_eq!(answer.status(), StatusCode::OK, "{address}");
            let headers = answer.headers().clone();
            assert_eq!(headers["cache-control"], expected, "{visibility} {address}");
            assert_eq!(headers["cross-origin-resource-policy"], policy, "{visibility}");
            let length = answer.bytes().await.unwrap().len().to_string();
            let known = alice
                .get(&address)
                .header("Accept", "*/*")
                .header("If-None-Match", headers["etag"].clone())
                .send()
                .await
                .unwrap();
            assert_eq!(known.status(), StatusCode::NOT_MODIFIED, "{address}");
            for name in ["etag", "cache-control", "vary"] {
                assert_eq!(known.headers()[name], headers[name], "304 {name}");
            }
            let head = alice
                .request(Method::HEAD, &address)
                .header("Accept", "*/*")
                .send()
                .await
                .unwrap();
            assert_eq!(head.headers()["content-length"], length.as_str());
            assert_eq!(head.headers()["etag"], headers["etag"]);
            assert!(head.bytes().await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn renditions_of_private_image_get_404_for_others() {
    let app = TestApp::without_jobs().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let image = alice.upload(samples::jpeg(30, 20, 1), "").await;
    assert!(
        get_accepting(&alice, &path(&image, "thumb"), "*/*")
            .await
            .status()
            .is_success()
    );
    let missing = "01930000-0000-7000-8000-00000000002a";
    for address in ["thumb", "thumb?format=png", "nothing"] {
        let mut bodies = Vec::new();
        for id in [id(&image), missing] {
            let address = format!("/api/v1/images/{id}/renditions/{address}");
            let answer = bob.get(&address).send().await.unwrap();
            let mut body = problem(answer, 404, "not-found").await;
            for differs in ["instance", "request_id"] {
                body[differs] = Value::Null;
            }
            bodies.push(body);
            let anonymous = app.anonymous(Method::GET, &address).send().await.unwrap();
            problem(anonymous, 404, "not-found").await;
        }
        assert_eq!(bodies[0], bodies[1], "{address}");
    }
}

#[tokio::test]
async fn lost_or_damaged_rendition_is_recreated() {
    // Without a memory cache, the store is read for every request.
    let app = TestApp::with(&[("JOBS_IN_SERVE", "false"), ("RENDITION_CACHE_BYTES", "1")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice.upload(samples::jpeg(300, 200, 1), "").await;
    let address = path(&image, "thumb?format=jpeg");
    let first = alice.get(&address).send().await.unwrap().bytes().await.unwrap();
    let damages: [fn(&PathBuf); 3] = [
        |file| fs::remove_file(file).unwrap(),
        |file| fs::write(file, b"short").unwrap(),
        |file| {
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xFF;
            fs::write(file, bytes).unwrap();
        },
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let files = stored(&app);
        assert_eq!(files.len(), 1, "{number}");
        damage(&files[0]);
        let again = alice.get(&address).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::OK, "{number}");
        assert_eq!(again.bytes().await.unwrap(), first, "{number}");
    }
}

#[tokio::test]
async fn rendition_of_failed_image_returns_failure() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice.upload(samples::jpeg(30, 20, 1), "").await;
    let failed = "UPDATE images.images SET state = 'failed', failure_code = 'truncated'";
    app.db.superuser().await.batch_execute(failed).await.unwrap();
    let answer = alice.get(&path(&image, "thumb")).send().await.unwrap();
    let body = problem(answer, 422, "image-undecodable").await;
    assert_eq!(
        body["detail"],
        "The image cannot be decoded: the file is incomplete."
    );
}

#[tokio::test]
async fn hundred_concurrent_requests_on_two_nodes_compute_rendition_once() {
    let app = TestApp::without_jobs().await;
    let other = app.beside(&[("JOBS_IN_SERVE", "false")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice
        .upload(samples::jpeg(2000, 1500, 1), "?visibility=public")
        .await;
    let address = path(&image, "medium?format=webp");
    let client = app.client();
    let requests = (0..100).map(|number| {
        let origin = if number % 2 == 0 { &app.origin } else { &other };
        let request = client.get(format!("{origin}{address}"));
        async move {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            answer.bytes().await.unwrap()
        }
    });
    let answers = futures_util::future::join_all(requests).await;
    assert!(
        answers
            .iter()
            .all(|bytes| *bytes == answers[0] && !bytes.is_empty())
    );
    assert_eq!(computations(&app, "webp").await, [1]);
    assert_eq!(stored(&app).len(), 1);
}

#[tokio::test]
async fn full_sandbox_queue_returns_503_with_retry_after() {
    let app = TestApp::with(&[
        ("JOBS_IN_SERVE", "false"),
        ("SANDBOX_WORKERS", "1"),
        ("SANDBOX_QUEUE_SIZE", "1"),
    ])
    .await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice.upload(samples::jpeg(3000, 2000, 1), "").await;
    let addresses = ["thumb", "small", "medium", "large"]
        .into_iter()
        .flat_map(|preset| {
            ["webp", "jpeg", "png"].map(|format| path(&image, &format!("{preset}?format={format}")))
        });
    let requests = addresses.map(|address| {
        let request = alice.get(&address);
        async move { request.send().await.unwrap() }
    });
    let answers = futures_util::future::join_all(requests).await;
    let (served, rejected): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|answer| answer.status() == StatusCode::OK);
    assert!(
        !served.is_empty() && !rejected.is_empty(),
        "{} {}",
        served.len(),
        rejected.len()
    );
    for answer in rejected {
        assert!(answer.headers().contains_key("retry-after"));
        problem(answer, 503, "overloaded").await;
    }
}

#[tokio::test]
async fn unused_renditions_are_pruned_and_recreated() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice.upload(samples::jpeg(600, 400, 1), "").await;
    for preset in ["thumb", "small", "medium"] {
        let answer = alice
            .get(&path(&image, &format!("{preset}?format=jpeg")))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(stored(&app).len(), 3);
    let age = "UPDATE images.renditions SET used_on = used_on - 40 WHERE width = 256";
    app.db.superuser().await.batch_execute(age).await.unwrap();
    let dry = app.command(&["renditions", "prune", "--unused-for", "30d", "--dry-run"]);
    assert!(dry.contains("would delete about 1 renditions"), "{dry}");
    assert_eq!(stored(&app).len(), 3, "a dry run deletes nothing");
    let pruned = app.command(&["renditions", "prune", "--unused-for", "30d"]);
    assert!(pruned.contains("deleted a total of 1 renditions"), "{pruned}");
    assert_eq!(stored(&app).len(), 2);
    let answer = alice
        .get(&path(&image, "thumb?format=jpeg"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "the rendition is created again");
    assert!(
        app.command(&["renditions", "stats"]).contains("jpeg"),
        "stats list the formats"
    );
    app.command(&["renditions", "prune", "--max-bytes", "1"]);
    assert_eq!(stored(&app), Vec::<PathBuf>::new());
}
