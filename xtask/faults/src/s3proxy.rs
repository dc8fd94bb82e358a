//! A proxy between the server and the S3 store that answers wrongly in all the ways that stores and networks do.

use crate::Outcome;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};
use xtask_support::port;

/// Bytes of a request or an answer that are held at most.
const LIMIT: usize = 64 << 20;

/// What is done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// The connection is closed before anything is read.
    Refuse,
    /// It is answered with this status and code, and the store never sees it.
    Fail(u16, &'static str),
    /// The store does it, and the answer is lost.
    LoseAnswer,
    /// It is never answered.
    Stall,
    /// Half of it reaches the store, then both connections break.
    CutRequest,
    /// Half of the answer's body comes, then the connection breaks.
    CutBody,
    /// Half of the body comes with a length that says that this is all.
    ShortBody,
    /// One byte of the body is another one.
    WrongByte,
    /// One byte of the body comes each second.
    Trickle,
}

/// Which requests an act is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// What is done.
    pub(crate) act: Act,
    /// The method; all of them without one.
    pub(crate) method: Option<&'static str>,
    /// How many requests of each path; then the store behaves for that path.
    pub(crate) times: u32,
}

#[derive(Debug, Default)]
struct State {
    rule: Option<Rule>,
    /// How often the rule was applied, by method and path.
    applied: HashMap<String, u32>,
    hits: u64,
}

/// A running proxy.
#[derive(Debug, Clone)]
pub(crate) struct S3Proxy {
    state: Arc<Mutex<State>>,
    /// Where it listens.
    pub(crate) port: u16,
}

/// A request as it came.
struct Request {
    method: String,
    path: String,
    head: String,
    body: Vec<u8>,
}

