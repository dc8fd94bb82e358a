//! Multipart forms, valid and malformed.
use super::{assert_nothing_left, left, stored};
use crate::harness::{Browser, TestApp, expect, image_path, problem, set_quota};
use infravault_testkit::samples;
use reqwest::{
    Response,
    multipart::{Form, Part},
};

const BOUNDARY: &str = "XbX";

fn part(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut part = format!("--{BOUNDARY}\r\n{headers}\r\n\r\n").into_bytes();
    part.extend_from_slice(body);
    part.extend_from_slice(b"\r\n");
    part
}

fn text(name: &str, value: &str) -> Vec<u8> {
    part(
        &format!("Content-Disposition: form-data; name=\"{name}\""),
        value.as_bytes(),
    )
}

fn file(bytes: &[u8]) -> Vec<u8> {
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png";
    part(head, bytes)
}

fn end() -> Vec<u8> {
    format!("--{BOUNDARY}--\r\n").into_bytes()
}

async fn send(browser: &Browser, boundary: &str, parts: &[Vec<u8>]) -> Response {
    let request = browser.post("/api/v1/images");
    let media_type = format!("multipart/form-data; boundary={boundary}");
    request
        .header("Content-Type", media_type)
        .body(parts.concat())
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn form_fields_before_the_file_set_the_metadata() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let bytes = samples::webp(20, 10, 1);
    let original = Part::bytes(bytes.clone())
        .file_name("Größe.webp")
        .mime_str("image/webp")
        .unwrap();
    let form = Form::new()
        .text("title", "Ein Bild")
        .text("description", "mit\nZeilen")
        .text("tags", "a, b")
        .text("tags", "c")
        .text("visibility", "public")
        .part("file", original);
    let answer = alice.post("/api/v1/images").multipart(form).send().await.unwrap();
    let image = expect(answer, 201).await;
    assert_eq!(image["title"], "Ein Bild");
    assert_eq!(image["description"], "mit\nZeilen");
    assert_eq!(image["tags"], serde_json::json!(["a", "b", "c"]));
    assert_eq!(
        (&image["visibility"], &image["media_type"]),
        (&"public".into(), &"image/webp".into())
    );
    assert_eq!(image["file_name"], "Größe.webp");
    let path = format!("{}/download", image_path(&image));
    assert_eq!(
        alice.get(&path).send().await.unwrap().bytes().await.unwrap(),
        bytes
    );

    let bare = Form::new().part("file", Part::bytes(samples::png(4, 4, 1)).file_name("x.y.png"));
    let image = expect(
        alice.post("/api/v1/images").multipart(bare).send().await.unwrap(),
        201,
    )
    .await;
    assert_eq!(
        (&image["title"], &image["visibility"]),
        (&"x.y".into(), &"private".into())
    );
}

#[tokio::test]
async fn large_form_file_is_stored_completely() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    // Noise after the end of the image makes the file large.
    let mut bytes = samples::png(8, 8, 1);
    bytes.extend((0..5_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]));
    let form = Form::new().part("file", Part::bytes(bytes.clone()).file_name("x.png"));
    let image = expect(
        alice.post("/api/v1/images").multipart(form).send().await.unwrap(),
        201,
    )
    .await;
    assert_eq!(image["size"], bytes.len());
    let path = format!("{}/download", image_path(&image));
    assert_eq!(
        alice.get(&path).send().await.unwrap().bytes().await.unwrap(),
        bytes
    );
}

