//! `infravault restore`: the database and the objects of a backup, into an installation that has neither.
use super::{
    Outcome,
    backup::set::{self, Set},
    block_on,
    copying::{Copier, folder},
    integrity, migrate,
    progress::size,
    say,
};
use crate::{app::App, config::Config, logging};
use infravault_db::{Db, dump, migrate as schema};
use infravault_images::Check;
use infravault_kernel::{Clock, Ctx};
use infravault_objects::Trust;
use std::{error::Error, path::PathBuf, time::Duration};

/// What to restore.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// The folder of the backups.
    #[arg(long)]
    from: PathBuf,
    /// Which of them, by the name of its folder below `sets`; the newest by default.
    #[arg(long)]
    set: Option<String>,
    /// Replace what is in the database. Every process of the server must have been stopped.
    #[arg(long)]
    force: bool,
}

pub(super) fn run(options: Options, config: Config) -> Outcome {
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let set = Set::open(&options.from, options.set.as_deref())?;
        let (newest, facts) = (schema::wanted_version(), &set.facts);
        if facts.schema > newest {
            return Err(format!(
                "the backup has version {} of the schema and this program knows {newest}; take a newer one",
                facts.schema
            )
            .into());
        }
        let app = App::build(config, &log, Clock::System)?;
        if !options.force {
            refuse_occupied(&app.db).await?;
        }
        say(format!(
            "restoring {}: {} objects, {}",
            set.name,
            facts.objects,
            size(facts.bytes)
        ));
        dump::restore(&app.db, &set.dump(), &facts.owners, &log).await?;
        migrate::up(app.db.config().url.expose(), &log).await?;
        say(format!(
            "the database is restored, with version {newest} of the schema"
        ));
        app.objects.setup().await?;
        let kept = folder(&options.from.join(set::OBJECTS), &log)?;
        let copier = Copier {
            from: &kept,
            to: &app.objects,
            trust: Trust::Checksum,
            names: None,
        };
        let tally = copier.copy(set::read(&set.manifest())?, facts.bytes).await?;
        tally.print();
        finish(&app, &Ctx::system(&log, Clock::System)).await?;
        tally.verdict()
    })
}

async fn refuse_occupied(db: &Db) -> Result<(), Box<dyn Error>> {
    let found = dump::occupied(db).await?;
    if found.tables {
        return Err(
            "the database is not empty; stop every process of the server, and replace it by --force".into(),
        );
    }
    if found.connections > 0 {
        return Err("processes of the server are connected to the database; stop them first".into());
    }
    Ok(())
}

/// Uploads that were under way cannot go on, and renditions that are in no backup are to be made again. Nothing is
/// deleted: the store may hold what is newer than the backup.
async fn finish(app: &App, ctx: &Ctx) -> Outcome {
    app.images.maintenance.end_uploads(ctx).await?;
    let check = Check {
        deep: false,
        repair: true,
        orphan_age: Duration::MAX,
    };
    let report = integrity::compare(app, ctx, check).await?;
    integrity::verdict(&report)
}
