//! Connections that are written by hand: slow ones (N52), and those that try to hide a second request (N65).
use crate::harness::{Browser, TestApp, expect};
use futures_util::future::join_all;
use infravault_testkit::samples;
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.origin.trim_start_matches("http://"))
        .await
        .unwrap()
}

/// Everything that still comes, until the server closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection that is reset has been closed, too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes))
        .await
        .expect("the connection stays open");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Everything that comes within a moment, whether or not the connection is closed then.
async fn soon(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(Duration::from_millis(700), stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn n52_heads_that_do_not_end_are_closed() {
    let app = TestApp::without_jobs().await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let began = Instant::now();
    let mut silent = connect(&app).await;
    let mut half = connect(&app).await;
    let head = format!("GET /api/v1/images/public HTTP/1.1\r\nHost: {host}\r\nX-Slow: ");
    half.write_all(head.as_bytes()).await.unwrap();
    let mut dripping = connect(&app).await;
    dripping.write_all(head.as_bytes()).await.unwrap();
    let drip = async {
        // Until the server has had enough.
        while began.elapsed() < PATIENCE && dripping.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(200)).await;
        }
        began.elapsed()
    };
    let (silent, half, dripped) = tokio::join!(rest(&mut silent), rest(&mut half), drip);
    assert!(
        silent.is_empty() || silent.starts_with("HTTP/1.1 408"),
        "{silent}"
    );
    assert!(half.starts_with("HTTP/1.1 408"), "{half}");
    assert!(dripped < PATIENCE, "a head of single bytes goes on for ever");
}

#[tokio::test]
async fn n52_bodies_that_do_not_come_are_closed() {
    let app = TestApp::with(&[("JOBS_IN_SERVE", "false"), ("UPLOAD_MIN_RATE_WINDOW", "2s")]).await;
    let alice = app.sign_in("alice@example.com").await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let signed_in = format!(
        "Cookie: {}\r\nOrigin: {}\r\nX-IV-CSRF: 1\r\n",
        alice.cookies(),
        app.origin
    );
    let cases = [
        (
            "POST /api/v1/images",
            "Content-Type: image/jpeg\r\n",
            signed_in.as_str(),
            408,
        ),
        (
            "PUT /api/v1/users/profile",
            "Content-Type: application/json\r\n",
            &signed_in,
            408,
        ),
        // What is refused by its head is not read, and does not keep the connection either.
        ("POST /api/v1/images", "Content-Type: image/jpeg\r\n", "", 401),
        (
            "POST /api/v1/uploads/tus",
            "Tus-Resumable: 1.0.0\r\nUpload-Length: 9\r\nContent-Type: application/offset+octet-stream\r\n",
            "",
            401,
        ),
        ("DELETE /api/v1/images/public", "", "", 405),
    ];
    let answers = cases.map(|(target, more, who, _)| {
        let request =
            format!("{target} HTTP/1.1\r\nHost: {host}\r\n{more}{who}Content-Length: 50000\r\n\r\n{{");
        let app = &app;
        async move {
            let mut stream = connect(app).await;
            stream.write_all(request.as_bytes()).await.unwrap();
            rest(&mut stream).await
        }
    });
    for (answer, (target, .., status)) in join_all(answers).await.into_iter().zip(cases) {
        let expected = format!("HTTP/1.1 {status}");
        assert!(answer.starts_with(&expected), "{target}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{target}: {answer}");
    }
}