#[tokio::test]
async fn malformed_forms_are_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let png = samples::png(4, 4, 1);
    let long = |len: usize| "b".repeat(len);
    let header = |len: usize| {
        let head = format!(
            "Content-Disposition: form-data; name=\"title\"\r\nX-Long: {}",
            long(len)
        );
        part(&head, b"x")
    };
    let nested =
        "Content-Disposition: form-data; name=\"file\"\r\nContent-Type: multipart/mixed; boundary=in";
    let newline = "Content-Disposition: form-data; name=\"file\"; filename=\"a\r\nSet-Cookie: x=1\r\n.png\"";
    let cases: Vec<(&str, String, Vec<Vec<u8>>)> = vec![
        ("no closing boundary", BOUNDARY.to_owned(), vec![file(&png)]),
        (
            "cut in the file",
            BOUNDARY.to_owned(),
            vec![file(&png)[..100].to_vec()],
        ),
        ("a boundary of 71 characters", long(71), vec![file(&png), end()]),
        ("an empty boundary", String::new(), vec![file(&png), end()]),
        ("another boundary", "other".to_owned(), vec![file(&png), end()]),
        (
            "a field after the file",
            BOUNDARY.to_owned(),
            vec![file(&png), text("title", "x"), end()],
        ),
        (
            "many parts",
            BOUNDARY.to_owned(),
            [vec![text("tags", "x"); 10_000], vec![file(&png), end()]].concat(),
        ),
        (
            "long part headers",
            BOUNDARY.to_owned(),
            vec![header(9 << 10), file(&png), end()],
        ),
        (
            "very long part headers",
            BOUNDARY.to_owned(),
            vec![header(1 << 20), file(&png), end()],
        ),
        (
            "a nested form",
            BOUNDARY.to_owned(),
            vec![part(nested, b"--in\r\n\r\nx\r\n--in--"), end()],
        ),
        (
            "a file name with line ends",
            BOUNDARY.to_owned(),
            vec![part(newline, &png), end()],
        ),
        (
            "no disposition",
            BOUNDARY.to_owned(),
            vec![part("Content-Type: image/png", &png), end()],
        ),
        (
            "a preamble without end",
            BOUNDARY.to_owned(),
            vec![b"x\r\n".repeat(400_000), file(&png), end()],
        ),
    ];
    for (name, boundary, parts) in cases {
        let answer = send(&alice, &boundary, &parts).await;
        assert_eq!(answer.status(), 400, "{name}");
        problem(answer, 400, "malformed-multipart").await;
    }
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn invalid_form_fields_are_rejected() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let png = samples::png(4, 4, 1);
    let cases: Vec<(&str, Vec<Vec<u8>>)> = vec![
        ("file", vec![text("title", "x"), end()]),
        ("file", vec![end()]),
        ("title", vec![text("title", &"x".repeat(201)), file(&png), end()]),
        (
            "title",
            vec![text("title", "x"), text("title", "y"), file(&png), end()],
        ),
        ("title", vec![text("title", "a\0b"), file(&png), end()]),
        (
            "description",
            vec![text("description", &"x".repeat(4001)), file(&png), end()],
        ),
        (
            "description",
            vec![text("description", &"x".repeat(17 << 10)), file(&png), end()],
        ),
        (
            "visibility",
            vec![text("visibility", "everybody"), file(&png), end()],
        ),
        ("tags", vec![text("tags", &"y".repeat(51)), file(&png), end()]),
        ("role", vec![text("role", "ADMIN"), file(&png), end()]),
        (
            "title",
            vec![
                part("Content-Disposition: form-data; name=\"title\"", b"\xFF\xFE"),
                file(&png),
                end(),
            ],
        ),
    ];
    for (field, parts) in cases {
        let answer = problem(send(&alice, BOUNDARY, &parts).await, 422, "validation-failed").await;
        assert_eq!(answer["field"], field, "{answer}");
    }
    let answer = alice
        .post("/api/v1/images?title=x")
        .multipart(Form::new().part("file", Part::bytes(png)));
    problem(answer.send().await.unwrap(), 400, "invalid-parameter").await;
    assert_nothing_left(&app).await;
}

