//! `cargo xtask dev`: the whole product on this machine, from nothing, until Ctrl-C.

use crate::{
    pg::{Cluster, Kind, Wanted},
    product::{Build, Local},
    tools,
    workspace::Workspace,
};
use clap::{Args, ValueEnum};
use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};
use xtask_support::{
    CommandError, Explain as _, Outcome, console, interrupt::Interrupt, port, seaweed::Seaweed,
    service::Service,
};

/// SeaweedFS takes its time to stop; its data is safe after TERM.
const GRACE: Duration = Duration::from_secs(4);
/// Between two looks at the log.
const PAUSE: Duration = Duration::from_millis(200);

/// Options of `cargo xtask dev`.
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// Where the bytes of the images go.
    #[arg(long, value_enum, default_value_t = Store::Fs)]
    store: Store,
    /// Forget all data of earlier starts first.
    #[arg(long)]
    reset: bool,
    /// The port of the API; the next free one when it is taken.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Store {
    /// A folder under `target/dev`.
    Fs,
    /// SeaweedFS, fetched by pip.
    S3,
}

/// What runs, in the order in which it is stopped: fields drop from first to last.
#[derive(Debug)]
struct Stack {
    server: Service,
    issuer: Service,
    seaweed: Option<Seaweed>,
    _cluster: Cluster,
}

impl Dev {
    /// Starts everything, shows the server's log, and stops everything on Ctrl-C.
    pub(crate) fn run(&self, workspace: &Workspace, interrupt: &Interrupt) -> Outcome {
        let started = Instant::now();
        let home = workspace.target().join("dev");
        if self.reset {
            console::step("forgetting target/dev");
            Cluster::forget_dev(workspace)?;
            forget(&home)?;
        }
        let _ = fs::remove_dir_all(home.join("logs"));
        fs::create_dir_all(home.join("logs")).explain(|| format!("create {}", home.display()))?;
        let lock = fs::File::create(home.join("lock")).explain(|| "create target/dev/lock".into())?;
        lock.try_lock()
            .map_err(|_| CommandError::new("`cargo xtask dev` is running already in this checkout"))?;
        console::step("building");
        Build::Quick.run(workspace)?;
        interrupt.check()?;
        let mut stack = self.start(workspace, &home, interrupt)?;
        console::done(&format!("ready in {}", console::seconds(started.elapsed())));
        let ended = stack.watch(interrupt);
        console::step("stopping");
        drop(stack);
        ended
    }

    fn start(&self, workspace: &Workspace, home: &Path, interrupt: &Interrupt) -> Outcome<Stack> {
        let api = port::near(self.port, "the API")?;
        let issuer_port = port::near(8090, "the issuer")?;
        console::step("PostgreSQL");
        let cluster = Cluster::start(workspace, Kind::Dev, &Wanted::Any)?;
        console::note(&format!(
            "version {}, data in {}",
            cluster.major(),
            cluster.home().display()
        ));
        let seaweed = match self.store {
            Store::Fs => None,
            Store::S3 => {
                console::step("SeaweedFS");
                let mut seaweed = Seaweed::start(
                    &tools::fetch(workspace, &tools::SEAWEEDFS)?,
                    &home.join("s3"),
                    Some(8333),
                    GRACE,
                )?;
                seaweed.wait_until_ready(interrupt)?;
                Some(seaweed)
            }
        };
        let local = Local {
            api,
            issuer: issuer_port,
            database_url: cluster.product_url(),
            seaweed: seaweed.as_ref(),
            home: home.to_path_buf(),
            extra: &[],
        };
        console::step("sign-in service");
        let issuer = local.start_issuer(workspace, interrupt)?;
        console::step("migrations");
        local.prepare(workspace)?;
        console::step("infravault");
        let server = local.start_server(workspace, interrupt)?;
        welcome(&local);
        Ok(Stack {
            server,
            issuer,
            seaweed,
            _cluster: cluster,
        })
    }
}

impl Stack {
    /// Shows the log of the server until it ends or Ctrl-C is pressed.
    fn watch(&mut self, interrupt: &Interrupt) -> Outcome {
        loop {
            let output = self.server.new_output();
            if !output.is_empty() {
                console::line(output.trim_end());
            }
            if interrupt.requested() {
                return Ok(());
            }
            self.server.check()?;
            self.issuer.check()?;
            if let Some(seaweed) = &mut self.seaweed {
                seaweed.service.check()?;
            }
            thread::sleep(PAUSE);
        }
    }
}

fn welcome(local: &Local<'_>) {
    let origin = local.origin();
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let mut rows = vec![
        row("API", format!("{origin}/api/v1")),
        row("documentation", format!("{origin}/docs")),
        row("sign in", format!("{origin}/api/v1/auth/dev")),
        row("issuer", local.issuer_url()),
        row("database", local.database_url.clone()),
    ];
    if let Some(seaweed) = local.seaweed {
        rows.push(row("S3 store", seaweed.endpoint()));
    }
    rows.push(row("data and logs", local.home.display().to_string()));
    console::line("");
    console::table(&rows);
    console::line("\nTry, in another terminal (and `cargo xtask demo` for something to look at):\n");
    console::line(&format!(
        "  curl -sL -c jar -b jar '{origin}/api/v1/auth/dev?login_hint=alice@example.com&return_to=/api/v1/auth/me'\n  \
         curl -s -b jar -H 'Origin: {origin}' -H 'X-IV-CSRF: 1' -F 'title=My first image' -F 'file=@photo.jpg' {origin}/api/v1/images\n  \
         curl -s -b jar {origin}/api/v1/images\n"
    ));
    console::note("Ctrl-C stops everything; the next start continues with the same data");
}

/// Removes the data of earlier starts, except the lock of a cluster that may be in use.
fn forget(home: &Path) -> Outcome {
    for name in ["objects", "keys", "spool", "s3", "logs"] {
        let folder = home.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).explain(|| format!("remove {}", folder.display()))?;
        }
    }
    Ok(())
}
