//! A proxy between the server and PostgreSQL that can refuse, delay, swallow, and cut, also right at a COMMIT.

use crate::Outcome;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::sleep,
};
use xtask_support::port;

/// A COMMIT, as the product sends it: the last of a piece.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";
/// How a connection for people's requests begins.
const APP: &[u8] = b"role=infravault_app";
/// PostgreSQL has committed by then.
const LET_COMMIT: Duration = Duration::from_millis(40);

/// What the proxy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Passes everything on.
    Pass,
    /// Closes new connections at once.
    Refuse,
    /// Passes each piece on after this time.
    Delay(Duration),
    /// Takes everything and passes nothing on.
    BlackHole,
    /// Cuts the connection at every so-manieth COMMIT: before it reaches PostgreSQL and after it, in turn.
    CutCommits(u64),
}

#[derive(Debug)]
struct Shared {
    upstream: AtomicU16,
    mode: watch::Sender<Mode>,
    cut: watch::Sender<u64>,
    commits: AtomicU64,
    cuts: AtomicU64,
}

/// A running proxy.
#[derive(Debug, Clone)]
pub(crate) struct PgProxy {
    shared: Arc<Shared>,
    /// Where it listens.
    pub(crate) port: u16,
}

impl PgProxy {
    /// Starts a proxy in front of a port.
    pub(crate) async fn start(upstream: u16) -> Outcome<Self> {
        let port = port::free()?;
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let shared = Arc::new(Shared {
            upstream: AtomicU16::new(upstream),
            mode: watch::Sender::new(Mode::Pass),
            cut: watch::Sender::new(0),
            commits: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
        });
        let proxy = Self {
            shared: Arc::clone(&shared),
            port,
        };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                if *shared.mode.borrow() != Mode::Refuse {
                    tokio::spawn(async move { connect(client, &shared).await });
                }
            }
        });
        Ok(proxy)
    }

    /// Does something else from now on.
    pub(crate) fn set(&self, mode: Mode) {
        self.shared.mode.send_replace(mode);
    }

    /// Closes every connection.
    pub(crate) fn cut(&self) {
        self.shared.cut.send_modify(|cuts| *cuts += 1);
    }

    /// Leads new connections to another port.
    pub(crate) fn lead_to(&self, port: u16) {
        self.shared.upstream.store(port, Ordering::Relaxed);
    }

    /// How many connections were cut at a COMMIT.
    pub(crate) fn cuts(&self) -> u64 {
        self.shared.cuts.load(Ordering::Relaxed)
    }
}

async fn connect(client: TcpStream, shared: &Arc<Shared>) {
    let upstream = shared.upstream.load(Ordering::Relaxed);
    let Ok(server) = TcpStream::connect(("127.0.0.1", upstream)).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut cut = shared.cut.subscribe();
    cut.mark_unchanged();
    let deaf = Arc::new(AtomicBool::new(false));
    tokio::select! {
        () = ask(from_client, to_server, shared, &deaf) => {}
        () = answer(from_server, to_client, shared, &deaf) => {}
        _ = cut.changed() => {}
    }
}

/// From the product to PostgreSQL.
async fn ask(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared, deaf: &AtomicBool) {
    let mut buffer = vec![0; 16 << 10];
    let mut app = None;
    while let Some(piece) = read(&mut from, &mut buffer).await {
        let app = *app.get_or_insert_with(|| piece.windows(APP.len()).any(|part| part == APP));
        let mode = *shared.mode.borrow();
        if let Mode::CutCommits(every) = mode
            && app
            && piece.ends_with(COMMIT)
        {
            let seen = shared.commits.fetch_add(1, Ordering::Relaxed) + 1;
            if seen.is_multiple_of(every) {
                let cuts = shared.cuts.fetch_add(1, Ordering::Relaxed);
                if cuts.is_multiple_of(2) {
                    deaf.store(true, Ordering::Relaxed);
                    let _ = to.write_all(piece).await;
                    sleep(LET_COMMIT).await;
                }
                return;
            }
        }
        hold(shared).await;
        if to.write_all(piece).await.is_err() {
            return;
        }
    }
}

/// From PostgreSQL to the product.
async fn answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared, deaf: &AtomicBool) {
    let mut buffer = vec![0; 16 << 10];
    while let Some(piece) = read(&mut from, &mut buffer).await {
        hold(shared).await;
        if deaf.load(Ordering::Relaxed) {
            continue;
        }
        if to.write_all(piece).await.is_err() {
            return;
        }
    }
    // The product decides when a silent connection ends.
    if deaf.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

async fn read<'a>(from: &mut OwnedReadHalf, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    match from.read(buffer).await {
        Ok(0) | Err(_) => None,
        Ok(count) => buffer.get(..count),
    }
}

/// Waits as long as the mode says.
async fn hold(shared: &Shared) {
    let mode = *shared.mode.borrow();
    match mode {
        Mode::Delay(time) => sleep(time).await,
        Mode::BlackHole => {
            let mut modes = shared.mode.subscribe();
            let _ = modes.wait_for(|mode| *mode != Mode::BlackHole).await;
        }
        Mode::Pass | Mode::Refuse | Mode::CutCommits(_) => {}
    }
}