/// The status and the problem code of every file of a form.
async fn results(answer: Response) -> Vec<(u64, Option<String>)> {
    let body = expect(answer, 200).await;
    let results = body["results"].as_array().unwrap();
    for (index, result) in results.iter().enumerate() {
        assert_eq!(result["index"], index);
        assert_eq!(
            result["status"] == 201,
            result["image"]["id"].is_string(),
            "{result}"
        );
        assert_eq!(result["status"] == 201, result["problem"].is_null(), "{result}");
        if !result["problem"].is_null() {
            assert_eq!(result["problem"]["status"], result["status"]);
            assert!(result["problem"]["request_id"].is_string(), "{result}");
        }
    }
    let outcome = |result: &serde_json::Value| {
        let code = result["problem"]["code"].as_str().map(str::to_owned);
        (result["status"].as_u64().unwrap(), code)
    };
    results.iter().map(outcome).collect()
}

fn created() -> (u64, Option<String>) {
    (201, None)
}

fn rejected(status: u64, code: &str) -> (u64, Option<String>) {
    (status, Some(code.to_owned()))
}

fn named_file(name: &str, more: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"{more}");
    part(&head, bytes)
}

#[tokio::test]
async fn form_with_several_files_returns_result_per_file() {
    let app = TestApp::with(&[("JOBS_IN_SERVE", "false"), ("UPLOAD_MAX_BYTES", "64KiB")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let (one, two) = (samples::png(4, 4, 1), samples::png(5, 5, 2));
    let mut long = samples::png(6, 6, 3);
    long.resize(80 << 10, 7);
    let cut = &two[..two.len() - 20];
    let digest = "\r\nRepr-Digest: sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
    let parts = [
        text("tags", "trip, sea"),
        text("visibility", "unlisted"),
        named_file("one.png", "", &one),
        named_file("words.png", "", b"these are words"),
        named_file("cut.png", "", cut),
        named_file("long.png", "", &long),
        named_file("other.png", digest, &two),
        named_file("odd.png", "\r\nRepr-Digest: nonsense", &two),
        named_file("empty.png", "", b""),
        named_file("two.png", "", &two),
        named_file("again.png", "", &one),
        end(),
    ];
    let answer = send(&alice, BOUNDARY, &parts).await;
    assert_eq!(
        results(answer).await,
        [
            created(),
            rejected(415, "unsupported-image-type"),
            rejected(422, "image-undecodable"),
            rejected(413, "payload-too-large"),
            rejected(422, "checksum-mismatch"),
            rejected(400, "invalid-parameter"),
            rejected(422, "validation-failed"),
            created(),
            created(),
        ]
    );
    let list = expect(
        alice
            .get("/api/v1/images?tag=sea&visibility=unlisted")
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
    let names: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| image["title"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["again", "two", "one"], "the fields apply to all files");
    assert_eq!(left(&app).await.0, 3);
    assert_eq!(stored(&app).len(), 2, "the same bytes are stored once");
    let usage = alice.usage().await;
    assert_eq!(
        (&usage["used_bytes"], &usage["reserved_bytes"]),
        (&(one.len() * 2 + two.len()).into(), &0.into())
    );
}

#[tokio::test]
async fn invalid_first_file_does_not_reject_the_others() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let png = samples::png(4, 4, 1);
    let words = named_file("words.png", "", b"these are words");
    let answer = send(&alice, BOUNDARY, &[words.clone(), file(&png), end()]).await;
    assert_eq!(
        results(answer).await,
        [rejected(415, "unsupported-image-type"), created()]
    );
    // A single file gets a problem response.
    problem(
        send(&alice, BOUNDARY, &[words, end()]).await,
        415,
        "unsupported-image-type",
    )
    .await;
    assert_eq!(left(&app).await.0, 1);
}

#[tokio::test]
async fn malformed_form_keeps_complete_files() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let pngs: Vec<Vec<u8>> = (0..3).map(|seed| samples::png(4, 4, seed)).collect();
    let broken = rejected(400, "malformed-multipart");
    // A field after the second file, and a third file that is cut off.
    let between = [
        file(&pngs[0]),
        file(&pngs[1]),
        text("title", "x"),
        file(&pngs[2]),
        end(),
    ];
    assert_eq!(
        results(send(&alice, BOUNDARY, &between).await).await,
        [created(), broken.clone()]
    );
    let cut = [file(&pngs[1]), file(&pngs[2])[..120].to_vec()];
    assert_eq!(
        results(send(&alice, BOUNDARY, &cut).await).await,
        [created(), broken.clone()]
    );
    assert_eq!(left(&app).await.0, 2);
    let headers = named_file("x.png", &format!("\r\nX-Long: {}", "x".repeat(9 << 10)), &pngs[2]);
    problem(
        send(&alice, BOUNDARY, &[file(&pngs[2]), headers, end()]).await,
        400,
        "malformed-multipart",
    )
    .await;
    assert_eq!(left(&app).await.0, 2);
}

#[tokio::test]
async fn form_with_more_than_fifty_files_is_cut_off() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let mut parts: Vec<Vec<u8>> = (0..51).map(|seed| file(&samples::png(3, 3, seed))).collect();
    parts.push(end());
    let results = results(send(&alice, BOUNDARY, &parts).await).await;
    assert_eq!(results[..50], vec![created(); 50]);
    assert_eq!(results[50..], [rejected(400, "malformed-multipart")]);
}

