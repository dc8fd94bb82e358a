//! Import from URLs: disallowed URLs, redirects, misbehaving servers.
use crate::harness::{Browser, TestApp, expect, problem};
use infravault_testkit::samples;
use reqwest::Response;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// An HTTP server with a fixed behavior for each path, which counts its connections.
struct RemoteServer {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl RemoteServer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve_connection(stream, port));
            }
        });
        Self { port, connections }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

fn ok_response(kind: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        bytes.len()
    );
    [head.as_bytes(), bytes].concat()
}

fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

/// Ignores write errors, because clients may disconnect.
async fn serve_connection(mut stream: TcpStream, port: u16) {
    let mut request = vec![0; 8192];
    let len = stream.read(&mut request).await.unwrap_or(0);
    let request = String::from_utf8_lossy(&request[..len]).into_owned();
    assert!(!request.to_ascii_lowercase().contains("cookie"), "{request}");
    let path = request
        .split(' ')
        .nth(1)
        .unwrap_or_default()
        .trim_start_matches('/');
    let original = samples::jpeg(60, 40, 1);
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let bytes = match first {
        "photo.jpg" | "a%20b.jpg" => ok_response("image/jpeg", &original),
        "lie.png" => ok_response("image/png", &original),
        "page" => ok_response("image/jpeg", b"<html>not an image</html>"),
        "gone" => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
        "to" => redirect(&format!("/{rest}")),
        "away" => redirect(rest),
        "loop" => redirect(&format!("http://127.0.0.1:{port}/loop")),
        "compressed" => [
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n".as_slice(),
            &[0x1F, 0x8B, 8, 0],
        ]
        .concat(),
        "announced" => b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nx".to_vec(),
        "cut" => {
            let whole = ok_response("image/jpeg", &original);
            whole[..whole.len() - 100].to_vec()
        }
        "endless" => {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
                .await;
            while stream.write_all(&[0xFF; 16_000]).await.is_ok() {}
            return;
        }
        "trickle" => {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                .await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            return;
        }
        "silent" => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            return;
        }
        _ => b"garbage\r\n\r\n".to_vec(),
    };
    let _ = stream.write_all(&bytes).await;
}

async fn import(browser: &Browser, url: &str) -> Response {
    let body = json!({ "url": url });
    let request = browser.post("/api/v1/images/from-url").json(&body);
    request.send().await.unwrap()
}

/// Starts a server that is allowed to import from loopback.
async fn start_importing(other: &RemoteServer) -> TestApp {
    TestApp::with(&[
        ("JOBS_IN_SERVE", "false"),
        ("IMPORT_ENABLED", "true"),
        ("IMPORT_ALLOWED_PORTS", &other.port.to_string()),
        ("IMPORT_ALLOWED_NETWORKS", "127.0.0.1/32"),
        ("IMPORT_TIMEOUT", "2s"),
        ("UPLOAD_MAX_BYTES", "1MiB"),
    ])
    .await
}

#[tokio::test]
async fn imported_image_is_stored_like_an_upload() {
    let other = RemoteServer::start().await;
    let app = start_importing(&other).await;
    let alice = app.sign_in("alice@example.com").await;
    for (path, name) in [
        ("photo.jpg", "photo.jpg"),
        ("a%20b.jpg", "a b.jpg"),
        ("lie.png", "lie.png"),
        ("to/to/to/photo.jpg", "photo.jpg"),
    ] {
        let image = expect(import(&alice, &other.url(path)).await, 201).await;
        assert_eq!(
            (&image["file_name"], &image["media_type"], &image["width"]),
            (&json!(name), &json!("image/jpeg"), &json!(60)),
            "{path}"
        );
    }
    let body = json!({
        "url": other.url("photo.jpg"), "file_name": "n.jpg", "title": "T", "description": "D", "tags": ["x", "y"],
        "visibility": "unlisted",
    });
    let once = || async {
        let request = alice
            .post("/api/v1/images/from-url")
            .header("Idempotency-Key", "k");
        expect(request.json(&body).send().await.unwrap(), 201).await
    };
    let (first, again) = (once().await, once().await);
    assert_eq!(first["id"], again["id"]);
    assert_eq!(
        [
            &first["file_name"],
            &first["title"],
            &first["description"],
            &first["visibility"]
        ],
        ["n.jpg", "T", "D", "unlisted"]
    );
    assert_eq!(first["tags"], json!(["x", "y"]));
    let wrong = json!({ "url": other.url("photo.jpg"), "title": "", "tags": ["a".repeat(99)] });
    let connections = other.connections();
    let request = alice.post("/api/v1/images/from-url").json(&wrong);
    let answer = problem(request.send().await.unwrap(), 422, "validation-failed").await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 2, "{answer}");
    assert_eq!(
        other.connections(),
        connections,
        "invalid metadata is rejected before the download"
    );
}