impl S3Proxy {
    /// Starts a proxy in front of a port.
    pub(crate) async fn start(upstream: u16) -> Outcome<Self> {
        let port = port::free()?;
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let state: Arc<Mutex<State>> = Arc::default();
        let proxy = Self {
            state: Arc::clone(&state),
            port,
        };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = Arc::clone(&state);
                tokio::spawn(async move {
                    // A broken connection is what this is for.
                    let _ = serve(client, upstream, &state).await;
                });
            }
        });
        Ok(proxy)
    }

    /// Follows a rule from now on, or none.
    pub(crate) fn set(&self, rule: Option<Rule>) {
        let mut state = lock(&self.state);
        *state = State {
            rule,
            ..State::default()
        };
    }

    /// How often the rule was applied.
    pub(crate) fn hits(&self) -> u64 {
        lock(&self.state).hits
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What to do with a request. Only those about objects are spoilt, and the probe of readiness as well where the whole
/// store is away.
fn decide(state: &Mutex<State>, request: &Request) -> Option<Act> {
    let mut state = lock(state);
    let rule = state.rule?;
    let all = rule.method.is_none();
    let about_object = request.path.contains("originals/") || request.path.contains("renditions/");
    if !(all || about_object && rule.method == Some(request.method.as_str())) {
        return None;
    }
    let applied = state
        .applied
        .entry(format!("{} {}", request.method, request.path))
        .or_default();
    if *applied >= rule.times {
        return None;
    }
    *applied += 1;
    state.hits += 1;
    Some(rule.act)
}

async fn serve(mut client: TcpStream, upstream: u16, state: &Mutex<State>) -> Outcome {
    client.set_nodelay(true)?;
    if lock(state).rule.is_some_and(|rule| rule.act == Act::Refuse) {
        client.set_zero_linger()?;
        return Ok(());
    }
    let request = receive(&mut client).await?;
    let act = decide(state, &request);
    match act {
        Some(Act::Refuse) => return Ok(()),
        Some(Act::Stall) => return wait_for_the_end(&mut client).await,
        Some(Act::Fail(status, code)) => {
            let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
            let head = format!(
                "HTTP/1.1 {status} Failed\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n",
                body.len()
            );
            client.write_all(head.as_bytes()).await?;
            if request.method != "HEAD" {
                client.write_all(body.as_bytes()).await?;
            }
            return Ok(client.shutdown().await?);
        }
        _ => {}
    }
    let answer = forward(&request, upstream, act == Some(Act::CutRequest)).await?;
    if matches!(act, Some(Act::LoseAnswer | Act::CutRequest)) {
        client.set_zero_linger()?;
        return Ok(());
    }
    give(&mut client, &answer, act).await
}

/// Reads a whole request.
async fn receive(client: &mut TcpStream) -> Outcome<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = end_of_head(&bytes) {
            break end;
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Err("the client went away".into());
        }
    };
    let body = bytes.split_off(end);
    let head = String::from_utf8(bytes)?;
    let mut words = head.split(' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (method, target) = (word(), word());
    let length = header(&head, "content-length").map_or(Ok(0), str::parse::<usize>)?;
    let mut request = Request {
        method,
        path: target.split('?').next().unwrap_or_default().to_owned(),
        body,
        head,
    };
    if header(&request.head, "expect").is_some() {
        client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    while request.body.len() < length.min(LIMIT) {
        if client.read_buf(&mut request.body).await? == 0 {
            return Err("the client went away".into());
        }
    }
    Ok(request)
}

/// Asks the store on a connection of its own; its whole answer.
async fn forward(request: &Request, upstream: u16, cut: bool) -> Outcome<Vec<u8>> {
    let mut store = TcpStream::connect(("127.0.0.1", upstream)).await?;
    let mut head: String = request
        .head
        .split("\r\n")
        .filter(|line| !line.is_empty() && !named(line, "connection") && !named(line, "expect"))
        .fold(String::new(), |head, line| head + line + "\r\n");
    head.push_str("Connection: close\r\n\r\n");
    store.write_all(head.as_bytes()).await?;
    if cut {
        let half = request.body.get(..request.body.len() / 2).unwrap_or_default();
        store.write_all(half).await?;
        store.set_zero_linger()?;
        return Ok(Vec::new());
    }
    store.write_all(&request.body).await?;
    let mut answer = Vec::new();
    store.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// Passes an answer on, spoilt as the act says.
async fn give(client: &mut TcpStream, answer: &[u8], act: Option<Act>) -> Outcome {
    let (head, body) = answer
        .split_at_checked(end_of_head(answer).unwrap_or(answer.len()))
        .ok_or("no answer")?;
    let half = body.get(..body.len() / 2).unwrap_or_default();
    match act {
        Some(Act::CutBody) => {
            client.write_all(head).await?;
            client.write_all(half).await?;
        }
        Some(Act::ShortBody) => {
            let text = String::from_utf8_lossy(head);
            let shorter: String = text
                .split("\r\n")
                .filter(|line| !line.is_empty() && !named(line, "content-length"))
                .fold(String::new(), |head, line| head + line + "\r\n");
            let shorter = format!("{shorter}Content-Length: {}\r\n\r\n", half.len());
            client.write_all(shorter.as_bytes()).await?;
            client.write_all(half).await?;
        }
        Some(Act::WrongByte) => {
            let mut wrong = body.to_vec();
            if let Some(byte) = wrong.get_mut(body.len() / 2) {
                *byte ^= 1;
            }
            client.write_all(head).await?;
            client.write_all(&wrong).await?;
        }
        Some(Act::Trickle) => {
            client.write_all(head).await?;
            for byte in body {
                client.write_all(&[*byte]).await?;
                sleep(Duration::from_secs(1)).await;
            }
        }
        _ => client.write_all(answer).await?,
    }
    Ok(client.shutdown().await?)
}

async fn wait_for_the_end(client: &mut TcpStream) -> Outcome {
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await?;
    Ok(())
}

/// Where the body begins.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let line = head.split("\r\n").find(|line| named(line, name))?;
    line.split_once(':').map(|(_, value)| value.trim())
}

fn named(line: &str, name: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
}