#[tokio::test]
async fn quota_applies_to_each_file_of_a_form() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let png = samples::png(40, 40, 1);
    set_quota(&app, &alice, u64::try_from(png.len() * 5 / 2).unwrap()).await;
    let small = samples::png(3, 3, 1);
    let parts = |count: usize| [vec![file(&png); count], vec![file(&small), end()]].concat();
    // The content length exceeds the quota, so the body is not read.
    problem(
        send(&alice, BOUNDARY, &parts(60)).await,
        403,
        "storage-quota-exceeded",
    )
    .await;
    assert_eq!(left(&app).await, (0, 0, 0));
    // Without a content length.
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(
        parts(3).concat(),
    )]));
    let request = alice.post("/api/v1/images").body(body);
    let request = request.header(
        "Content-Type",
        format!("multipart/form-data; boundary={BOUNDARY}"),
    );
    let results = results(request.send().await.unwrap()).await;
    assert_eq!(
        results,
        [
            created(),
            created(),
            rejected(403, "storage-quota-exceeded"),
            created()
        ]
    );
    let usage = alice.usage().await;
    assert_eq!(
        (&usage["used_bytes"], &usage["reserved_bytes"]),
        (&(png.len() * 2 + small.len()).into(), &0.into())
    );
}

#[tokio::test]
async fn form_with_several_files_is_idempotent() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let pngs: Vec<Vec<u8>> = (0..3).map(|seed| file(&samples::png(4, 4, seed))).collect();
    let send = async |files: &[&Vec<u8>]| {
        let mut body: Vec<u8> = files.iter().flat_map(|file| (*file).clone()).collect();
        body.extend(end());
        let request = alice
            .post("/api/v1/images")
            .header("Idempotency-Key", "form-1")
            .body(body);
        let request = request.header(
            "Content-Type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        );
        expect(request.send().await.unwrap(), 200).await
    };
    let first = send(&[&pngs[0], &pngs[1], &pngs[2]]).await;
    let ids = |answer: &serde_json::Value| -> Vec<String> {
        let results = answer["results"].as_array().unwrap().iter();
        results.map(|result| result["image"]["id"].to_string()).collect()
    };
    assert_eq!(ids(&send(&[&pngs[0], &pngs[1], &pngs[2]]).await), ids(&first));
    let other = send(&[&pngs[0], &pngs[2], &pngs[2]]).await;
    assert_eq!(ids(&other)[0], ids(&first)[0]);
    assert_eq!(other["results"][1]["problem"]["code"], "idempotency-mismatch");
    assert_eq!(ids(&other)[2], ids(&first)[2]);
    assert_eq!(left(&app).await.0, 3);
}
