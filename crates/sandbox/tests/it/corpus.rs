//! Processes third-party images that are known to break decoders in real workers.
//!
//! `cargo xtask test` downloads them and runs this as the suite "malformed images". `INFRAVAULT_TEST_CORPUS` is their
//! folder.

use infravault_imaging::{Fit, Format, Gravity, Limits, ProcessRequest, Recipe, Resize, prescan};
use infravault_sandbox::{Config, Error, ExitReason, Queue, Sandbox};
use slog::{Discard, Logger, o};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// The minimum number of images.
const MIN_IMAGES: usize = 2000;
/// The tolerance of the timeout on a busy machine.
const TOLERANCE: Duration = Duration::from_secs(5);
/// One image in this many is also encoded as AVIF, which takes as long as everything else together.
const AVIF_EVERY: usize = 8;

/// The result for one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The pre-scan rejected it, in the parent and in the worker.
    Rejected,
    /// The decoder rejected it.
    Undecodable,
    /// It was described and encoded in every format.
    Decoded,
    /// A limit ended the worker.
    Limited,
    /// Any other result.
    Unexpected,
}

/// The results for all images.
#[derive(Default)]
struct Summary {
    outcomes: BTreeMap<Outcome, usize>,
    messages: Vec<String>,
    slowest: Duration,
    peak: u64,
}

#[ignore = "needs the images of INFRAVAULT_TEST_CORPUS: cargo xtask test"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_image_hangs_or_breaks_a_worker() {
    let folder = std::env::var_os("INFRAVAULT_TEST_CORPUS").expect("INFRAVAULT_TEST_CORPUS names a folder");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let count = files.len();
    assert!(count >= MIN_IMAGES, "{count} images are not enough");
    let config = Config {
        program: env!("CARGO_BIN_EXE_infravault-sandbox-probe").into(),
        workers: 2,
        ..Config::default()
    };
    let timeout = config.timeout;
    let sandbox = Sandbox::new(config, &Logger::root(Discard, o!()));
    sandbox.warm_up().await;
    let started = Instant::now();
    let queue = Arc::new(Mutex::new(files.into_iter().enumerate()));
    let summary = Arc::new(Mutex::new(Summary::default()));
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let (sandbox, queue, summary) = (sandbox.clone(), Arc::clone(&queue), Arc::clone(&summary));
            tokio::spawn(async move {
                loop {
                    let Some((number, file)) = queue.lock().unwrap().next() else {
                        return;
                    };
                    process_image(&sandbox, &file, number % AVIF_EVERY == 0, timeout, &summary).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let stats = sandbox.stats();
    sandbox
        .report_capabilities()
        .await
        .expect("the sandbox still works");
    sandbox.stop().await;
    let summary = summary.lock().unwrap();
    let outcomes = &summary.outcomes;
    println!(
        "{count} images in {:.0} s: {outcomes:?}; slowest {:.1} s, most memory {} MiB; {} workers replaced",
        started.elapsed().as_secs_f32(),
        summary.slowest.as_secs_f32(),
        summary.peak >> 20,
        stats.replaced,
    );
    for message in &summary.messages {
        println!("  {message}");
    }
    assert_eq!(outcomes.get(&Outcome::Unexpected), None, "see above");
    assert!(
        outcomes.get(&Outcome::Decoded) > Some(&(count / 4)),
        "at least a quarter of the images is valid"
    );
}

/// Describes one image and encodes it in each format.
async fn process_image(
    sandbox: &Sandbox,
    path: &Path,
    avif: bool,
    timeout: Duration,
    summary: &Mutex<Summary>,
) {
    let rejected = {
        let file = File::open(path).unwrap();
        let length = file.metadata().unwrap().len();
        prescan(file, length, &Limits::default()).err()
    };
    let started = Instant::now();
    let formats = vec![Format::Jpeg, Format::Png, Format::Webp];
    let mut result = process_formats(sandbox, path, formats, Queue::Background).await;
    let elapsed = started.elapsed();
    if avif && result.is_ok() {
        result = process_formats(sandbox, path, vec![Format::Avif], Queue::Avif).await;
    }
    let outcome = match (&result, rejected.is_some()) {
        (Ok(_), false) => Outcome::Decoded,
        (Err(Error::Decode(_)), true) => Outcome::Rejected,
        (Err(Error::Decode(_)), false) => Outcome::Undecodable,
        (
            Err(Error::WorkerExited(
                ExitReason::OutOfMemory | ExitReason::CpuTimeExceeded | ExitReason::TimedOut,
            )),
            false,
        ) => Outcome::Limited,
        _ => Outcome::Unexpected,
    };
    let outcome = if elapsed > timeout + TOLERANCE {
        Outcome::Unexpected
    } else {
        outcome
    };
    let mut summary = summary.lock().unwrap();
    *summary.outcomes.entry(outcome).or_default() += 1;
    summary.slowest = summary.slowest.max(elapsed);
    match &result {
        Ok(peak) => summary.peak = summary.peak.max(*peak),
        Err(_) if outcome <= Outcome::Undecodable => {}
        Err(error) => {
            let name = path.display();
            let message = format!("{outcome:?} {name}: {error:?}, {:.1} s", elapsed.as_secs_f32());
            summary.messages.push(message);
        }
    }
    if outcome == Outcome::Unexpected && result.is_ok() {
        let message = format!(
            "{outcome:?} {}: {:.1} s, rejected {rejected:?}",
            path.display(),
            elapsed.as_secs_f32()
        );
        summary.messages.push(message);
    }
}

/// Returns the peak memory of the worker.
async fn process_formats(
    sandbox: &Sandbox,
    path: &Path,
    formats: Vec<Format>,
    queue: Queue,
) -> Result<u64, Error> {
    let recipe = |format| Recipe {
        resize: Some(Resize {
            width: Some(256),
            height: Some(256),
            fit: Fit::Inside,
            gravity: Gravity::Center,
        }),
        ..Recipe::new(format, 80)
    };
    let request = ProcessRequest {
        limits: Limits::default(),
        describe: queue == Queue::Background,
        recipes: formats.into_iter().map(recipe).collect(),
    };
    let reply = sandbox
        .process(File::open(path).unwrap(), &request, queue)
        .await?;
    assert_eq!(reply.renditions.len(), request.recipes.len());
    Ok(reply.peak_rss_bytes)
}
