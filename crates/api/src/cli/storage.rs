//! `infravault storage`: prepares a store, and moves a library from one into another.
use super::{
    Outcome, block_on,
    copying::{Copier, objects_of},
    say,
};
use crate::{app::App, config::Config, logging};
use infravault_kernel::{Clock, config::Env};
use infravault_objects::{Config as ObjectsConfig, Objects, StoreConfig, Trust};
use std::{collections::BTreeMap, error::Error};

/// What to do with the object store.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make the folder or the bucket, if it is missing.
    Setup,
    /// Copy the library into another store, and verify every checksum. The server may run meanwhile; begun again, it
    /// copies what is missing.
    Migrate {
        /// The store that is in use, as `fs:/folder` or `s3://bucket`. An S3 store takes its settings from the `S3_…`
        /// variables; `FROM_S3_ENDPOINT` and the like come before them.
        #[arg(long)]
        from: String,
        /// The new store, as `fs:/folder` or `s3://bucket`; `TO_S3_ENDPOINT` and the like come first.
        #[arg(long)]
        to: String,
        /// Copy renditions as well. Otherwise they are made again when somebody asks for them.
        #[arg(long)]
        renditions: bool,
    },
}

pub(super) fn run(command: Command, config: Config) -> Outcome {
    match command {
        Command::Setup => setup(config),
        Command::Migrate { from, to, renditions } => migrate(&from, &to, renditions, config),
    }
}

fn setup(config: Config) -> Outcome {
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let objects = Objects::open(&config.objects, &log)?;
        objects.setup().await?;
        objects.probe().await?;
        say("the object store is ready");
        allow_origins(&objects, &config).await
    })
}

/// Lets our own pages, and those of `CORS_ORIGINS`, use the signed requests that go to the store itself.
async fn allow_origins(objects: &Objects, config: &Config) -> Outcome {
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
        say(format_args!(
            "pages of {} may use its signed requests",
            origins.join(", ")
        ));
    } else {
        say("the store takes no CORS rule from here; set one by hand for pages that use its signed requests");
    }
    Ok(())
}

fn migrate(from: &str, to: &str, renditions: bool, config: Config) -> Outcome {
    let process = || std::env::vars().collect();
    let (from, to) = (store(from, "FROM_", process())?, store(to, "TO_", process())?);
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let (from, to) = (Objects::open(&from, &log)?, Objects::open(&to, &log)?);
        to.setup().await?;
        to.probe().await?;
        let app = App::build(config, &log, Clock::System)?;
        let size = app.images.maintenance.inventory_size(renditions).await?;
        let copier = Copier {
            from: &from,
            to: &to,
            trust: Trust::Checksum,
            names: Some(&app.images),
        };
        let objects = objects_of(app.images.maintenance.inventory(renditions));
        let tally = copier.copy(objects, size.bytes).await?;
        tally.print();
        tally.verdict()
    })
}

/// A store by its address. The variables of one side come before those of the process.
fn store(
    address: &str,
    side: &str,
    mut values: BTreeMap<String, String>,
) -> Result<ObjectsConfig, Box<dyn Error>> {
    let own: Vec<(String, String)> = values
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(side)?.to_owned(), value.clone())))
        .collect();
    for (name, value) in own {
        // A file that holds the secret stands instead of a secret that holds for the other side.
        if let Some(secret) = name.strip_suffix("_FILE") {
            values.remove(secret);
        }
        values.insert(name, value);
    }
    let (kind, place, variable) = match address.split_once(':') {
        Some(("fs", folder)) if !folder.is_empty() => ("fs", folder, "STORE_DIR"),
        Some(("s3", bucket)) => ("s3", bucket.trim_matches('/'), "S3_BUCKET"),
        _ => return Err(format!("`{address}` is no store; write fs:/folder or s3://bucket").into()),
    };
    if !place.is_empty() {
        values.insert(variable.to_owned(), place.to_owned());
    }
    values.insert("STORE_BACKEND".to_owned(), kind.to_owned());
    let mut env: Env = values.into_iter().collect();
    let mut config = ObjectsConfig::from_env(&mut env);
    env.finish()?;
    // Nobody else uses the spool of this command.
    config.spool_budget = u64::MAX;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_objects::StoreConfig as Backend;

    fn read(address: &str, values: &[(&str, &str)]) -> Result<Backend, String> {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        store(address, "TO_", values)
            .map(|config| config.store)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_store_is_named_by_its_address_and_its_side() {
        let Ok(Backend::Fs(fs)) = read("fs:/images", &[("STORE_BACKEND", "s3"), ("STORE_DIR", "/other")])
        else {
            panic!("expected a folder");
        };
        assert_eq!(fs.dir, std::path::Path::new("/images"));
        let values = [
            ("S3_ENDPOINT", "http://old:9000"),
            ("TO_S3_ENDPOINT", "http://new:9000"),
            ("S3_ACCESS_KEY", "both"),
            ("S3_SECRET_KEY", "secret"),
        ];
        let Ok(Backend::S3(s3)) = read("s3://vault", &values) else {
            panic!("expected S3");
        };
        assert_eq!(
            (s3.endpoint.as_str(), s3.bucket.as_str(), s3.access_key.as_str()),
            ("http://new:9000", "vault", "both")
        );
        assert!(read("s3://vault", &[]).is_err_and(|error| error.contains("S3_ENDPOINT")));
        for address in ["", "/images", "ftp://x", "fs:"] {
            assert!(
                read(address, &[]).is_err_and(|error| error.contains("no store")),
                "{address}"
            );
        }
    }
}
