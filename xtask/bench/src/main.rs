//! Measures InfraVault beside a minimal server of the same kind: same machine, same data, same run.

mod bare;
mod bench;
mod data;
mod form;
mod http;
mod load;
mod machine;
mod making;
mod peers;
mod photos;
mod product;
mod quality;
mod report;
mod rows;
mod seed;
mod server;
mod session;
mod table;

use clap::{Parser, Subcommand, ValueEnum};
use std::{error::Error, path::PathBuf, process::ExitCode};
use xtask_support::console;

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Measures speed and memory, and prints ratios against the baseline.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    options: Options,
}

/// How much is measured, and what becomes of the figures.
#[derive(Debug, clap::Args)]
struct Options {
    /// How many images the database holds.
    #[arg(long, default_value_t = 1_000_000)]
    rows: i64,
    /// How often each measurement is repeated; medians are printed.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    repeats: u8,
    /// How long one measurement takes.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    seconds: u8,
    /// Only these groups.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Group>,
    /// Keep the figures under this name, in target/bench.
    #[arg(long, value_name = "NAME")]
    save: Option<String>,
    /// Print the figures beside those kept under this name.
    #[arg(long, value_name = "NAME")]
    compare: Option<String>,
    /// Print the table as Markdown, with the date and the machine.
    #[arg(long)]
    markdown: bool,
    /// Photographs (.jpg) of about twelve megapixels and 3 MB to use in place of those made in code.
    #[arg(long, value_name = "FOLDER")]
    photos: Option<PathBuf>,
    /// Create the data again, even if it exists.
    #[arg(long)]
    reseed: bool,
    /// A superuser's URL of a cluster on this machine; the database `infravault_bench` is made there.
    #[arg(long, env = "BENCH_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

/// Measurements that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Lists, filters and searches.
    List,
    /// One image by its id.
    Metadata,
    /// Photographs of 3 MB.
    Upload,
    /// Originals of 20 KB and 3 MB.
    Download,
    /// Memory of the server.
    Memory,
    /// Bytes in the database.
    Size,
    /// Images made in this process, beside sharp and vipsthumbnail; no server has a part in it.
    Thumbnails,
    /// Renditions by the server: after uploads, on request, from the store; and its memory meanwhile.
    Renditions,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Serves as the baseline; the bench starts it.
    #[command(hide = true)]
    Bare(bare::Bare),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.part {
        Some(Part::Bare(bare)) => bare.serve(),
        None => measure(&arguments.options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::error(&whole(&*error));
            ExitCode::FAILURE
        }
    }
}

/// A failure with its causes: those of PostgreSQL say nothing by themselves.
fn whole(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Two threads make the load, as two answer it.
fn measure(options: &Options) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        // Whichever ends first: dropping the other stops the servers and the load.
        tokio::select! {
            outcome = bench::run(options) => outcome,
            _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
            _ = terminate.recv() => Err("told to stop".into()),
        }
    })
}
