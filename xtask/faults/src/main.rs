//! Injects faults into a running InfraVault and checks that nothing acknowledged is lost.

mod epilogue;
mod faults;
mod load;
mod open;
mod pgproxy;
mod postgres;
mod random;
mod report;
mod s3proxy;
mod world;

use clap::Parser;
use epilogue::epilogue;
use faults::{Fault, Target};
use report::{Ended, Row};
use std::{
    error::Error,
    fs,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};
use world::{Kind, Setup, World};
use xtask_support::{console, run_as::RunAs};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Inject faults into a running InfraVault and check that nothing acknowledged is lost.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask test faults")]
struct Arguments {
    /// Only these faults, e.g. `kill-during-upload,store-errors`. The names are listed in docs/reliability.md.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Repeat every fault ten times as often, and run the fault `soak` for this many minutes. Default 60.
    #[arg(long, value_name = "MINUTES", num_args = 0..=1, default_missing_value = "60")]
    soak: Option<u32>,
    /// Print the table as Markdown.
    #[arg(long)]
    markdown: bool,
    /// Repeat a run with the same random numbers.
    #[arg(long, default_value_t = 20_261_121)]
    seed: u64,
    /// The folder of PostgreSQL's programs.
    #[arg(long, env = "FAULTS_PG_BIN")]
    pg_bin: PathBuf,
    /// The program of SeaweedFS; without it, what needs S3 is skipped.
    #[arg(long, env = "FAULTS_WEED")]
    weed: Option<PathBuf>,
    /// A folder that the user of PostgreSQL can enter.
    #[arg(long, env = "FAULTS_HOME")]
    home: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    infravault_testkit::install_crypto();
    let ended = tokio::select! {
        ended = run(Arguments::parse()) => ended,
        // Everything that was started ends with the values that are dropped here.
        () = interrupted() => Err("interrupted".into()),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            console::line(&format!("faults: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Waits for TERM or Ctrl-C.
async fn interrupted() {
    let term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    let Ok(mut term) = term else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn run(arguments: Arguments) -> Outcome<bool> {
    let setup = Setup {
        postgres: postgres::Programs {
            bin: arguments.pg_bin,
            user: RunAs::find()?,
        },
        weed: arguments.weed,
        product: std::env::current_exe()?.with_file_name("infravault-crashing"),
        home: arguments.home.join(std::process::id().to_string()),
        seed: arguments.seed,
        soak: arguments.soak,
    };
    fs::create_dir_all(&setup.home)?;
    console::note(&format!("seed {}, in {}", setup.seed, setup.home.display()));
    if let Some(unknown) = arguments
        .only
        .iter()
        .find(|name| faults::position(name).is_none())
    {
        return Err(format!("unknown fault '{unknown}'").into());
    }
    let wanted: Vec<Fault> = faults::ALL
        .iter()
        .filter(|fault| arguments.only.is_empty() || arguments.only.iter().any(|only| only == fault.name))
        .copied()
        .collect();
    let (mut rows, more) = tokio::join!(on(&setup, Kind::Folder, &wanted), on(&setup, Kind::S3, &wanted));
    rows.extend(more);
    for fault in wanted.iter().filter(|fault| fault.target == Target::SmallDisk) {
        rows.push(alone(&setup, fault).await);
    }
    let good = report::print(&mut rows, arguments.markdown);
    if good {
        let _ = fs::remove_dir_all(&setup.home);
    } else {
        console::note(&format!("the logs are in {}", setup.home.display()));
    }
    Ok(good)
}

/// Provokes all faults of a store, one after the other, in one installation.
async fn on(setup: &Setup, kind: Kind, wanted: &[Fault]) -> Vec<Row> {
    let mine: Vec<&Fault> = wanted.iter().filter(|fault| fault.is_on(kind)).collect();
    let mut rows = Vec::new();
    if mine.is_empty() {
        return rows;
    }
    let mut world = match World::start(setup, kind).await {
        Ok(world) => world,
        Err(error) => {
            let missing = kind == Kind::S3 && setup.weed.is_none();
            let reason = error.to_string();
            let ended = if missing {
                Ended::Skipped(reason)
            } else {
                Ended::Failed(reason)
            };
            rows.push(Row::new("start", "", Some(kind), ended, Duration::ZERO));
            return rows;
        }
    };
    for fault in mine {
        rows.push(provoke(&mut world, fault, Some(kind)).await);
    }
    rows
}

/// Provokes a fault in an installation of its own.
async fn alone(setup: &Setup, fault: &Fault) -> Row {
    match faults::start_small_world(setup, fault.name).await {
        Ok((mut world, _small)) => provoke(&mut world, fault, Some(Kind::Folder)).await,
        Err(error) => {
            let reason = format!(
                "skipped: {}",
                error.to_string().lines().last().unwrap_or_default()
            );
            Row::new(
                fault.name,
                fault.description,
                None,
                Ended::Skipped(reason),
                Duration::ZERO,
            )
        }
    }
}

/// Provokes a fault, heals everything, and looks.
async fn provoke(world: &mut World, fault: &Fault, kind: Option<Kind>) -> Row {
    let began = Instant::now();
    let earlier = world.ledger.acknowledged().len();
    let ran = (fault.inject)(world).await;
    let looked = epilogue(world, earlier).await;
    let ended = match (ran, looked) {
        (Ok(ran), Ok(verdict)) => Ended::Ran(ran, verdict),
        (Err(error), _) | (Ok(_), Err(error)) => Ended::Failed(error.to_string()),
    };
    let row = Row::new(fault.name, fault.description, kind, ended, began.elapsed());
    let said = if row.broken().is_empty() {
        "holds"
    } else {
        "BROKEN"
    };
    console::note(&format!(
        "{}: {said} ({:.0} s)",
        row.name(),
        began.elapsed().as_secs_f64()
    ));
    for broken in row.broken() {
        console::note(&format!("    {broken}"));
    }
    row
}
