//! `infravault storage`.
use super::{Outcome, block_on, say};
use crate::{config::Config, logging};
use infravault_objects::Objects;

/// What to do with the object store.
#[derive(Clone, Copy, clap::Subcommand)]
pub(super) enum Command {
    /// Make the folder or the bucket, if it is missing.
    Setup,
}

pub(super) fn run(command: Command, config: Config) -> Outcome {
    block_on(async move {
        let Command::Setup = command;
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let objects = Objects::open(&config.objects, &log)?;
        objects.setup().await?;
        objects.probe().await?;
        say("the object store is ready");
        Ok(())
    })
}
