//! The client: uploads images that all differ, notes what was acknowledged, and tries again with the same key.

use crate::{Outcome, open::Way, random::Random};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{MissedTickBehavior, interval, sleep},
};
use uuid::Uuid;

/// Uploads that are under way at most.
const AT_ONCE: usize = 24;
/// Between two tries of the same upload.
const PAUSE: Duration = Duration::from_millis(150);
/// A request takes no longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An upload that was answered with 201.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acknowledged {
    /// What the image is made of.
    pub(crate) seed: u64,
    /// The image.
    pub(crate) id: Uuid,
}

/// What became of one try.
#[derive(Debug)]
pub(crate) enum Tried {
    /// It is stored.
    Acknowledged(Uuid),
    /// The outcome is unknown, or the upload must be tried again.
    Again,
}

/// What the client knows.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// Scheme, host and port of the server.
    pub(crate) origin: String,
    token: String,
    /// The HTTP client.
    pub(crate) client: Client,
    base: Vec<u8>,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    next: u64,
    acknowledged: Vec<Acknowledged>,
    open: Vec<u64>,
    /// Those that do not go in one request.
    ways: BTreeMap<u64, Way>,
    odd: Vec<String>,
    /// How often each kind of failure was answered.
    failures: BTreeMap<String, u64>,
    slowest: Duration,
}

impl Ledger {
    /// An empty one, for a server and an API token.
    pub(crate) fn new(origin: String, token: String) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self {
            origin,
            token,
            client: client()?,
            base: infravault_testkit::samples::jpeg(64, 48, 7),
            book: Mutex::default(),
        }))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for another upload.
    pub(crate) fn next(&self) -> u64 {
        let mut book = self.book();
        book.next += 1;
        book.next
    }

    /// A number for another upload, of which one in four goes by tus and one in eight straight to the store.
    fn next_of_any_way(&self) -> u64 {
        let seed = self.next();
        match seed % 8 {
            1 | 5 => self.goes(seed, Way::Tus(None)),
            3 => self.goes(seed, Way::Signed(None)),
            _ => {}
        }
        seed
    }

    /// Notes how an upload goes, and how far it has come.
    pub(crate) fn goes(&self, seed: u64, way: Way) {
        self.book().ways.insert(seed, way);
    }

    /// Everything that was acknowledged.
    pub(crate) fn acknowledged(&self) -> Vec<Acknowledged> {
        self.book().acknowledged.clone()
    }

    /// The image that was acknowledged so many before the last.
    pub(crate) fn latest(&self, before: usize) -> Option<Uuid> {
        self.book()
            .acknowledged
            .iter()
            .rev()
            .nth(before)
            .map(|one| one.id)
    }

    /// What happened that may never happen, since the last question.
    pub(crate) fn take_odd(&self) -> Vec<String> {
        std::mem::take(&mut self.book().odd)
    }

    /// Notes something that may never happen.
    pub(crate) fn odd(&self, text: String) {
        self.book().odd.push(text);
    }

    /// Uploads that were given up, since the last question.
    pub(crate) fn take_open(&self) -> Vec<u64> {
        std::mem::take(&mut self.book().open)
    }

    /// Notes an upload that was acknowledged to another client.
    pub(crate) fn note(&self, seed: u64, id: Uuid) {
        self.book().acknowledged.push(Acknowledged { seed, id });
    }

    /// Leaves an upload for later.
    pub(crate) fn leave(&self, seed: u64) {
        self.book().open.push(seed);
    }

    /// How often each kind of failure was answered, and the longest time until one was, since the last question.
    pub(crate) fn take_failures(&self) -> (BTreeMap<String, u64>, Duration) {
        let mut book = self.book();
        (
            std::mem::take(&mut book.failures),
            std::mem::take(&mut book.slowest),
        )
    }

    /// The image of an upload: the same pixels, other bytes. Most are small; every eighth is large.
    pub(crate) fn image(&self, seed: u64) -> Vec<u8> {
        let (start, rest) = self.base.split_at(2);
        let mut random = Random::new(seed);
        let (segments, length) = if seed.is_multiple_of(8) {
            (6, 60_000)
        } else {
            (1, 500 + random.next() % 8000)
        };
        let mut image = start.to_vec();
        for segment in 0..segments {
            let mut comment = format!("{seed} {segment} ").into_bytes();
            while u64::try_from(comment.len()).unwrap_or(u64::MAX) < length {
                comment.extend_from_slice(&random.next().to_be_bytes());
            }
            let length = u16::try_from(comment.len() + 2).unwrap_or(u16::MAX);
            image.extend_from_slice(&[0xFF, 0xFE]);
            image.extend_from_slice(&length.to_be_bytes());
            image.extend_from_slice(&comment);
        }
        image.extend_from_slice(rest);
        image
    }

    /// A request with the token.
    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.request_at(method, format!("{}{path}", self.origin))
    }

    /// A request with the token to a server beside.
    pub(crate) fn request_at(&self, method: reqwest::Method, url: String) -> reqwest::RequestBuilder {
        self.client.request(method, url).bearer_auth(&self.token)
    }

    /// The headers of a plain upload, for who writes them by hand.
    pub(crate) fn head(&self, seed: u64, length: usize) -> String {
        let host = self.origin.trim_start_matches("http://");
        format!(
            "POST /api/v1/images?file_name=f{seed}.jpg HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: image/jpeg\r\nIdempotency-Key: upload-{seed}\r\nContent-Length: {length}\r\n\r\n",
            self.token
        )
    }

    /// Tries an upload once.
    pub(crate) async fn try_once(&self, seed: u64) -> Tried {
        let way = self.book().ways.get(&seed).cloned();
        match way {
            Some(way) => self.try_open(seed, way).await,
            None => self.try_whole(seed).await,
        }
    }

    /// Tries it in one request.
    async fn try_whole(&self, seed: u64) -> Tried {
        let began = Instant::now();
        let sent = self
            .request(
                reqwest::Method::POST,
                &format!("/api/v1/images?file_name=f{seed}.jpg"),
            )
            .header("Content-Type", "image/jpeg")
            .header("Idempotency-Key", format!("upload-{seed}"))
            .body(self.image(seed))
            .send()
            .await;
        let Ok(answer) = sent else {
            self.failed("no answer", began.elapsed());
            return Tried::Again;
        };
        let status = answer.status();
        let patient = answer.headers().contains_key("retry-after");
        let Ok(text) = answer.text().await else {
            self.failed("no answer", began.elapsed());
            return Tried::Again;
        };
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        if status == StatusCode::CREATED {
            let id = body.get("id").and_then(Value::as_str);
            let Some(id) = id.and_then(|id| id.parse().ok()) else {
                self.odd(format!("201 without an id: {text}"));
                return Tried::Again;
            };
            self.note(seed, id);
            return Tried::Acknowledged(id);
        }
        let code = body.get("code").and_then(Value::as_str).unwrap_or_default();
        self.failed(&format!("{} {code}", status.as_u16()), began.elapsed());
        let allowed = match status {
            StatusCode::SERVICE_UNAVAILABLE => patient,
            StatusCode::CONFLICT => code == "idempotency-in-flight",
            _ => false,
        };
        if !allowed {
            self.odd(format!("an upload was answered with {status}: {text}"));
        }
        Tried::Again
    }

    /// Notes a failure.
    pub(crate) fn failed(&self, kind: &str, after: Duration) {
        let mut book = self.book();
        *book.failures.entry(kind.to_owned()).or_default() += 1;
        book.slowest = book.slowest.max(after);
    }

    /// Tries an upload until it is acknowledged.
    pub(crate) async fn upload(&self, seed: u64, within: Duration) -> Outcome<Uuid> {
        let began = Instant::now();
        loop {
            if let Tried::Acknowledged(id) = self.try_once(seed).await {
                return Ok(id);
            }
            if began.elapsed() > within {
                self.leave(seed);
                return Err(format!("upload {seed} was not taken within {within:?}").into());
            }
            sleep(PAUSE).await;
        }
    }
}

