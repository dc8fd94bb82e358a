//! Images of others that are known to break decoders, through the real children.
//!
//! `cargo xtask test` fetches them and runs this as the suite "malformed images"; `INFRAVAULT_TEST_CORPUS` names
//! their folder.

use infravault_imaging::{Fit, Format, Gravity, Limits, Order, Recipe, Resize, prescan};
use infravault_sandbox::{Config, Error, Fate, Lane, Sandbox};
use slog::{Discard, Logger, o};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// With fewer the suite proves nothing.
const ENOUGH: usize = 2000;
/// Between the end that the sandbox sets an order and our knowing of it, on a busy machine.
const SLACK: Duration = Duration::from_secs(5);
/// One image in so many is made an AVIF, too, which takes as long as everything else together.
const AVIF_EVERY: usize = 8;

/// How one image ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// The pre-scan refused it, in the parent and in the child.
    Refused,
    /// The decoder refused it.
    Undecodable,
    /// It was described and made into every format.
    Decoded,
    /// One of the child's limits ended it.
    Limited,
    /// What must not be.
    Wrong,
}

/// What happened to all of them.
#[derive(Default)]
struct Tally {
    ends: BTreeMap<End, usize>,
    told: Vec<String>,
    slowest: Duration,
    peak: u64,
}

#[ignore = "needs the images of INFRAVAULT_TEST_CORPUS: cargo xtask test"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_image_hangs_or_breaks_a_child() {
    let folder = std::env::var_os("INFRAVAULT_TEST_CORPUS").expect("INFRAVAULT_TEST_CORPUS names a folder");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let count = files.len();
    assert!(count >= ENOUGH, "{count} images are not enough");
    let config = Config {
        program: env!("CARGO_BIN_EXE_infravault-sandbox-probe").into(),
        children: 2,
        ..Config::default()
    };
    let wall = config.wall;
    let sandbox = Sandbox::new(config, &Logger::root(Discard, o!()));
    sandbox.warm_up().await;
    let started = Instant::now();
    let queue = Arc::new(Mutex::new(files.into_iter().enumerate()));
    let tally = Arc::new(Mutex::new(Tally::default()));
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let (sandbox, queue, tally) = (sandbox.clone(), Arc::clone(&queue), Arc::clone(&tally));
            tokio::spawn(async move {
                loop {
                    let Some((number, file)) = queue.lock().unwrap().next() else {
                        return;
                    };
                    try_one(&sandbox, &file, number % AVIF_EVERY == 0, wall, &tally).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let stats = sandbox.stats();
    sandbox.check().await.expect("the sandbox still works");
    sandbox.stop().await;
    let tally = tally.lock().unwrap();
    let ends = &tally.ends;
    println!(
        "{count} images in {:.0} s: {ends:?}; slowest {:.1} s, most memory {} MiB; {} children replaced",
        started.elapsed().as_secs_f32(),
        tally.slowest.as_secs_f32(),
        tally.peak >> 20,
        stats.replaced,
    );
    for told in &tally.told {
        println!("  {told}");
    }
    assert_eq!(ends.get(&End::Wrong), None, "see above");
    assert!(
        ends.get(&End::Decoded) > Some(&(count / 4)),
        "most images are whole; a child that refuses all proves nothing"
    );
}

/// Has one image described and made into each format.
async fn try_one(sandbox: &Sandbox, path: &Path, avif: bool, wall: Duration, tally: &Mutex<Tally>) {
    let refused = {
        let file = File::open(path).unwrap();
        let length = file.metadata().unwrap().len();
        prescan(file, length, &Limits::default()).err()
    };
    let started = Instant::now();
    let most = vec![Format::Jpeg, Format::Png, Format::Webp];
    let mut result = run(sandbox, path, most, Lane::Job).await;
    let took = started.elapsed();
    if avif && result.is_ok() {
        result = run(sandbox, path, vec![Format::Avif], Lane::Avif).await;
    }
    let end = match (&result, refused.is_some()) {
        (Ok(_), false) => End::Decoded,
        (Err(Error::Undecodable(_)), true) => End::Refused,
        (Err(Error::Undecodable(_)), false) => End::Undecodable,
        (Err(Error::Killed(Fate::Memory | Fate::Cpu | Fate::Wall)), false) => End::Limited,
        _ => End::Wrong,
    };
    let end = if took > wall + SLACK { End::Wrong } else { end };
    let mut tally = tally.lock().unwrap();
    *tally.ends.entry(end).or_default() += 1;
    tally.slowest = tally.slowest.max(took);
    match &result {
        Ok(peak) => tally.peak = tally.peak.max(*peak),
        Err(_) if end <= End::Undecodable => {}
        Err(error) => {
            let name = path.display();
            let told = format!("{end:?} {name}: {error:?}, {:.1} s", took.as_secs_f32());
            tally.told.push(told);
        }
    }
    if end == End::Wrong && result.is_ok() {
        let told = format!(
            "{end:?} {}: {:.1} s, refused {refused:?}",
            path.display(),
            took.as_secs_f32()
        );
        tally.told.push(told);
    }
}

/// Gives the memory that the child used.
async fn run(sandbox: &Sandbox, path: &Path, formats: Vec<Format>, lane: Lane) -> Result<u64, Error> {
    let recipe = |format| Recipe {
        resize: Some(Resize {
            width: Some(256),
            height: Some(256),
            fit: Fit::Inside,
            gravity: Gravity::Center,
        }),
        ..Recipe::new(format, 80)
    };
    let order = Order {
        limits: Limits::default(),
        describe: lane == Lane::Job,
        recipes: formats.into_iter().map(recipe).collect(),
    };
    let answer = sandbox.run(File::open(path).unwrap(), &order, lane).await?;
    assert_eq!(answer.renditions.len(), order.recipes.len());
    Ok(answer.peak_rss_bytes)
}
