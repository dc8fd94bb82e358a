//! One bench from beginning to end: data, servers, measurements, table.

use crate::{
    Group, Options, Outcome,
    data::Targets,
    http,
    load::Load,
    machine,
    peers::Peers,
    photos::Photos,
    product::{Jobs, Product},
    report, rows,
    seed::Database,
    server::{self, Server},
    session,
    table::Row,
};
use std::{
    path::{Path, PathBuf},
    pin::pin,
    process::Command,
    time::Duration,
};
use tokio::time::{Instant, MissedTickBehavior, interval};
use xtask_support::console;

/// How often memory is looked at.
const SAMPLING: Duration = Duration::from_millis(100);

/// Which server a load is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// InfraVault.
    Ours,
    /// The baseline.
    Bare,
}

/// What one run gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Operations per second.
    pub(crate) rate: f64,
    /// Milliseconds that half of the operations took at most.
    pub(crate) p50: f64,
    /// Milliseconds that 95 of 100 took at most.
    pub(crate) p95: f64,
    /// Milliseconds that 99 of 100 took at most.
    pub(crate) p99: f64,
    /// Milliseconds of CPU per operation in the server.
    pub(crate) server_cpu_ms: f64,
    /// Milliseconds of CPU per operation in PostgreSQL.
    pub(crate) postgres_cpu_ms: f64,
    /// Most memory that the server held, in megabytes.
    pub(crate) peak_mb: f64,
}

/// The repeats of one measurement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs(Vec<Run>);

impl Runs {
    /// Adds a repeat.
    pub(crate) fn push(&mut self, run: Run) {
        self.0.push(run);
    }

    /// The median of one figure.
    pub(crate) fn median(&self, pick: fn(&Run) -> f64) -> f64 {
        median(self.0.iter().map(pick).collect())
    }
}

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Both servers and everything they are asked for.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) product: Product,
    pub(crate) database: Database,
    pub(crate) ours: Server,
    pub(crate) bare: Server,
    pub(crate) targets: Targets,
    pub(crate) photos: Photos,
    /// What images are made with elsewhere.
    pub(crate) peers: Peers,
    /// How often each measurement is repeated.
    pub(crate) repeats: u8,
    /// How long one takes.
    pub(crate) duration: Duration,
    /// Where the bench may write.
    pub(crate) home: PathBuf,
    postmaster: u32,
    /// Cores that other programs used during each run.
    foreign: Vec<f64>,
}

impl Bench {
    async fn start(options: &Options, home: &Path) -> Outcome<Self> {
        let url = options.database_url.as_deref();
        let url = url.ok_or("no cluster: run `cargo xtask bench`, or set BENCH_DATABASE_URL")?;
        let own = std::env::current_exe()?;
        let product = Product::beside(&own, home)?;
        console::note("images");
        let photos = Photos::open(&home.join("images"), options.photos.as_deref())?;
        let database = Database::open(url, options.rows, options.reseed, &product).await?;
        database.forget_uploads().await?;
        product.forget_objects()?;
        let (postmaster, _, _, now) = database.facts().await?;
        database
            .client
            .execute("DELETE FROM auth.api_tokens", &[])
            .await?;
        let tokens = product.tokens(&database.product_url)?;
        let address = server::free_address()?;
        let ours = product.serve(&database.product_url, address, Jobs::Wait).await?;
        let bare = start_bare(&own, home, &database.bare_url).await?;
        let keys = http::Request::get(address, "/.well-known/jwks.json", None);
        let keys = http::Connection::open(address).await?.fetch(&keys).await?;
        let sessions = session::tokens(&product.keys(), &keys, &format!("http://{address}"), now)?;
        console::note("cursors and ids");
        let targets =
            Targets::gather(&database, address, bare.address, options.rows, tokens, &sessions).await?;
        Ok(Self {
            product,
            database,
            ours,
            bare,
            targets,
            photos,
            peers: Peers::find(home)?,
            repeats: options.repeats,
            duration: Duration::from_secs(options.seconds.into()),
            home: home.to_owned(),
            postmaster,
            foreign: Vec::new(),
        })
    }

    /// Runs loads in turn, as often as asked for, so that whatever else the machine does hits all alike.
    pub(crate) async fn rounds(&mut self, loads: &[(Side, Load)]) -> Outcome<Vec<Runs>> {
        for (_, load) in loads {
            load.warm_up().run().await?;
        }
        let mut all = vec![Runs::default(); loads.len()];
        for _ in 0..self.repeats {
            for ((side, load), runs) in loads.iter().zip(&mut all) {
                runs.push(self.run(*side, load).await?);
            }
        }
        Ok(all)
    }

