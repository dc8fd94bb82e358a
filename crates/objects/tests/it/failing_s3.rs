//! An S3 server with injected failures: lost responses, error statuses, truncated and stalled bodies.
use crate::setup::{Folder, fs_config, install_tls, log, new_key, pattern, s3_config, spool};
use infravault_kernel::{DomainError, Sha256};
use infravault_objects::{Error, ObjectKey, Objects, StoreConfig};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The behavior for one request. After the script the server behaves normally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Behave,
    /// Handles the request and closes the connection without a response.
    LoseResponse,
    /// Responds with this status.
    Fail(u16),
    /// Reads the request and never responds.
    Stall,
    /// Sends half of the body and closes the connection.
    CutBody,
    /// Sends half of the body and then stalls.
    StallBody,
    /// Sends a body of the right length with a wrong byte.
    WrongByte,
}

#[derive(Default)]
struct State {
    /// Acts for the next requests of a method.
    script: HashMap<&'static str, VecDeque<Act>>,
    seen: Vec<String>,
    /// Body and `x-amz-meta-sha256` by path.
    stored: HashMap<String, (Vec<u8>, String)>,
    /// Headers of the last PUT.
    put_headers: HashMap<String, String>,
}

struct Server {
    objects: Objects,
    state: Arc<Mutex<State>>,
    _folder: Folder,
}

impl Server {
    async fn start() -> Self {
        install_tls();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let state = Arc::clone(&shared);
                tokio::spawn(async move { serve(socket, &state).await });
            }
        });
        let folder = Folder::new();
        let mut config = fs_config(folder.path());
        let mut s3 = s3_config(&endpoint, folder.path());
        s3.idle_timeout = Duration::from_millis(400);
        config.store = StoreConfig::S3(s3);
        let objects = Objects::open(&config, &log()).unwrap();
        Self {
            objects,
            state,
            _folder: folder,
        }
    }

    fn script(&self, method: &'static str, acts: &[Act]) {
        let acts = acts.iter().copied().collect();
        self.state.lock().unwrap().script.insert(method, acts);
    }

    /// The number of requests with a method since the last call.
    fn take_count(&self, method: &str) -> usize {
        let mut state = self.state.lock().unwrap();
        let count = state.seen.iter().filter(|seen| *seen == method).count();
        state.seen.retain(|seen| seen != method);
        count
    }

    async fn store(&self, key: &ObjectKey, bytes: &[u8]) -> Result<(), Error> {
        let spooled = spool(&self.objects, bytes).await;
        self.objects.store(key, &spooled, "image/jpeg").await
    }

    async fn read(&self, key: &ObjectKey, len: u64) -> Result<Vec<u8>, Error> {
        self.objects.read(key, len, None).await?.read().await
    }
}

struct Request {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

async fn receive(socket: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?, first.next()?);
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let len = headers
        .get("content-length")
        .map_or(0, |len| len.parse().unwrap());
    let mut body = vec![0; len];
    socket.read_exact(&mut body).await.ok()?;
    Some(Request {
        method: method.to_owned(),
        path: target.split('?').next()?.to_owned(),
        headers,
        body,
    })
}

fn handle(state: &mut State, request: &Request) -> (Act, String, Vec<u8>) {
    state.seen.push(request.method.clone());
    let act = state
        .script
        .get_mut(request.method.as_str())
        .and_then(VecDeque::pop_front)
        .unwrap_or(Act::Behave);
    if let Act::Fail(status) = act {
        return (act, format!("{status} Failed"), b"<Error/>".to_vec());
    }
    if request.method == "PUT" {
        state.put_headers.clone_from(&request.headers);
        if state.stored.contains_key(&request.path) && request.headers.contains_key("if-none-match") {
            return (act, "412 Precondition Failed".to_owned(), Vec::new());
        }
        if act != Act::Stall {
            let sha256 = request
                .headers
                .get("x-amz-meta-sha256")
                .cloned()
                .unwrap_or_default();
            state
                .stored
                .insert(request.path.clone(), (request.body.clone(), sha256));
        }
        return (act, "200 OK".to_owned(), Vec::new());
    }
    match state.stored.get(&request.path) {
        Some((body, sha256)) => {
            let line = format!("200 OK\r\nx-amz-meta-sha256: {sha256}");
            (act, line, body.clone())
        }
        None => (
            act,
            "404 Not Found".to_owned(),
            b"<Code>NoSuchKey</Code>".to_vec(),
        ),
    }
}

async fn serve(mut socket: TcpStream, state: &Mutex<State>) {
    let Some(request) = receive(&mut socket).await else {
        return;
    };
    let (act, status, mut body) = handle(&mut state.lock().unwrap(), &request);
    if act == Act::WrongByte {
        *body.last_mut().unwrap() ^= 1;
    }
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut answer = head.into_bytes();
    if request.method != "HEAD" {
        answer.extend_from_slice(match act {
            Act::CutBody | Act::StallBody => &body[..body.len() / 2],
            _ => &body,
        });
    }
    if !matches!(act, Act::LoseResponse | Act::Stall) {
        // The client may have closed the connection.
        let _ = socket.write_all(&answer).await;
    }
    if matches!(act, Act::Stall | Act::StallBody) {
        // Until the client closes.
        let _ = socket.read_u8().await;
    }
}

