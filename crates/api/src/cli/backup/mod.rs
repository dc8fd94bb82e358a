//! `infravault backup`: the database as it was at one moment, and the objects that its rows named then.
pub(super) mod set;

use super::{
    Outcome, block_on,
    copying::{Copier, Tally, folder},
    progress::size,
    say,
};
use crate::{app::App, config::Config, logging};
use infravault_db::dump;
use infravault_images::Inventory;
use infravault_kernel::{Clock, Ctx};
use infravault_objects::Trust;
use set::{Draft, Facts, Manifest};
use std::{error::Error, path::PathBuf};

/// Where to write it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// The folder of the backups. What earlier ones copied into it is not copied again.
    #[arg(long)]
    to: PathBuf,
    /// Leave renditions out. They are made again after a restore, when somebody asks for them.
    #[arg(long)]
    without_renditions: bool,
}

pub(super) fn run(options: Options, config: Config) -> Outcome {
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let app = App::build(config, &log, Clock::System)?;
        let ctx = Ctx::system(&log, Clock::System);
        // From here on no object is deleted that a row names at a later moment, such as that of the snapshot.
        let hold = app.images.maintenance.hold_deletions().await?;
        let hold = hold.ok_or("another backup runs; wait until it has ended")?;
        let draft = Draft::begin(&options.to, ctx.now())?;
        let facts = write_database(&app, &ctx, &draft, !options.without_renditions).await?;
        let tally = copy_objects(&app, &draft, &facts, &options).await?;
        if !hold.is_kept().await {
            return Err("the connection that held deletions back broke; run the backup again".into());
        }
        let facts = Facts {
            left_out: tally.lost.clone(),
            ..facts
        };
        let name = draft.finish(&facts)?;
        tally.print();
        say(format!(
            "backup {name} is complete: {} objects, {}",
            facts.objects,
            size(facts.bytes)
        ));
        tally.verdict()
    })
}

/// The dump and the list of objects, both as one transaction sees the database.
async fn write_database(
    app: &App,
    ctx: &Ctx,
    draft: &Draft,
    renditions: bool,
) -> Result<Facts, Box<dyn Error>> {
    let snapshot = app.db.snapshot().await?;
    let mut manifest = Manifest::create(&draft.manifest())?;
    let mut library = Inventory::seen_by(snapshot.tx(), renditions);
    while let Some(object) = library.next().await? {
        manifest.add(&object)?;
    }
    let manifest = manifest.finish()?;
    dump::dump(&app.db, &snapshot, &draft.dump()).await?;
    drop(snapshot);
    let url = app.db.config().url.expose();
    Ok(Facts {
        format: set::FORMAT,
        made_at: ctx.now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: infravault_db::migrate::current_version(url).await?,
        postgres: app.db.facts().await?.version,
        renditions,
        objects: manifest.objects,
        bytes: manifest.bytes,
        manifest_sha256: manifest.sha256,
        dump_sha256: set::digest(&draft.dump())?,
        owners: dump::owners(&app.db).await?,
        left_out: Vec::new(),
    })
}

async fn copy_objects(
    app: &App,
    draft: &Draft,
    facts: &Facts,
    options: &Options,
) -> Result<Tally, Box<dyn Error>> {
    let kept = folder(&options.to.join(set::OBJECTS), &app.log)?;
    kept.setup().await?;
    let copier = Copier {
        from: &app.objects,
        to: &kept,
        // The folder is written by backups alone, each file at once and verified.
        trust: Trust::Length,
        names: None,
    };
    let objects = set::read(&draft.manifest())?;
    copier.copy(objects, facts.bytes).await
}