#[tokio::test]
async fn import_is_disabled_by_default() {
    let other = RemoteServer::start().await;
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    problem(import(&alice, &other.url("photo.jpg")).await, 403, "not-enabled").await;
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn urls_to_private_networks_are_rejected_in_every_spelling() {
    let other = RemoteServer::start().await;
    let port = other.port.to_string();
    // Default networks, and the port of a listener that would notice a connection.
    let app = TestApp::with(&[
        ("JOBS_IN_SERVE", "false"),
        ("IMPORT_ENABLED", "true"),
        ("IMPORT_ALLOWED_PORTS", &format!("{port},80,443")),
        ("IMPORT_TIMEOUT", "2s"),
    ])
    .await;
    let alice = app.sign_in("alice@example.com").await;
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "127.255.255.254",
        "0x7f000001",
        "0x7f.1",
        "0x7F.0x0.0x0.0x1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0177.0.0.01",
        "0",
        "0.0.0.0",
        "0x0",
        "00000000000",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::1]",
        "[2001:0:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[2a00:1450::5efe:7f00:1]",
        "[2a00:1450::200:5efe:7f00:1]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fec0::1]",
        "[ff02::1]",
        "[100::1]",
        "[5f00::1]",
        "[3fff::1]",
        "[2001:db8::1]",
        "10.0.0.1",
        "10.1",
        "0x0a000001",
        "100.64.0.1",
        "100.127.255.254",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "0251.0376.0251.0376",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.0.1",
        "192.168.1",
        "0xc0a80001",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "127。0。0。1",
        "127．0．0．1",
        "①②⑦.0.0.1",
        "ⓛocalhost",
        "user@127.0.0.1",
        "user:password@127.0.0.1",
        "example.com@127.0.0.1",
        "256.256.256.256",
        "1.2.3.4.5",
        "0x100000000",
    ];
    let mut urls: Vec<String> = hosts
        .iter()
        .map(|host| format!("http://{host}:{port}/photo.jpg"))
        .collect();
    urls.extend(
        [
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "ftp://127.0.0.1/x",
            "dict://127.0.0.1:11211/",
            "data:image/png,x",
            "javascript:1",
            "//127.0.0.1/",
            "http:",
            "http://",
            "",
            "photo.jpg",
            "http://example.com:22/",
            "http://example.com:5432/",
            "https://user@example.com/",
            "http://[::1",
            "http://exa mple.com/",
        ]
        .map(str::to_owned),
    );
    urls.push(format!("http://127.0.0.1:{port}/{}", "x".repeat(3000)));
    assert!(urls.len() >= 60);
    for url in urls {
        let answer = import(&alice, &url).await;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(
            (status.as_u16(), &body["code"]),
            (422, &json!("url-not-allowed")),
            "{url}: {body}"
        );
    }
    assert_eq!(other.connections(), 0, "no connection was opened");
    super::assert_nothing_left(&app).await;
}

#[tokio::test]
async fn redirects_to_disallowed_urls_are_rejected() {
    let other = RemoteServer::start().await;
    let app = start_importing(&other).await;
    let alice = app.sign_in("alice@example.com").await;
    for path in [
        "away/file:///etc/passwd".to_owned(),
        "away/http://127.0.0.2/".to_owned(),
        format!("away/http://127.0.0.2:{}/photo.jpg", other.port),
        format!("away/http://[::1]:{}/photo.jpg", other.port),
        "away/http://169.254.169.254/latest/meta-data/".to_owned(),
        "away/http://".to_owned(),
        "to/to/to/to/photo.jpg".to_owned(),
        "loop".to_owned(),
    ] {
        problem(import(&alice, &other.url(&path)).await, 422, "url-not-allowed").await;
    }
    super::assert_nothing_left(&app).await;
}

#[tokio::test]
async fn import_is_limited_in_size_and_time() {
    let other = RemoteServer::start().await;
    let app = start_importing(&other).await;
    let alice = app.sign_in("alice@example.com").await;
    for (path, code) in [
        ("gone", "import-failed"),
        ("garbage", "import-failed"),
        ("compressed", "import-failed"),
        ("announced", "import-failed"),
        ("endless", "import-failed"),
        ("cut", "import-failed"),
        ("trickle", "import-failed"),
        ("silent", "import-failed"),
        ("page", "unsupported-image-type"),
    ] {
        let started = Instant::now();
        let answer = import(&alice, &other.url(path)).await;
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], code, "{path}: {body}");
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "{path} must end at its deadline"
        );
    }
    super::assert_nothing_left(&app).await;
}