/// A client with a long time-out.
pub(crate) fn client() -> Outcome<Client> {
    Ok(Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()?)
}

/// Uploads under way, so many a second.
#[derive(Debug)]
pub(crate) struct Load {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Load {
    /// Begins. Uploads are tried again, or left for later after one try.
    pub(crate) fn start(ledger: &Arc<Ledger>, per_second: u32, again: bool) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(run(Arc::clone(ledger), per_second, again, stopped));
        Self { stop, task }
    }

    /// Ends; what is under way is left.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        let _ = self.task.await;
    }
}

async fn run(ledger: Arc<Ledger>, per_second: u32, again: bool, mut stopped: watch::Receiver<bool>) {
    let mut uploads = JoinSet::new();
    let mut tick = interval(Duration::from_secs(1) / per_second);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => break,
            _ = tick.tick() => {}
        }
        while uploads.try_join_next().is_some() {}
        if uploads.len() < AT_ONCE {
            let (ledger, stopped) = (Arc::clone(&ledger), stopped.clone());
            uploads.spawn(upload(ledger, again, stopped));
        }
    }
    uploads.join_all().await;
}

/// One upload, tried until it is acknowledged or the load ends.
async fn upload(ledger: Arc<Ledger>, again: bool, mut stopped: watch::Receiver<bool>) {
    let seed = ledger.next_of_any_way();
    let work = async {
        while !matches!(ledger.try_once(seed).await, Tried::Acknowledged(_)) {
            if !again {
                return ledger.leave(seed);
            }
            sleep(PAUSE).await;
        }
    };
    tokio::select! {
        biased;
        () = work => {}
        _ = stopped.wait_for(|stop| *stop) => ledger.leave(seed),
    }
}
