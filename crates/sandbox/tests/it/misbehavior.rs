//! A hostile worker cannot escape its sandbox, and killed workers fail only their own requests.

use crate::setup::{kill, memory_file, sandbox, sandbox_with, wait_until};
use infravault_sandbox::{Enforcement, Error, ExitReason, Probe, Queue};
use std::{
    fs,
    io::ErrorKind,
    net::TcpListener,
    os::unix::fs::FileExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// `SIGSYS`, sent by the system call filter.
const FORBIDDEN: ExitReason = ExitReason::Signal(31);

#[tokio::test(flavor = "multi_thread")]
async fn forbidden_operation_ends_only_the_worker() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let relative = "created-by-probe";
    let absolute = concat!(env!("CARGO_TARGET_TMPDIR"), "/created-by-probe");
    let sandbox = sandbox(1);
    for (probe, expected) in [
        (Probe::Connect(port), FORBIDDEN),
        (Probe::Read, FORBIDDEN),
        (Probe::Write(relative.to_owned()), FORBIDDEN),
        (Probe::Write(absolute.to_owned()), FORBIDDEN),
        (Probe::Execute(absolute.to_owned()), FORBIDDEN),
        (Probe::Fork(absolute.to_owned()), FORBIDDEN),
        (Probe::Thread, FORBIDDEN),
        (Probe::KillParent, FORBIDDEN),
        (Probe::Kill, FORBIDDEN),
        (Probe::Allocate(2 << 30), ExitReason::OutOfMemory),
        (Probe::Panic, ExitReason::Crashed),
        (Probe::Recurse, ExitReason::Signal(6)),
        (Probe::Exit, ExitReason::Crashed),
    ] {
        let name = format!("{probe:?}");
        match sandbox.probe(probe, None, Queue::Interactive).await {
            Err(Error::WorkerExited(reason)) => assert_eq!(reason, expected, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
        sandbox.report_capabilities().await.unwrap();
    }
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(!Path::new(relative).exists() && !Path::new(absolute).exists());
    let stats = sandbox.stats();
    assert_eq!((stats.replaced, stats.requests, stats.workers), (13, 26, 1));
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_loop_ends_by_timeout_or_cpu_time() {
    let short = sandbox_with(1, |config| config.timeout = Duration::from_millis(300));
    let ended = short.probe(Probe::Spin, None, Queue::Interactive).await;
    assert!(
        matches!(ended, Err(Error::WorkerExited(ExitReason::TimedOut))),
        "{ended:?}"
    );
    // On a machine under load, the next request may exceed the short timeout too.
    while let Err(error) = short.report_capabilities().await {
        assert!(
            matches!(error, Error::WorkerExited(ExitReason::TimedOut)),
            "{error:?}"
        );
    }
    let busy = sandbox_with(1, |config| config.cpu_time = Duration::from_millis(500));
    let ended = busy.probe(Probe::Spin, None, Queue::Interactive).await;
    assert!(
        matches!(ended, Err(Error::WorkerExited(ExitReason::CpuTimeExceeded))),
        "{ended:?}"
    );
    busy.report_capabilities().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn image_is_read_only() {
    let sandbox = sandbox(1);
    let image = memory_file(b"an image");
    let report = sandbox
        .probe(
            Probe::WriteImage,
            Some(image.try_clone().unwrap()),
            Queue::Interactive,
        )
        .await
        .unwrap();
    assert!(report.contains("Bad file descriptor"), "{report}");
    let mut bytes = [0; 8];
    image.read_exact_at(&mut bytes, 0).unwrap();
    assert_eq!(&bytes, b"an image");
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_below_the_limit_is_available_and_released() {
    let sandbox = sandbox(1);
    let allocated = sandbox
        .probe(Probe::Allocate(900 << 20), None, Queue::Interactive)
        .await
        .unwrap();
    assert_eq!(allocated, (900 << 20).to_string());
    sandbox.report_capabilities().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn procfs_confirms_the_confinement() {
    let sandbox = sandbox(1);
    let capabilities = sandbox.report_capabilities().await.unwrap();
    for layer in [
        capabilities.limits,
        capabilities.no_new_privileges,
        capabilities.seccomp,
        capabilities.descriptors,
    ] {
        assert_eq!(layer, Enforcement::Full);
    }
    let proc = format!("/proc/{}", sandbox.worker_pids()[0]);
    let status = fs::read_to_string(format!("{proc}/status")).unwrap();
    for line in [
        "Seccomp:\t2",
        "NoNewPrivs:\t1",
        "Threads:\t1",
        "Name:\tsandbox-worker",
    ] {
        assert!(status.contains(line), "{line} in {status}");
    }
    assert_eq!(
        fs::read_to_string(format!("{proc}/oom_score_adj"))
            .unwrap()
            .trim(),
        "1000"
    );
    let limits = fs::read_to_string(format!("{proc}/limits")).unwrap();
    let limit = |name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(limit("Max core file size"), "0");
    assert_eq!(limit("Max processes"), "0");
    assert_eq!(limit("Max open files"), "16");
    let memory: u64 = limit("Max address space").parse().unwrap();
    assert!((1 << 30..2 << 30).contains(&memory), "{memory}");
    assert_eq!(fs::read_dir(format!("{proc}/fd")).unwrap().count(), 3);
    assert_eq!(fs::read(format!("{proc}/environ")).unwrap(), b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_workers_fail_only_their_own_requests() {
    const KILLS: usize = 200;
    let sandbox = sandbox(2);
    sandbox.warm_up().await;
    let over = Arc::new(AtomicBool::new(false));
    let load: Vec<_> = (0..4)
        .map(|_| {
            let sandbox = sandbox.clone();
            let over = Arc::clone(&over);
            tokio::spawn(async move {
                let mut killed = 0;
                let mut done = 0;
                while !over.load(Ordering::Relaxed) {
                    match sandbox.report_capabilities().await {
                        Ok(_) => done += 1,
                        Err(Error::WorkerExited(ExitReason::Signal(9))) => killed += 1,
                        Err(other) => panic!("{other:?}"),
                    }
                }
                (done, killed)
            })
        })
        .collect();
    for kills in 0..KILLS {
        let mut pids = Vec::new();
        wait_until(|| {
            pids = sandbox.worker_pids();
            !pids.is_empty()
        })
        .await;
        let pid = pids[kills % pids.len()];
        kill(pid);
        wait_until(|| !sandbox.worker_pids().contains(&pid)).await;
    }
    over.store(true, Ordering::Relaxed);
    let mut all_done = 0;
    let mut all_killed = 0;
    for load in load {
        let (done, killed) = load.await.unwrap();
        all_done += done;
        all_killed += killed;
    }
    assert!(all_killed <= KILLS, "{all_killed} requests failed");
    assert!(all_done > KILLS, "only {all_done} requests were served");
    sandbox.report_capabilities().await.unwrap();
    wait_until(|| sandbox.stats().workers == 2).await;
    sandbox.stop().await;
}