#[tokio::test]
async fn n52_who_takes_nothing_of_an_answer_is_cut_off() {
    let app = TestApp::with(&[("JOBS_IN_SERVE", "false"), ("HTTP_STALL_TIMEOUT", "2s")]).await;
    let alice = app.sign_in("alice@example.com").await;
    // More than the kernel keeps for a connection; noise after the end of the image makes it large.
    let mut original = samples::jpeg(60, 40, 1);
    original.extend((0..16_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]));
    let image = alice.upload(original.clone(), "").await;
    let path = format!("/api/v1/images/{}/download", image["id"].as_str().unwrap());
    let mut taken = 0;
    let mut stream = asking(&app, &alice, &path).await;
    sleep(Duration::from_secs(8)).await;
    let mut buffer = vec![0; 1 << 16];
    while let Ok(Ok(some)) = timeout(PATIENCE, stream.read(&mut buffer)).await
        && some != 0
    {
        taken += some;
    }
    assert!(
        taken < original.len(),
        "{taken} bytes came after eight seconds of nothing"
    );
    // Who takes it slowly, but takes it, gets all of it.
    let mut stream = asking(&app, &alice, &path).await;
    let mut slowly = 0;
    while slowly < original.len() {
        if slowly < 4 << 20 {
            sleep(Duration::from_millis(50)).await;
        }
        let some = timeout(PATIENCE, stream.read(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        assert_ne!(some, 0, "cut off after {slowly} bytes");
        slowly += some;
    }
}

/// A connection with little room that has asked for something.
async fn asking(app: &TestApp, browser: &Browser, path: &str) -> TcpStream {
    let host = app.origin.trim_start_matches("http://");
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 << 10).unwrap();
    let mut stream = socket.connect(host.parse().unwrap()).await.unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\n\r\n",
        browser.cookies()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn n65_no_request_hides_in_another() {
    let app = TestApp::without_jobs().await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let hidden = format!("GET /api/v1/limits HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let length = hidden.len();
    let chunked = format!("0\r\n\r\n{hidden}");
    for (name, lines, body) in [
        (
            "length and chunks",
            format!(
                "Host: {host}\r\nContent-Length: {}\r\nTransfer-Encoding: chunked",
                chunked.len()
            ),
            chunked.as_str(),
        ),
        (
            "chunks and length",
            format!(
                "Host: {host}\r\nTransfer-Encoding: chunked\r\nContent-Length: {}",
                chunked.len()
            ),
            &chunked,
        ),
        (
            "two lengths",
            format!("Host: {host}\r\nContent-Length: {length}\r\nContent-Length: 0"),
            &hidden,
        ),
        (
            "two lengths in one line",
            format!("Host: {host}\r\nContent-Length: 0, {length}"),
            &hidden,
        ),
        (
            "chunks by another name",
            format!("Host: {host}\r\nTransfer-Encoding: xchunked"),
            &chunked,
        ),
        (
            "chunks that are not last",
            format!("Host: {host}\r\nTransfer-Encoding: chunked, identity"),
            &chunked,
        ),
        (
            "a space before the colon",
            format!("Host: {host}\r\nContent-Length : {length}"),
            &hidden,
        ),
        (
            "a signed length",
            format!("Host: {host}\r\nContent-Length: +{length}"),
            &hidden,
        ),
        (
            "a negative length",
            format!("Host: {host}\r\nContent-Length: -{length}"),
            &hidden,
        ),
        (
            "a length with a space",
            format!("Host: {host}\r\nContent-Length: 1 {length}"),
            &hidden,
        ),
        (
            "a folded line",
            format!(
                "Host: {host}\r\nX-Folded: a\r\n Content-Length: {length}\r\nTransfer-Encoding:\r\n chunked"
            ),
            &chunked,
        ),
        ("two hosts", format!("Host: {host}\r\nHost: evil.example"), ""),
        ("no host", "X-Nothing: 1".to_owned(), ""),
    ] {
        for target in [
            "POST /api/v1/images",
            "POST /api/v1/uploads/tus",
            "GET /api/v1/images/public",
        ] {
            let mut stream = connect(&app).await;
            let request = format!("{target} HTTP/1.1\r\n{lines}\r\n\r\n{body}");
            stream.write_all(request.as_bytes()).await.unwrap();
            let answers = rest(&mut stream).await;
            assert!(answers.starts_with("HTTP/1.1 400"), "{name}, {target}: {answers}");
            assert_eq!(
                answers.matches("HTTP/1.1").count(),
                1,
                "{name}, {target}: {answers}"
            );
        }
    }
    // The connections of others go on.
    expect(alive(&app).await, 200).await;
}

#[tokio::test]
async fn n65_what_is_refused_early_is_not_read_as_a_request() {
    let app = TestApp::without_jobs().await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let hidden = format!("GET /api/v1/limits HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for head in [
        // Nobody is signed in; what follows is a body, whatever it looks like.
        format!(
            "POST /api/v1/images HTTP/1.1\r\nHost: {host}\r\nContent-Type: image/png\r\nContent-Length: {}",
            hidden.len()
        ),
        format!(
            "PATCH /api/v1/uploads/tus/01930000-0000-7000-8000-000000000000 HTTP/1.1\r\nHost: {host}\r\nTus-Resumable: 1.0.0\r\nContent-Length: {}",
            hidden.len()
        ),
        format!(
            "GET /api/v1/images/public HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}",
            hidden.len()
        ),
    ] {
        let mut stream = connect(&app).await;
        stream
            .write_all(format!("{head}\r\n\r\n{hidden}").as_bytes())
            .await
            .unwrap();
        let answers = soon(&mut stream).await;
        assert_eq!(answers.matches("HTTP/1.1").count(), 1, "{head}: {answers}");
        assert!(!answers.contains("max_upload_bytes"), "{head}: {answers}");
    }
}

#[tokio::test]
async fn n65_lines_that_end_in_a_bare_line_feed_are_one_request() {
    let app = TestApp::without_jobs().await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let mut stream = connect(&app).await;
    let request = format!("GET /api/v1/limits HTTP/1.1\nHost: {host}\nConnection: close\n\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let answers = rest(&mut stream).await;
    assert_eq!(answers.matches("HTTP/1.1").count(), 1, "{answers}");
}

async fn alive(app: &TestApp) -> reqwest::Response {
    app.anonymous(reqwest::Method::GET, "/api/v1/limits")
        .send()
        .await
        .unwrap()
}
