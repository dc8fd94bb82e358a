//! tus 1.0.0, tested request by request.
use super::{download, len, usage};
use crate::harness::{Browser, TestApp, expect, location, problem, wait_until};
use base64::{Engine, engine::general_purpose::STANDARD};
use infravault_kernel::{Clock, Sha256};
use infravault_testkit::samples;
use reqwest::{Method, RequestBuilder, Response};
use std::path::Path;
use time::Duration;

const PATH: &str = "/api/v1/uploads/tus";

fn tus(browser: &Browser, method: Method, path: &str) -> RequestBuilder {
    browser.request(method, path).header("Tus-Resumable", "1.0.0")
}

async fn create(browser: &Browser, bytes: &[u8], headers: &[(&str, &str)]) -> Response {
    let mut request = tus(browser, Method::POST, PATH).header("Upload-Length", bytes.len());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn patch(browser: &Browser, path: &str, at: usize, bytes: &[u8]) -> RequestBuilder {
    tus(browser, Method::PATCH, path)
        .header("Upload-Offset", at)
        .header("Content-Type", "application/offset+octet-stream")
        .body(bytes.to_vec())
}

fn header(answer: &Response, name: &str) -> String {
    let value = answer.headers().get(name);
    value
        .map(|value| value.to_str().unwrap().to_owned())
        .unwrap_or_default()
}

/// Checks that the response is a problem with the header that every tus response has.
async fn tus_problem(answer: Response, status: u16, code: &str) {
    assert_eq!(header(&answer, "tus-resumable"), "1.0.0");
    problem(answer, status, code).await;
}

/// Waits until the sweeper has deleted all parts.
pub(super) async fn wait_empty(directory: &Path) {
    wait_until("all parts are deleted", async || {
        let mut shards = std::fs::read_dir(directory).into_iter().flatten().flatten();
        shards.all(|shard| std::fs::read_dir(shard.path()).unwrap().next().is_none())
    })
    .await;
}

#[tokio::test]
async fn tus_upload_in_two_requests_creates_image() {
    let app = TestApp::with(&[("JOBS_IN_SERVE", "false"), ("UPLOAD_MAX_BYTES", "1000000")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let options = app.anonymous(Method::OPTIONS, PATH).send().await.unwrap();
    assert_eq!(options.status(), 204);
    assert_eq!(header(&options, "tus-version"), "1.0.0");
    assert_eq!(header(&options, "tus-max-size"), "1000000");
    assert_eq!(header(&options, "tus-checksum-algorithm"), "sha1,sha256");
    let extensions = header(&options, "tus-extension");
    assert_eq!(
        extensions,
        "creation,creation-with-upload,expiration,checksum,termination,concatenation"
    );

    let original = samples::jpeg(300, 200, 1);
    let text = |text: &str| STANDARD.encode(text);
    let metadata = format!(
        "filename {},title {},tags {},visibility {}",
        text("a.jpg"),
        text("Grüße"),
        text("x,y"),
        text("unlisted")
    );
    let created = create(&alice, &original, &[("Upload-Metadata", &metadata)]).await;
    assert_eq!(created.status(), 201);
    assert_eq!(header(&created, "tus-resumable"), "1.0.0");
    assert!(header(&created, "upload-expires").ends_with(" GMT"));
    let path = location(&created);
    assert!(path.starts_with(PATH));
    let head = tus(&alice, Method::HEAD, &path).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(header(&head, "upload-offset"), "0");
    assert_eq!(header(&head, "upload-length"), original.len().to_string());
    assert_eq!(header(&head, "upload-metadata"), metadata);
    assert_eq!(header(&head, "cache-control"), "no-store");
    let half = original.len() / 2;
    let some = patch(&alice, &path, 0, &original[..half]).send().await.unwrap();
    assert_eq!(
        (some.status().as_u16(), header(&some, "upload-offset")),
        (204, half.to_string())
    );
    assert_eq!(usage(&alice).await, (0, len(&original), 0));
    let rest = patch(&alice, &path, half, &original[half..])
        .send()
        .await
        .unwrap();
    assert_eq!(rest.status(), 204);
    assert_eq!(header(&rest, "upload-offset"), original.len().to_string());
    let id = header(&rest, "upload-image-id");
    assert_eq!(
        header(&rest, "link"),
        format!("</api/v1/images/{id}>; rel=\"related\"")
    );
    let image = expect(
        alice.get(&format!("/api/v1/images/{id}")).send().await.unwrap(),
        200,
    )
    .await;
    assert_eq!(
        (image["title"].as_str(), image["visibility"].as_str()),
        (Some("Grüße"), Some("unlisted"))
    );
    assert_eq!(
        (&image["tags"], image["file_name"].as_str()),
        (&serde_json::json!(["x", "y"]), Some("a.jpg"))
    );
    assert_eq!(download(&alice, &id).await, original);
    assert_eq!(usage(&alice).await, (len(&original), 0, 1));
    let done = tus(&alice, Method::HEAD, &path).send().await.unwrap();
    assert_eq!(header(&done, "upload-image-id"), id);
    wait_empty(&app.folder.join("objects/incoming")).await;
}

#[tokio::test]
async fn invalid_tus_requests_are_rejected() {
    let app = TestApp::with(&[("JOBS_IN_SERVE", "false"), ("UPLOAD_MAX_BYTES", "100000")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let original = samples::jpeg(60, 40, 1);
    let no_version = alice.post(PATH).header("Upload-Length", 5).send().await.unwrap();
    assert_eq!(header(&no_version, "tus-version"), "1.0.0");
    tus_problem(no_version, 412, "tus-version").await;
    let other_version = alice
        .post(PATH)
        .header("Tus-Resumable", "0.2.2")
        .header("Upload-Length", 5);
    tus_problem(other_version.send().await.unwrap(), 412, "tus-version").await;
    for (headers, status, code) in [
        (vec![], 400, "invalid-parameter"),
        (vec![("Upload-Length", "many")], 400, "invalid-parameter"),
        (vec![("Upload-Length", "-1")], 400, "invalid-parameter"),
        (vec![("Upload-Length", "100001")], 413, "payload-too-large"),
        (vec![("Upload-Length", "0")], 422, "validation-failed"),
        (
            vec![("Upload-Length", "5"), ("Upload-Metadata", "title !")],
            400,
            "invalid-parameter",
        ),
        (
            vec![("Upload-Length", "5"), ("Upload-Metadata", "visibility c2VjcmV0")],
            400,
            "invalid-parameter",
        ),
        (vec![("Upload-Concat", "final;")], 400, "invalid-parameter"),
        (vec![("Upload-Concat", "final;/x")], 400, "invalid-parameter"),
        (vec![("Upload-Concat", "whole")], 400, "invalid-parameter"),
    ] {
        let mut request = tus(&alice, Method::POST, PATH);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        println!("{headers:?}");
        tus_problem(request.send().await.unwrap(), status, code).await;
    }
    assert_eq!(usage(&alice).await, (0, 0, 0));
    let path = location(&create(&alice, &original, &[]).await);
    let wrong_type = tus(&alice, Method::PATCH, &path)
        .header("Upload-Offset", 0)
        .body("x");
    tus_problem(wrong_type.send().await.unwrap(), 415, "unsupported-media-type").await;
    tus_problem(
        patch(&alice, &path, 1, &original).send().await.unwrap(),
        409,
        "upload-offset-mismatch",
    )
    .await;
    let no_offset =
        tus(&alice, Method::PATCH, &path).header("Content-Type", "application/offset+octet-stream");
    tus_problem(no_offset.send().await.unwrap(), 400, "invalid-parameter").await;
    let larger = [original.clone(), vec![0]].concat();
    tus_problem(
        patch(&alice, &path, 0, &larger).send().await.unwrap(),
        413,
        "payload-too-large",
    )
    .await;
    for (checksum, status, code) in [
        ("md5 1B2M2Y8AsgTpgAmY7PhCfg==", 400, "invalid-parameter"),
        (
            "sha1 Lve95gjOVATpfV8EL5X4nxwjKHE=",
            460,
            "upload-checksum-mismatch",
        ),
    ] {
        let request = patch(&alice, &path, 0, &original).header("Upload-Checksum", checksum);
        tus_problem(request.send().await.unwrap(), status, code).await;
    }
    let head = tus(&alice, Method::HEAD, &path).send().await.unwrap();
    assert_eq!(header(&head, "upload-offset"), "0", "no bytes were stored");
    let bob = app.sign_in("bob@example.com").await;
    assert_eq!(tus(&bob, Method::HEAD, &path).send().await.unwrap().status(), 404);
    tus_problem(
        patch(&bob, &path, 0, &original).send().await.unwrap(),
        404,
        "not-found",
    )
    .await;
    let foreign = tus(&bob, Method::POST, PATH).header("Upload-Concat", format!("final;{path}"));
    tus_problem(foreign.send().await.unwrap(), 404, "not-found").await;
    let good = STANDARD.encode(Sha256::digest(&original).bytes());
    let right = patch(&alice, &path, 0, &original).header("Upload-Checksum", format!("sha256 {good}"));
    assert_eq!(right.send().await.unwrap().status(), 204);
}

#[tokio::test]
async fn terminated_expired_and_rejected_uploads_are_gone() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let original = samples::jpeg(60, 40, 1);
    let path = location(&create(&alice, &original, &[]).await);
    patch(&alice, &path, 0, &original[..10]).send().await.unwrap();
    let deleted = tus(&alice, Method::DELETE, &path).send().await.unwrap();
    assert_eq!(
        (deleted.status().as_u16(), header(&deleted, "tus-resumable")),
        (204, "1.0.0".to_owned())
    );
    assert_eq!(
        tus(&alice, Method::HEAD, &path).send().await.unwrap().status(),
        410
    );
    tus_problem(
        patch(&alice, &path, 10, &original[10..]).send().await.unwrap(),
        410,
        "upload-gone",
    )
    .await;
    assert_eq!(usage(&alice).await, (0, 0, 0));

    let html = b"<html></html>";
    let path = location(&create(&alice, html, &[]).await);
    tus_problem(
        patch(&alice, &path, 0, html).send().await.unwrap(),
        415,
        "unsupported-image-type",
    )
    .await;
    assert_eq!(
        tus(&alice, Method::HEAD, &path).send().await.unwrap().status(),
        410
    );

    let path = location(&create(&alice, &original, &[]).await);
    let token = app.token(&alice, "images:read images:write").await;
    let late = Clock::fixed(Clock::System.now() + Duration::hours(25));
    let later = app.beside_at(&[("JOBS_IN_SERVE", "false")], late).await;
    let head = app
        .client()
        .head(format!("{later}{path}"))
        .bearer_auth(&token)
        .header("Tus-Resumable", "1.0.0");
    assert_eq!(head.send().await.unwrap().status(), 410);
    wait_empty(&app.folder.join("objects/incoming")).await;
}

#[tokio::test]
async fn creation_with_upload_concatenation_and_method_override_work() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let original = samples::jpeg(300, 200, 6);
    let with_bytes = async |bytes: &[u8], len: usize, concat: Option<&str>| {
        let mut request = tus(&alice, Method::POST, PATH)
            .header("Upload-Length", len)
            .header("Content-Type", "application/offset+octet-stream")
            .body(bytes.to_vec());
        if let Some(concat) = concat {
            request = request.header("Upload-Concat", concat);
        }
        request.send().await.unwrap()
    };
    let whole = with_bytes(&original, original.len(), None).await;
    assert_eq!(
        (whole.status().as_u16(), header(&whole, "upload-offset")),
        (201, original.len().to_string())
    );
    assert_eq!(
        download(&alice, &header(&whole, "upload-image-id")).await,
        original
    );

    let mut parts = Vec::new();
    for chunk in original.chunks(original.len() / 3 + 1) {
        let part = with_bytes(&chunk[..5], chunk.len(), Some("partial")).await;
        assert_eq!(
            (part.status().as_u16(), header(&part, "upload-offset")),
            (201, "5".to_owned())
        );
        let path = location(&part);
        let early = tus(&alice, Method::POST, PATH).header("Upload-Concat", format!("final;{path}"));
        tus_problem(early.send().await.unwrap(), 422, "upload-mismatch").await;
        let rest = tus(&alice, Method::POST, &path)
            .header("X-HTTP-Method-Override", "PATCH")
            .header("Upload-Offset", 5)
            .header("Content-Type", "application/offset+octet-stream")
            .body(chunk[5..].to_vec());
        assert_eq!(rest.send().await.unwrap().status(), 204);
        let head = tus(&alice, Method::HEAD, &path).send().await.unwrap();
        assert_eq!(header(&head, "upload-concat"), "partial");
        parts.push(path);
    }
    let list = format!("final;{}", parts.join(" "));
    let mut images = Vec::new();
    for _ in 0..2 {
        let request = tus(&alice, Method::POST, PATH).header("Upload-Concat", &list);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 201);
        images.push((location(&answer), header(&answer, "upload-image-id")));
    }
    assert_eq!(images[0], images[1], "the same parts are the same image");
    parts.reverse();
    let other = format!("final;{}", parts.join(" "));
    let reordered = tus(&alice, Method::POST, PATH).header("Upload-Concat", other);
    tus_problem(reordered.send().await.unwrap(), 410, "upload-gone").await;
    assert_eq!(download(&alice, &images[0].1).await, original);
    let head = tus(&alice, Method::HEAD, &images[0].0).send().await.unwrap();
    assert_eq!(header(&head, "upload-concat"), list);
    assert_eq!(header(&head, "upload-length"), original.len().to_string());
    let onto = patch(&alice, &images[0].0, original.len(), b"")
        .send()
        .await
        .unwrap();
    tus_problem(onto, 403, "forbidden").await;
    assert_eq!(usage(&alice).await, (len(&original) * 2, 0, 2));
    let open = location(&create(&alice, &original, &[]).await);
    let ended = tus(&alice, Method::POST, &open).header("X-HTTP-Method-Override", "DELETE");
    assert_eq!(ended.send().await.unwrap().status(), 204);
    let other = tus(&alice, Method::POST, &open).header("X-HTTP-Method-Override", "TRACE");
    tus_problem(other.send().await.unwrap(), 400, "invalid-parameter").await;
}

#[tokio::test]
async fn cors_allows_tus_for_configured_origin() {
    let app = TestApp::with(&[
        ("JOBS_IN_SERVE", "false"),
        ("CORS_ORIGINS", "https://app.example"),
    ])
    .await;
    let asked = "tus-resumable,upload-length,upload-offset,upload-metadata,upload-concat,upload-checksum,content-type,x-iv-csrf,x-http-method-override";
    let preflight = app
        .anonymous(Method::OPTIONS, PATH)
        .header("Origin", "https://app.example")
        .header("Access-Control-Request-Method", "PATCH")
        .header("Access-Control-Request-Headers", asked);
    let preflight = preflight.send().await.unwrap();
    assert_eq!(
        header(&preflight, "access-control-allow-origin"),
        "https://app.example"
    );
    let allowed = header(&preflight, "access-control-allow-headers").to_ascii_lowercase();
    assert!(asked.split(',').all(|name| allowed.contains(name)), "{allowed}");
    let answer = app
        .anonymous(Method::OPTIONS, PATH)
        .header("Origin", "https://app.example");
    let exposed = header(&answer.send().await.unwrap(), "access-control-expose-headers").to_ascii_lowercase();
    for name in [
        "upload-offset",
        "location",
        "upload-image-id",
        "upload-expires",
        "tus-resumable",
    ] {
        assert!(exposed.contains(name), "{name} in {exposed}");
    }
}
