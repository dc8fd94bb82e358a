//! What a child tries that it must not, and that nothing comes of it (probes N09 and F22).

use crate::setup::{changed, file, kill, sandbox, until};
use infravault_sandbox::{Error, Fate, Holds, Lane, Probe};
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

/// `SIGSYS`: the filter of system calls.
const FORBIDDEN: Fate = Fate::Signal(31);

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_child_tries_ends_it_and_nothing_else() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let relative = "made-by-a-probe";
    let absolute = concat!(env!("CARGO_TARGET_TMPDIR"), "/made-by-a-probe");
    let sandbox = sandbox(1);
    for (probe, fate) in [
        (Probe::Connect(port), FORBIDDEN),
        (Probe::Read, FORBIDDEN),
        (Probe::Write(relative.to_owned()), FORBIDDEN),
        (Probe::Write(absolute.to_owned()), FORBIDDEN),
        (Probe::Execute(absolute.to_owned()), FORBIDDEN),
        (Probe::Fork(absolute.to_owned()), FORBIDDEN),
        (Probe::Thread, FORBIDDEN),
        (Probe::KillParent, FORBIDDEN),
        (Probe::Kill, FORBIDDEN),
        (Probe::Allocate(2 << 30), Fate::Memory),
        (Probe::Panic, Fate::Gone),
        (Probe::Recurse, Fate::Signal(6)),
        (Probe::Exit, Fate::Gone),
    ] {
        let said = format!("{probe:?}");
        match sandbox.probe(probe, None, Lane::Request).await {
            Err(Error::Killed(got)) => assert_eq!(got, fate, "{said}"),
            other => panic!("{said}: {other:?}"),
        }
        sandbox.check().await.unwrap();
    }
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(!Path::new(relative).exists() && !Path::new(absolute).exists());
    let stats = sandbox.stats();
    assert_eq!((stats.replaced, stats.orders, stats.children), (13, 26, 1));
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_loop_ends_by_the_clock_or_by_the_processor_time() {
    let short = changed(1, |config| config.wall = Duration::from_millis(300));
    let ended = short.probe(Probe::Spin, None, Lane::Request).await;
    assert!(matches!(ended, Err(Error::Killed(Fate::Wall))), "{ended:?}");
    short.check().await.unwrap();
    let busy = changed(1, |config| config.cpu = Duration::from_millis(500));
    let ended = busy.probe(Probe::Spin, None, Lane::Request).await;
    assert!(matches!(ended, Err(Error::Killed(Fate::Cpu))), "{ended:?}");
    busy.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_image_is_for_reading_only() {
    let sandbox = sandbox(1);
    let image = file(b"an image");
    let said = sandbox
        .probe(Probe::Scribble, Some(image.try_clone().unwrap()), Lane::Request)
        .await
        .unwrap();
    assert!(said.contains("Bad file descriptor"), "{said}");
    let mut bytes = [0; 8];
    image.read_exact_at(&mut bytes, 0).unwrap();
    assert_eq!(&bytes, b"an image");
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_below_the_limit_is_given_and_taken_back() {
    let sandbox = sandbox(1);
    let most = sandbox
        .probe(Probe::Allocate(900 << 20), None, Lane::Request)
        .await
        .unwrap();
    assert_eq!(most, (900 << 20).to_string());
    sandbox.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kernel_confirms_the_sandbox() {
    let sandbox = sandbox(1);
    let capabilities = sandbox.check().await.unwrap();
    for layer in [
        capabilities.limits,
        capabilities.no_new_privileges,
        capabilities.system_calls,
        capabilities.descriptors,
    ] {
        assert_eq!(layer, Holds::Fully);
    }
    let children = sandbox.children();
    let proc = format!("/proc/{}", children[0]);
    let status = fs::read_to_string(format!("{proc}/status")).unwrap();
    for line in [
        "Seccomp:\t2",
        "NoNewPrivs:\t1",
        "Threads:\t1",
        "Name:\tinfravault-sandbox",
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
async fn killing_children_fails_only_the_orders_they_had() {
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
                    match sandbox.check().await {
                        Ok(_) => done += 1,
                        Err(Error::Killed(Fate::Signal(9))) => killed += 1,
                        Err(other) => panic!("{other:?}"),
                    }
                }
                (done, killed)
            })
        })
        .collect();
    for kills in 0..KILLS {
        let mut children = Vec::new();
        until(|| {
            children = sandbox.children();
            !children.is_empty()
        })
        .await;
        let child = children[kills % children.len()];
        kill(child);
        until(|| !sandbox.children().contains(&child)).await;
    }
    over.store(true, Ordering::Relaxed);
    let mut all_done = 0;
    let mut all_killed = 0;
    for load in load {
        let (done, killed) = load.await.unwrap();
        all_done += done;
        all_killed += killed;
    }
    assert!(all_killed <= KILLS, "{all_killed} orders failed");
    assert!(all_done > KILLS, "only {all_done} orders were done");
    sandbox.check().await.unwrap();
    until(|| sandbox.stats().children == 2).await;
    sandbox.stop().await;
}