    /// Runs a load once.
    pub(crate) async fn run(&mut self, side: Side, load: &Load) -> Outcome<Run> {
        let pid = match side {
            Side::Ours => self.ours.pid(),
            Side::Bare => self.bare.pid(),
        };
        let before = self.used(pid);
        let started = Instant::now();
        let mut peak = machine::resident_mb(pid);
        let mut ticks = interval(SAMPLING);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut running = pin!(load.run());
        let sample = loop {
            tokio::select! {
                sample = &mut running => break sample?,
                _ = ticks.tick() => peak = peak.max(machine::resident_mb(pid)),
            }
        };
        let after = self.used(pid);
        let [server, postgres, loader, busy] = std::array::from_fn(|at| {
            after.get(at).copied().unwrap_or_default() - before.get(at).copied().unwrap_or_default()
        });
        self.foreign
            .push((busy - server - postgres - loader).max(0.0) / started.elapsed().as_secs_f64());
        Ok(Run {
            rate: sample.rate(),
            p50: sample.percentile(50),
            p95: sample.percentile(95),
            p99: sample.percentile(99),
            server_cpu_ms: server * 1000.0 / sample.count(),
            postgres_cpu_ms: postgres * 1000.0 / sample.count(),
            peak_mb: peak,
        })
    }

    /// Seconds of CPU: the server with its children, PostgreSQL, this process, the whole machine.
    fn used(&self, pid: u32) -> [f64; 4] {
        [
            machine::family_cpu_seconds(pid),
            machine::family_cpu_seconds(self.postmaster),
            machine::cpu_seconds(std::process::id()),
            machine::busy_seconds(),
        ]
    }

    /// Removes what uploads have stored, on both sides.
    pub(crate) async fn forget_uploads(&self) -> Outcome {
        self.database.forget_uploads().await?;
        self.product.forget_objects()?;
        for file in std::fs::read_dir(self.bare_store())? {
            std::fs::remove_file(file?.path())?;
        }
        Ok(())
    }

    /// Where the baseline keeps files.
    pub(crate) fn bare_store(&self) -> PathBuf {
        bare_store(&self.home)
    }

    /// Restarts InfraVault at the same address.
    pub(crate) async fn restart(&mut self, jobs: Jobs) -> Outcome {
        let address = self.ours.address;
        self.ours.end();
        self.ours = self
            .product
            .serve(&self.database.product_url, address, jobs)
            .await?;
        Ok(())
    }
}

fn bare_store(home: &Path) -> PathBuf {
    home.join("bare")
}

async fn start_bare(own: &Path, home: &Path, database_url: &str) -> Outcome<Server> {
    let address = server::free_address()?;
    let mut command = Command::new(own);
    command
        .args(["bare", "--port", &address.port().to_string(), "--store"])
        .arg(bare_store(home))
        .env("BARE_DATABASE_URL", database_url);
    Server::start(command, address, "/live", &home.join("bare.log")).await
}

/// Measures what the options ask for and prints the table.
pub(crate) async fn run(options: &Options) -> Outcome {
    let own = std::env::current_exe()?;
    let target = own
        .parent()
        .and_then(Path::parent)
        .ok_or("this program has no target folder")?;
    let home = target.join("bench");
    let mut bench = Bench::start(options, &home).await?;
    let mut table: Vec<Row> = Vec::new();
    for group in [
        Group::List,
        Group::Metadata,
        Group::Upload,
        Group::Download,
        Group::Memory,
        Group::Size,
        Group::Thumbnails,
        Group::Renditions,
    ] {
        if !options.only.is_empty() && !options.only.contains(&group) {
            continue;
        }
        console::note(&format!("measuring: {group:?}").to_lowercase());
        if let Err(error) = rows::measure(group, &mut bench, &mut table).await {
            let name = format!("{group:?}").to_lowercase();
            table.push(Row::failed(&name, crate::whole(&*error)));
        }
    }
    bench.forget_uploads().await?;
    let (_, version, date, _) = bench.database.facts().await?;
    let record = report::Record {
        date,
        machine: machine::describe(),
        postgres: version,
        rows: options.rows,
        repeats: options.repeats,
        seconds: options.seconds,
        foreign_cores: median(bench.foreign.clone()),
        table,
    };
    report::show(&record, options, &home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![2.0, 1.0]) - 2.0).abs() < f64::EPSILON);
        assert!(median(Vec::new()).is_nan());
    }
}
