//! slowhttptest against a running server: slow clients are disconnected, and other clients are not affected.

use crate::{pg::Cluster, product::Local, report::Verdict, workspace::Workspace};
use std::{
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};
use xtask_support::{CommandError, Outcome, console, http, interrupt::Interrupt, process, service::Service};

const TOOL: &str = "slowhttptest";
/// What a client that is not slow asks for meanwhile, and how often.
const QUICK: &str = "/api/v1/images/public";
const PAUSE: Duration = Duration::from_millis(20);
/// The most memory that the server may need meanwhile, in KiB: what it buffers is bounded for each connection.
const MOST_MEMORY: u64 = 256 << 10;
/// More open files than these are slow clients, and fewer are not.
const MANY: usize = 450;
const FEW: usize = 200;

/// What slow clients do.
struct Attack {
    name: &'static str,
    path: &'static str,
    arguments: &'static [&'static str],
}

/// 500 clients each, who say or take a few bytes now and then, for 45 seconds; the server has to be rid of them before.
const ATTACKS: [Attack; 3] = [
    Attack {
        name: "heads that do not end",
        path: QUICK,
        arguments: &["-H", "-i", "2"],
    },
    Attack {
        name: "bodies that do not end",
        path: "/api/v1/auth/refresh",
        arguments: &[
            "-B",
            "-t",
            "POST",
            "-f",
            "application/json",
            "-s",
            "50000",
            "-i",
            "2",
        ],
    },
    Attack {
        name: "answers that are not taken",
        path: "/docs/swagger-ui-bundle.js",
        arguments: &["-X", "-w", "1", "-y", "64", "-n", "5", "-z", "32", "-k", "3"],
    },
];

/// Starts the server on the product database of the test cluster, and attacks it.
pub(crate) fn run(workspace: &Workspace, cluster: &Cluster, interrupt: &Interrupt) -> Outcome<Verdict> {
    if Command::new(TOOL).arg("-h").output().is_err() {
        let reason = format!("{TOOL} is not installed: apt-get install {TOOL}");
        return Ok(Verdict::Skipped(reason));
    }
    let local = super::local(
        cluster,
        &workspace.target().join("test/slow"),
        &[
            ("RATE_LIMIT_ANONYMOUS", "0"),
            ("RATE_LIMIT_SIGN_IN", "0"),
            ("LOG_FORMAT", "json"),
        ],
    )?;
    local.prepare(workspace)?;
    let mut server = local.start_server(workspace, interrupt)?;
    for attack in &ATTACKS {
        interrupt.check()?;
        let (rid, waits) = beside_others(&local, &server, attack)?;
        server.check()?;
        let memory = server.peak_memory();
        let Some(rid) = rid else {
            return Err(CommandError::new(format!(
                "{}: the server keeps the clients",
                attack.name
            )));
        };
        console::note(&format!(
            "{}: rid of them after {}; {} quick requests, p50 {:.1} ms, p99 {:.1} ms; the server's memory at most {} MB",
            attack.name,
            console::seconds(rid),
            waits.len(),
            percentile(&waits, 50),
            percentile(&waits, 99),
            memory / 1000,
        ));
        if memory > MOST_MEMORY {
            return Err(CommandError::new(format!(
                "{}: the server needs {memory} KiB of memory for them",
                attack.name
            )));
        }
    }
    Ok(Verdict::Passed)
}

/// Attacks, while another client keeps sending requests. When the server had cut all slow clients off, if it did, and how long
/// each of the other's requests took.
fn beside_others(
    local: &Local<'_>,
    server: &Service,
    attack: &Attack,
) -> Outcome<(Option<Duration>, Vec<Duration>)> {
    let mut command = Command::new(TOOL);
    command
        .args(["-c", "500", "-r", "250", "-l", "45", "-x", "20", "-p", "5"])
        .args(attack.arguments)
        .args(["-u", &format!("{}{}", local.origin(), attack.path)]);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let other = scope.spawn(|| ask(local, server, attack, &over));
        let said = process::capture(&mut command);
        over.store(true, Ordering::Relaxed);
        let asked = other
            .join()
            .map_err(|_| CommandError::new("the other client broke down"))??;
        said.map(|_| asked)
    })
}

/// Asks until the attack is over, and looks how many clients the server has.
fn ask(
    local: &Local<'_>,
    server: &Service,
    attack: &Attack,
    over: &AtomicBool,
) -> Outcome<(Option<Duration>, Vec<Duration>)> {
    let (began, mut crowded, mut rid) = (Instant::now(), false, None);
    let mut waits = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let asked = Instant::now();
        let status = http::get(local.api, QUICK);
        if status != Some(200) {
            let what = status.map_or_else(|| "not".to_owned(), |status| format!("with {status}"));
            return Err(CommandError::new(format!(
                "{}: another client was answered {what}",
                attack.name
            )));
        }
        waits.push(asked.elapsed());
        match server.open_files() {
            many if many > MANY => (crowded, rid) = (true, None),
            few if few < FEW && crowded && rid.is_none() => rid = Some(began.elapsed()),
            _ => {}
        }
        thread::sleep(PAUSE);
    }
    Ok((rid, waits))
}

/// In milliseconds.
fn percentile(waits: &[Duration], percent: usize) -> f64 {
    let mut sorted = waits.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |wait| wait.as_secs_f64() * 1000.0)
}
