//! `infravault storage`: sets up an object store, and copies the library to another one.
use super::{
    CommandResult, block_on,
    copy::{ObjectCopier, list_objects},
    print_line,
};
use crate::{app::App, config::Config, logging};
use infravault_kernel::{Clock, config::Env};
use infravault_objects::{Config as ObjectsConfig, Objects, StoreConfig, VerifyLevel};
use std::{collections::BTreeMap, error::Error};

const EXAMPLES: &str = "\
The settings of an S3 store are read from the `S3_…` variables. If both stores are S3 stores, prefix the variables that
differ with `FROM_` or `TO_`, e.g. `TO_S3_ENDPOINT`.

Examples:
  infravault storage migrate --from fs:/data/objects --to s3://infravault
  TO_S3_ENDPOINT=https://s3.example infravault storage migrate --from s3://old --to s3://new";

#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create the directory or the bucket if it does not exist, and check that the store works.
    Setup,
    /// Copy the library to another store and verify every checksum.
    ///
    /// The server can run during the copy. Run the command again to copy the objects that are still missing.
    #[command(after_help = EXAMPLES)]
    Migrate {
        /// The current store, as `fs:/directory` or `s3://bucket`.
        #[arg(long, value_name = "STORE")]
        from: String,
        /// The new store, as `fs:/directory` or `s3://bucket`.
        #[arg(long, value_name = "STORE")]
        to: String,
        /// Copy renditions too. Without this option, they are created again on request.
        #[arg(long)]
        renditions: bool,
    },
}

pub(super) fn run(command: Command, config: Config) -> CommandResult {
    match command {
        Command::Setup => setup(config),
        Command::Migrate { from, to, renditions } => migrate(&from, &to, renditions, config),
    }
}

fn setup(config: Config) -> CommandResult {
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
        let objects = Objects::open(&config.objects, &log)?;
        objects.setup().await?;
        objects.probe().await?;
        print_line("the object store is ready");
        allow_origins(&objects, &config).await
    })
}

/// Allows pages of the public origin and of `CORS_ORIGINS` to send signed requests to the store directly.
async fn allow_origins(objects: &Objects, config: &Config) -> CommandResult {
    let StoreConfig::S3(store) = &config.objects.store else {
        return Ok(());
    };
    if store.public_endpoint.is_none() {
        return Ok(());
    }
    let server = &config.server;
    let mut origins = vec![server.public_origin.clone()];
    origins.extend(server.cors_origins.iter().cloned());
    origins.dedup();
    if objects.allow_origins(&origins).await? {
        print_line(format_args!(
            "CORS rule set: pages of {} can send signed requests to the store",
            origins.join(", ")
        ));
    } else {
        print_line(
            "the store rejected the CORS rule; set it manually if pages send signed requests to the store",
        );
    }
    Ok(())
}

fn migrate(from: &str, to: &str, renditions: bool, config: Config) -> CommandResult {
    let process = || std::env::vars().collect();
    let from = parse_store(from, "FROM_", process())?;
    let to = parse_store(to, "TO_", process())?;
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
        let (from, to) = (Objects::open(&from, &log)?, Objects::open(&to, &log)?);
        to.setup().await?;
        to.probe().await?;
        let app = App::build(config, &log, Clock::System)?;
        let size = app.images.maintenance.estimate_size(renditions).await?;
        let copier = ObjectCopier {
            from: &from,
            to: &to,
            trust: VerifyLevel::Checksum,
            library: Some(&app.images),
        };
        let objects = list_objects(app.images.maintenance.inventory(renditions));
        let report = copier.copy_all(objects, size.bytes).await?;
        report.print();
        report.check()
    })
}

/// Reads the configuration of the store at `address`. Variables with the prefix of its side take precedence.
fn parse_store(
    address: &str,
    prefix: &str,
    mut values: BTreeMap<String, String>,
) -> Result<ObjectsConfig, Box<dyn Error>> {
    let own: Vec<(String, String)> = values
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone())))
        .collect();
    for (name, value) in own {
        // `NAME_FILE` of this side replaces `NAME` of the process.
        if let Some(secret) = name.strip_suffix("_FILE") {
            values.remove(secret);
        }
        values.insert(name, value);
    }
    let (kind, location, variable) = match address.split_once(':') {
        Some(("fs", directory)) if !directory.is_empty() => ("fs", directory, "STORE_DIR"),
        Some(("s3", bucket)) => ("s3", bucket.trim_matches('/'), "S3_BUCKET"),
        _ => return Err(format!("`{address}` is not a store; expected fs:/directory or s3://bucket").into()),
    };
    if !location.is_empty() {
        values.insert(variable.to_owned(), location.to_owned());
    }
    values.insert("STORE_BACKEND".to_owned(), kind.to_owned());
    let mut env: Env = values.into_iter().collect();
    let mut config = ObjectsConfig::from_env(&mut env);
    env.finish()?;
    // The command has its spool for itself.
    config.spool_budget = u64::MAX;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_objects::StoreConfig as Backend;

    fn parse(address: &str, values: &[(&str, &str)]) -> Result<Backend, String> {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        parse_store(address, "TO_", values)
            .map(|config| config.store)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn store_settings_of_one_side_take_precedence() {
        let Ok(Backend::Fs(fs)) = parse("fs:/images", &[("STORE_BACKEND", "s3"), ("STORE_DIR", "/other")])
        else {
            panic!("expected a directory");
        };
        assert_eq!(fs.dir, std::path::Path::new("/images"));
        let values = [
            ("S3_ENDPOINT", "http://old:9000"),
            ("TO_S3_ENDPOINT", "http://new:9000"),
            ("S3_ACCESS_KEY", "both"),
            ("S3_SECRET_KEY", "secret"),
        ];
        let Ok(Backend::S3(s3)) = parse("s3://vault", &values) else {
            panic!("expected S3");
        };
        assert_eq!(
            (s3.endpoint.as_str(), s3.bucket.as_str(), s3.access_key.as_str()),
            ("http://new:9000", "vault", "both")
        );
        assert!(parse("s3://vault", &[]).is_err_and(|error| error.contains("S3_ENDPOINT")));
        for address in ["", "/images", "ftp://x", "fs:"] {
            assert!(
                parse(address, &[]).is_err_and(|error| error.contains("not a store")),
                "{address}"
            );
        }
    }
}
