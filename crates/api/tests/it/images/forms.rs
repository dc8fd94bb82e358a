//! Multipart forms: good ones, and everything that can be wrong with one (N51).
use super::assert_nothing_left;
use crate::harness::{Browser, TestApp, expect, problem};
use infravault_testkit::pictures;
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
async fn a_form_says_everything_before_the_file() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let bytes = pictures::webp(20, 10, 1);
    let picture = Part::bytes(bytes.clone())
        .file_name("Größe.webp")
        .mime_str("image/webp")
        .unwrap();
    let form = Form::new()
        .text("title", "Ein Bild")
        .text("description", "mit\nZeilen")
        .text("tags", "a, b")
        .text("tags", "c")
        .text("visibility", "public")
        .part("file", picture);
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
    let path = format!("/api/v1/images/{}/download", image["id"].as_str().unwrap());
    assert_eq!(
        alice.get(&path).send().await.unwrap().bytes().await.unwrap(),
        bytes
    );

    let bare = Form::new().part("file", Part::bytes(pictures::png(4, 4, 1)).file_name("x.y.png"));
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
async fn large_files_stream_through_a_form() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    // Noise after the end of the picture makes it large without making it slow to make.
    let mut bytes = pictures::png(8, 8, 1);
    bytes.extend((0..5_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]));
    let form = Form::new().part("file", Part::bytes(bytes.clone()).file_name("x.png"));
    let image = expect(
        alice.post("/api/v1/images").multipart(form).send().await.unwrap(),
        201,
    )
    .await;
    assert_eq!(image["size"], bytes.len());
    let path = format!("/api/v1/images/{}/download", image["id"].as_str().unwrap());
    assert_eq!(
        alice.get(&path).send().await.unwrap().bytes().await.unwrap(),
        bytes
    );
}

#[tokio::test]
async fn broken_forms() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let png = pictures::png(4, 4, 1);
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
            "two files",
            BOUNDARY.to_owned(),
            vec![file(&png), file(&png), end()],
        ),
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
    for (what, boundary, parts) in cases {
        let answer = send(&alice, &boundary, &parts).await;
        assert_eq!(answer.status(), 400, "{what}");
        problem(answer, 400, "malformed-multipart").await;
    }
    assert_nothing_left(&app).await;
}

#[tokio::test]
async fn fields_that_will_not_do() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let png = pictures::png(4, 4, 1);
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
