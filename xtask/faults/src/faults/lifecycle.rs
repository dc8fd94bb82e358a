//! Wrong clocks, and a graceful shutdown.

use crate::{
    Outcome,
    load::Tried,
    report::Ran,
    s3proxy::{Act, Rule},
    world::{World, wait_for_exit},
};
use reqwest::Method;
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use xtask_support::Signal;

/// Uploads that are half sent when the signal comes.
const IN_FLIGHT: usize = 200;
const PENDING: &str = "SELECT count(*) FROM images.images WHERE state = 'pending'";

/// The server's clock is ten minutes off, either way, and jumps between two starts; the store refuses a signature
/// Whose time it does not believe.
pub(super) async fn skew_clocks(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    for _ in 0..world.times(1) {
        for skew in ["600", "-600", "0"] {
            world.restart(&[("CLOCK_SKEW", skew)]).await?;
            let load = world.load(10);
            sleep(Duration::from_secs(2)).await;
            load.stop().await;
            ran.recovered(world.recovered(Instant::now()).await?);
            ran.cycles += 1;
        }
        if let Some((_, proxy)) = &world.s3 {
            let proxy = proxy.clone();
            for method in ["PUT", "GET"] {
                let seed = world.ledger.next();
                let id = world.ledger.upload(seed, Duration::from_secs(20)).await?;
                let act = Act::Fail(403, "RequestTimeTooSkewed");
                proxy.set(Some(Rule {
                    act,
                    method: Some(method),
                    times: u32::MAX,
                }));
                if method == "PUT" {
                    let seed = world.ledger.next();
                    let tried = world.ledger.try_once(seed).await;
                    world.ledger.leave(seed);
                    ran.expect(matches!(tried, Tried::Again), || {
                        "taken although the store refused".to_owned()
                    });
                } else {
                    let path = format!("/api/v1/images/{id}/download");
                    let status = world.ledger.request(Method::GET, &path).send().await?.status();
                    ran.expect(status.as_u16() == 503, || {
                        format!("a refusing store is answered with {status}")
                    });
                }
                proxy.set(None);
                ran.recovered(world.recovered(Instant::now()).await?);
                ran.cycles += 1;
            }
        }
    }
    Ok(ran)
}

/// SIGTERM while uploads are half sent: each of them ends well, and the server is gone soon after.
pub(super) async fn shut_down(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    // What is measured is the stop, not how fast two hundred clients are on this machine.
    let in_flight = IN_FLIGHT.to_string();
    let patient = [
        ("UPLOAD_TIMEOUT", "30s"),
        ("UPLOAD_ABANDONED_AFTER", "31s"),
        ("UPLOAD_MAX_CONCURRENT_PER_ACCOUNT", in_flight.as_str()),
    ];
    world.restart(&patient).await?;
    for _ in 0..world.times(1) {
        let mut uploads = JoinSet::new();
        let (go, gone) = watch::channel(false);
        for _ in 0..IN_FLIGHT {
            let seed = world.ledger.next();
            let image = world.ledger.image(seed);
            let head = world.ledger.head(seed, image.len());
            let (port, gone) = (world.port, gone.clone());
            uploads.spawn(async move { (seed, in_two_halves(port, &head, &image, gone).await) });
        }
        wait_for_pending(world, IN_FLIGHT).await?;
        let signalled = Instant::now();
        let mut server = world.server.take().ok_or("no server")?;
        server.signal(Signal::SIGTERM);
        sleep(Duration::from_millis(500)).await;
        ran.expect(!world.is_ready().await, || {
            "readiness stays green after SIGTERM".to_owned()
        });
        go.send_replace(true);
        let mut broken = 0;
        for (seed, outcome) in uploads.join_all().await {
            match outcome {
                Ok(id) => world.ledger.note(seed, id),
                Err(error) => {
                    broken += 1;
                    ran.note = error.to_string();
                    world.ledger.leave(seed);
                }
            }
        }
        ran.expect(broken == 0, || {
            format!("{broken} of {IN_FLIGHT} uploads in flight did not end well")
        });
        let ended = wait_for_exit(&mut server, Duration::from_secs(30)).await;
        ran.expect(ended.is_ok_and(|status| status.success()), || {
            "the server does not exit cleanly".to_owned()
        });
        if broken == 0 {
            let took = signalled.elapsed().as_secs_f64();
            ran.note = format!("{IN_FLIGHT} in flight, 0 resets, gone after {took:.1} s");
        }
        let since = Instant::now();
        world.start_server(&[])?;
        ran.recovered(world.recovered(since).await?);
        ran.cycles += 1;
    }
    Ok(ran)
}

/// Waits until so many uploads are under way.
async fn wait_for_pending(world: &World, uploads: usize) -> Outcome {
    let client = world.cluster.client("infravault").await?;
    let began = Instant::now();
    loop {
        let row = client.query_one(PENDING, &[]).await?;
        let count: i64 = row.try_get(0)?;
        if usize::try_from(count)? >= uploads {
            return Ok(());
        }
        if began.elapsed() > Duration::from_secs(20) {
            return Err(format!("only {count} of {uploads} uploads are under way").into());
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Sends half an image, waits until it may go on, sends the rest; the image's id.
async fn in_two_halves(
    port: u16,
    head: &str,
    image: &[u8],
    mut gone: watch::Receiver<bool>,
) -> Outcome<uuid::Uuid> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let (first, second) = image.split_at(image.len() / 2);
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(first).await?;
    gone.wait_for(|gone| *gone).await?;
    stream.write_all(second).await?;
    let mut answer = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && let Ok(body) = serde_json::from_str::<Value>(body)
        {
            if !head.starts_with("HTTP/1.1 201 ") {
                return Err(format!(
                    "an upload in flight was answered with {}",
                    head.lines().next().unwrap_or_default()
                )
                .into());
            }
            let id = body.get("id").and_then(Value::as_str).ok_or("no id")?;
            return Ok(id.parse()?);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if timeout(left, stream.read_buf(&mut answer)).await?? == 0 {
            return Err("an upload in flight was cut".into());
        }
    }
}
