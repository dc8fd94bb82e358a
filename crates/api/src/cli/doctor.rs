//! `infravault doctor`: checks what it depends on, and says how to mend what is wrong.
use super::{Outcome, block_on, say};
use crate::{config::Config, logging};
use infravault_auth::Auth;
use infravault_db::{Db, migrate};
use infravault_kernel::{Clock, Ctx};
use infravault_objects::Objects;
use infravault_sandbox::{Holds, Sandbox};
use std::error::Error;

pub(super) fn run(config: Config) -> Outcome {
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let mut report = Report::default();
        report.add("configuration", Ok("every variable is in order".to_owned()), "");
        report.add(
            "database",
            database(&config).await,
            "check DATABASE_URL, and that PostgreSQL 15 or newer runs",
        );
        report.add("schema", schema(&config).await, "run `infravault migrate up`");
        report.add("jobs", jobs(&config).await, "run `infravault migrate up`");
        report.add(
            "object store",
            store(&config, &log).await,
            "run `infravault storage setup`, and check STORE_BACKEND and its settings",
        );
        report.add(
            "providers",
            providers(&config, &log).await,
            "check OIDC_PROVIDERS and the issuers' addresses",
        );
        report.add(
            "sandbox",
            sandbox(&config, &log).await,
            "images are decoded in processes that need seccomp, which every Linux since 3.17 has; a container must not forbid it",
        );
        report.finish()
    })
}

type Check = Result<String, Box<dyn Error>>;

#[derive(Default)]
struct Report {
    faults: usize,
}

impl Report {
    fn add(&mut self, what: &str, check: Check, mend: &str) {
        match check {
            Ok(found) => say(format!("ok     {what:<14} {found}")),
            Err(error) => {
                self.faults += 1;
                say(format!("FAULT  {what:<14} {}", super::chain(error.as_ref())));
                say(format!("       {:<14} {mend}", "→"));
            }
        }
    }

    fn finish(self) -> Outcome {
        if self.faults == 0 {
            Ok(())
        } else {
            Err(format!("{} fault(s) found", self.faults).into())
        }
    }
}

async fn database(config: &Config) -> Check {
    let db = Db::new(&config.db)?;
    db.ping().await?;
    let facts = db.facts().await?;
    if facts.superuser {
        return Ok(format!(
            "PostgreSQL {}; the login is a superuser, so a stolen DATABASE_URL gives the whole cluster: use a plain login",
            facts.version
        ));
    }
    Ok(format!(
        "PostgreSQL {}, row-level security holds for the login's roles",
        facts.version
    ))
}

async fn schema(config: &Config) -> Check {
    let (current, wanted) = (
        migrate::current_version(config.db.url.expose()).await?,
        migrate::wanted_version(),
    );
    if current < wanted {
        return Err(format!("the schema is at version {current}, this binary wants {wanted}").into());
    }
    Ok(format!("version {current}"))
}

async fn jobs(config: &Config) -> Check {
    if !infravault_jobs::is_installed(config.db.url.expose()).await? {
        return Err(infravault_jobs::Error::NotInstalled.into());
    }
    let counts = infravault_jobs::counts(&Db::new(&config.db)?).await?;
    Ok(format!(
        "{} waiting, {} running, {} given up",
        counts.waiting, counts.running, counts.failed
    ))
}

async fn store(config: &Config, log: &slog::Logger) -> Check {
    let objects = Objects::open(&config.objects, log)?;
    objects.probe().await?;
    Ok("answers".to_owned())
}

/// Which layers stand between a hostile image and this machine.
async fn sandbox(config: &Config, log: &slog::Logger) -> Check {
    let sandbox = Sandbox::new(
        infravault_sandbox::Config {
            children: 1,
            ..config.sandbox.clone()
        },
        log,
    );
    let layers = sandbox.check().await;
    sandbox.stop().await;
    let layers = layers?;
    let holds = |layer: Holds| match layer {
        Holds::Fully => "holds",
        Holds::Partly => "holds as far as this kernel knows it",
        Holds::No => "does not hold on this kernel",
    };
    Ok(format!(
        "limits and seccomp hold, Landlock {}, descriptors: closing {}",
        holds(layers.landlock),
        holds(layers.descriptors)
    ))
}

async fn providers(config: &Config, log: &slog::Logger) -> Check {
    let db = Db::new(&config.db)?;
    let auth = Auth::new(db, config.auth.clone(), &config.server.public_origin, log)?;
    let found = auth.check_providers(&Ctx::system(log, Clock::System)).await?;
    if found.is_empty() {
        return Err("no provider is configured, so nobody can sign in".into());
    }
    Ok(found.join(", "))
}
