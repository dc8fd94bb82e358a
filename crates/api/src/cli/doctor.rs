//! `infravault doctor`: checks the installation and suggests how to fix each problem.
use super::{CommandResult, block_on, print_line};
use crate::{config::Config, logging};
use infravault_auth::Auth;
use infravault_db::{Db, migrate};
use infravault_kernel::{Clock, Ctx, error_chain};
use infravault_objects::Objects;
use infravault_sandbox::{Enforcement, Sandbox};
use std::error::Error;

pub(super) fn run(config: Config) -> CommandResult {
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
        let mut report = Report::default();
        report.add("configuration", Ok("all variables are valid".to_owned()), "");
        report.add(
            "database",
            check_database(&config).await,
            "check DATABASE_URL, and that PostgreSQL 15 or newer is running",
        );
        report.add(
            "schema",
            check_schema(&config).await,
            "run `infravault migrate up`",
        );
        report.add("jobs", check_jobs(&config).await, "run `infravault migrate up`");
        report.add(
            "object store",
            check_store(&config, &log).await,
            "run `infravault storage setup`, and check STORE_BACKEND and its settings",
        );
        report.add(
            "providers",
            check_providers(&config, &log).await,
            "check OIDC_PROVIDERS and the issuer URLs",
        );
        report.add(
            "sandbox",
            check_sandbox(&config, &log).await,
            "allow seccomp (Linux 3.17 or newer), e.g. in the security options of the container",
        );
        report.finish()
    })
}

type Check = Result<String, Box<dyn Error>>;

#[derive(Default)]
struct Report {
    failures: usize,
}

impl Report {
    fn add(&mut self, name: &str, check: Check, fix: &str) {
        match check {
            Ok(details) => print_line(format!("ok     {name:<14} {details}")),
            Err(error) => {
                self.failures += 1;
                print_line(format!("FAIL   {name:<14} {}", error_chain(error.as_ref())));
                print_line(format!("       {:<14} {fix}", "→"));
            }
        }
    }

    fn finish(self) -> CommandResult {
        if self.failures == 0 {
            Ok(())
        } else {
            Err(format!("{} check(s) failed", self.failures).into())
        }
    }
}

async fn check_database(config: &Config) -> Check {
    let db = Db::new(&config.db)?;
    db.ping().await?;
    let facts = db.server_info().await?;
    if facts.superuser {
        return Ok(format!(
            "PostgreSQL {}; WARNING: the login role is a superuser, so a leaked DATABASE_URL exposes the whole cluster",
            facts.version
        ));
    }
    Ok(format!(
        "PostgreSQL {}; row-level security applies to the login role",
        facts.version
    ))
}

async fn check_schema(config: &Config) -> Check {
    let (current, wanted) = (
        migrate::current_version(config.db.url.expose()).await?,
        migrate::required_version(),
    );
    if current < wanted {
        return Err(format!("the schema has version {current}, but this program requires {wanted}").into());
    }
    Ok(format!("version {current}"))
}

async fn check_jobs(config: &Config) -> Check {
    if !infravault_jobs::is_installed(config.db.url.expose()).await? {
        return Err(infravault_jobs::Error::NotInstalled.into());
    }
    let counts = infravault_jobs::counts(&Db::new(&config.db)?).await?;
    Ok(format!(
        "{} waiting, {} running, {} failed",
        counts.waiting, counts.running, counts.failed
    ))
}

async fn check_store(config: &Config, log: &slog::Logger) -> Check {
    let objects = Objects::open(&config.objects, log)?;
    objects.probe().await?;
    Ok("available".to_owned())
}

/// Reports which layers isolate the processing of a malicious image.
async fn check_sandbox(config: &Config, log: &slog::Logger) -> Check {
    let sandbox = Sandbox::new(
        infravault_sandbox::Config {
            workers: 1,
            ..config.sandbox.clone()
        },
        log,
    );
    let layers = sandbox.report_capabilities().await;
    sandbox.stop().await;
    let layers = layers?;
    let describe = |layer: Enforcement| match layer {
        Enforcement::Full => "enforced",
        Enforcement::Partial => "partly enforced (by what this kernel supports)",
        Enforcement::None => "not supported by this kernel",
    };
    Ok(format!(
        "limits and seccomp: enforced; Landlock: {}; closing of descriptors: {}",
        describe(layers.landlock),
        describe(layers.descriptors)
    ))
}

async fn check_providers(config: &Config, log: &slog::Logger) -> Check {
    let db = Db::new(&config.db)?;
    let auth = Auth::new(db, config.auth.clone(), &config.server.public_origin, log)?;
    let found = auth.check_providers(&Ctx::system(log, Clock::System)).await?;
    if found.is_empty() {
        return Err("no provider is configured, so users cannot sign in".into());
    }
    Ok(found.join(", "))
}
