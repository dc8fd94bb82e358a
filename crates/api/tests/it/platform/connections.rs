//! Raw connections: slow clients and request smuggling.
use crate::harness::{Browser, TestApp, expect, image_path};
use futures_util::future::join_all;
use infravault_testkit::samples;
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

/// Longer than all timeouts of the server, also on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.origin.trim_start_matches("http://"))
        .await
        .unwrap()
}

/// Reads until the server closes or resets the connection.
async fn read_to_close(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(TIMEOUT, stream.read_to_end(&mut bytes))
        .await
        .expect("the connection stays open");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads the first bytes, and then what arrives within a moment.
async fn read_responses(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 16 << 10];
    let first = timeout(TIMEOUT, stream.read(&mut bytes)).await.unwrap().unwrap();
    bytes.truncate(first);
    let _ = timeout(Duration::from_millis(700), stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn incomplete_request_heads_time_out() {
    let app = TestApp::without_jobs().await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let started = Instant::now();
    let mut silent = connect(&app).await;
    let mut half = connect(&app).await;
    let head = format!("GET /api/v1/images/public HTTP/1.1\r\nHost: {host}\r\nX-Slow: ");
    half.write_all(head.as_bytes()).await.unwrap();
    let mut dripping = connect(&app).await;
    dripping.write_all(head.as_bytes()).await.unwrap();
    let drip = async {
        while started.elapsed() < TIMEOUT && dripping.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(200)).await;
        }
        started.elapsed()
    };
    let (silent, half, elapsed) = tokio::join!(read_to_close(&mut silent), read_to_close(&mut half), drip);
    assert!(
        silent.is_empty() || silent.starts_with("HTTP/1.1 408"),
        "{silent}"
    );
    assert!(half.starts_with("HTTP/1.1 408"), "{half}");
    assert!(elapsed < TIMEOUT, "the server accepts an endless head");
}

#[tokio::test]
async fn incomplete_request_bodies_time_out() {
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
        // The body of a rejected request is not read, and the connection is closed.
        ("POST /api/v1/images", "Content-Type: image/jpeg\r\n", "", 401),
        (
            "POST /api/v1/uploads/tus",
            "Tus-Resumable: 1.0.0\r\nUpload-Length: 9\r\nContent-Type: application/offset+octet-stream\r\n",
            "",
            401,
        ),
        ("DELETE /api/v1/images/public", "", "", 405),
    ];
    let answers = cases.map(|(target, headers, credential, _)| {
        let request = format!(
            "{target} HTTP/1.1\r\nHost: {host}\r\n{headers}{credential}Content-Length: 50000\r\n\r\n{{"
        );
        let app = &app;
        async move {
            let mut stream = connect(app).await;
            stream.write_all(request.as_bytes()).await.unwrap();
            read_to_close(&mut stream).await
        }
    });
    for (answer, (target, .., status)) in join_all(answers).await.into_iter().zip(cases) {
        let expected = format!("HTTP/1.1 {status}");
        assert!(answer.starts_with(&expected), "{target}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{target}: {answer}");
    }
}

#[tokio::test]
async fn client_that_stops_reading_is_disconnected() {
    let app = TestApp::with(&[("JOBS_IN_SERVE", "false"), ("HTTP_STALL_TIMEOUT", "2s")]).await;
    let alice = app.sign_in("alice@example.com").await;
    // Larger than the socket buffers; noise after the end of the image makes the file large.
    let mut original = samples::jpeg(60, 40, 1);
    original.extend((0..16_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]));
    let image = alice.upload(original.clone(), "").await;
    let path = format!("{}/download", image_path(&image));
    let mut received = 0;
    let mut stream = send_request(&app, &alice, &path).await;
    sleep(Duration::from_secs(8)).await;
    let mut buffer = vec![0; 1 << 16];
    while let Ok(Ok(count)) = timeout(TIMEOUT, stream.read(&mut buffer)).await
        && count != 0
    {
        received += count;
    }
    assert!(
        received < original.len(),
        "{received} bytes arrived after eight seconds without reading"
    );
    // A slow but steady reader receives everything.
    let mut stream = send_request(&app, &alice, &path).await;
    let mut received = 0;
    while received < original.len() {
        if received < 4 << 20 {
            sleep(Duration::from_millis(50)).await;
        }
        let count = timeout(TIMEOUT, stream.read(&mut buffer)).await.unwrap().unwrap();
        assert_ne!(count, 0, "disconnected after {received} bytes");
        received += count;
    }
}

/// Sends a request on a connection with a small receive buffer.
async fn send_request(app: &TestApp, browser: &Browser, path: &str) -> TcpStream {
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
async fn request_smuggling_is_rejected() {
    let app = TestApp::without_jobs().await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let hidden = format!("GET /api/v1/limits HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let length = hidden.len();
    let chunked = format!("0\r\n\r\n{hidden}");
    for (name, lines, body) in [
        (
            "length and chunked",
            format!(
                "Host: {host}\r\nContent-Length: {}\r\nTransfer-Encoding: chunked",
                chunked.len()
            ),
            chunked.as_str(),
        ),
        (
            "chunked and length",
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
            "unknown transfer encoding",
            format!("Host: {host}\r\nTransfer-Encoding: xchunked"),
            &chunked,
        ),
        (
            "chunked is not the last encoding",
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
            let answers = read_to_close(&mut stream).await;
            assert!(answers.starts_with("HTTP/1.1 400"), "{name}, {target}: {answers}");
            assert_eq!(
                answers.matches("HTTP/1.1").count(),
                1,
                "{name}, {target}: {answers}"
            );
        }
    }
    // Other connections are not affected.
    expect(get_limits(&app).await, 200).await;
}

#[tokio::test]
async fn body_of_rejected_request_is_not_parsed_as_request() {
    let app = TestApp::without_jobs().await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let hidden = format!("GET /api/v1/limits HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for head in [
        // Rejected because no user is signed in.
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
        let answers = read_responses(&mut stream).await;
        assert_eq!(answers.matches("HTTP/1.1").count(), 1, "{head}: {answers}");
        assert!(!answers.contains("max_upload_bytes"), "{head}: {answers}");
    }
}

#[tokio::test]
async fn bare_line_feeds_do_not_split_a_request() {
    let app = TestApp::without_jobs().await;
    let host = app.origin.trim_start_matches("http://").to_owned();
    let mut stream = connect(&app).await;
    let request = format!("GET /api/v1/limits HTTP/1.1\nHost: {host}\nConnection: close\n\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let answers = read_to_close(&mut stream).await;
    assert_eq!(answers.matches("HTTP/1.1").count(), 1, "{answers}");
}

async fn get_limits(app: &TestApp) -> reqwest::Response {
    app.anonymous(reqwest::Method::GET, "/api/v1/limits")
        .send()
        .await
        .unwrap()
}