#[tokio::test]
async fn lost_response_is_resolved_by_head() {
    let server = Server::start().await;
    let bytes = pattern(300_000, 1);
    server.script("PUT", &[Act::LoseResponse]);
    server.store(&new_key(), &bytes).await.unwrap();
    assert_eq!((server.take_count("PUT"), server.take_count("HEAD")), (1, 1));
}

#[tokio::test]
async fn failing_store_is_tried_three_times() {
    for (act, tries) in [(Act::Fail(500), 3), (Act::Fail(503), 3), (Act::Fail(403), 1)] {
        let server = Server::start().await;
        let bytes = pattern(300_000, 2);
        server.script("PUT", &[act; 3]);
        let error = server.store(&new_key(), &bytes).await.unwrap_err();
        assert_eq!(error.code(), "storage-unavailable", "{act:?}");
        assert_eq!(server.take_count("PUT"), tries, "{act:?}");
        server.script("PUT", &[act; 2]);
        assert_eq!(
            server.store(&new_key(), &bytes).await.is_ok(),
            tries == 3,
            "{act:?}"
        );
    }
}

#[tokio::test]
async fn stalled_request_times_out_and_is_retried() {
    let server = Server::start().await;
    let key = new_key();
    let bytes = pattern(300_000, 3);
    server.script("PUT", &[Act::Stall]);
    server.store(&key, &bytes).await.unwrap();
    assert_eq!(server.take_count("PUT"), 2);
    server.script("GET", &[Act::Stall]);
    assert!(server.read(&key, 300_000).await.unwrap() == bytes);
}

#[tokio::test]
async fn other_bytes_under_the_same_key_are_a_conflict() {
    let server = Server::start().await;
    let key = new_key();
    server.store(&key, b"first").await.unwrap();
    assert!(matches!(
        server.store(&key, b"other").await,
        Err(Error::Conflict(_))
    ));
    assert_eq!(server.read(&key, 5).await.unwrap(), b"first");
    server.store(&key, b"first").await.unwrap();
}

#[tokio::test]
async fn store_without_conditional_writes_works() {
    let server = Server::start().await;
    server.script("PUT", &[Act::Fail(501)]);
    server.store(&new_key(), b"bytes").await.unwrap();
    assert_eq!(server.take_count("PUT"), 2);
    assert!(
        !server
            .state
            .lock()
            .unwrap()
            .put_headers
            .contains_key("if-none-match")
    );
}

#[tokio::test]
async fn put_carries_the_required_headers() {
    let server = Server::start().await;
    server.store(&new_key(), b"abc").await.unwrap();
    let headers = server.state.lock().unwrap().put_headers.clone();
    for (name, value) in [
        ("content-length", "3"),
        ("content-type", "image/jpeg"),
        ("cache-control", "private, no-store"),
        ("content-disposition", "attachment"),
        ("if-none-match", "*"),
        ("x-amz-meta-sha256", &Sha256::digest(b"abc").to_string()),
        (
            "x-amz-checksum-sha256",
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
        ),
    ] {
        assert_eq!(headers.get(name).map(String::as_str), Some(value), "{name}");
    }
}

#[tokio::test]
async fn truncated_stalled_or_damaged_body_is_an_error() {
    let server = Server::start().await;
    let key = new_key();
    server.store(&key, &pattern(300_000, 4)).await.unwrap();
    for act in [Act::CutBody, Act::StallBody] {
        server.script("GET", &[act]);
        let outcome = server.read(&key, 300_000).await;
        assert!(
            matches!(outcome, Err(Error::Unavailable { .. })),
            "{act:?}: {outcome:?}"
        );
    }
    server.script("GET", &[Act::WrongByte]);
    let outcome = server.read(&key, 300_000).await;
    assert!(matches!(outcome, Err(Error::Corrupt { .. })), "{outcome:?}");
    // The server ignores ranges and returns the whole object.
    let outcome = server.objects.read(&key, 300_000, Some(0..=9)).await;
    assert!(matches!(outcome, Err(Error::Corrupt { .. })), "{outcome:?}");
}

#[tokio::test]
async fn lost_connection_before_the_first_byte_is_retried() {
    let server = Server::start().await;
    let key = new_key();
    server.store(&key, b"bytes").await.unwrap();
    server.script("GET", &[Act::LoseResponse, Act::Fail(500)]);
    assert_eq!(server.read(&key, 5).await.unwrap(), b"bytes");
    server.script("HEAD", &[Act::LoseResponse, Act::Fail(500)]);
    assert_eq!(server.objects.head(&key).await.unwrap().unwrap().len, 5);
    server.script("DELETE", &[Act::LoseResponse]);
    server.objects.delete(&key).await.unwrap();
}

#[tokio::test]
async fn unreachable_store_is_unavailable() {
    install_tls();
    let folder = Folder::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut config = fs_config(folder.path());
    config.store = StoreConfig::S3(s3_config(&endpoint, folder.path()));
    let objects = Objects::open(&config, &log()).unwrap();
    assert_eq!(objects.probe().await.unwrap_err().code(), "storage-unavailable");
    assert_eq!(objects.setup().await.unwrap_err().code(), "storage-unavailable");
    assert_eq!(
        objects.read(&new_key(), 1, None).await.unwrap_err().code(),
        "storage-unavailable"
    );
}
