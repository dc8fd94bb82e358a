//! `infravault restore`: restores the database and the objects of a backup.
use super::{
    CommandResult,
    backup::set::{self, BackupSet},
    block_on,
    copy::{ObjectCopier, open_directory},
    integrity, migrate, print_line,
};
use crate::{app::App, config::Config, logging};
use indicatif::BinaryBytes;
use infravault_db::{Db, dump, migrate as schema};
use infravault_images::IntegrityOptions;
use infravault_kernel::{Clock, Ctx};
use infravault_objects::VerifyLevel;
use std::{error::Error, path::PathBuf, time::Duration};

pub(super) const EXAMPLES: &str = "\
Examples:
  infravault restore --from /backup/infravault
  infravault restore --from /backup/infravault --set 2026-11-28T020000.000Z --force";

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// Directory of the backups, as given to `infravault backup --to`.
    #[arg(long, value_name = "DIRECTORY")]
    from: PathBuf,
    /// Name of the backup: a directory in `sets`. The default is the newest complete backup.
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    /// Replace the contents of the database. Stop all server processes first.
    #[arg(long)]
    force: bool,
}

pub(super) fn run(options: Options, config: Config) -> CommandResult {
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
        let set = BackupSet::open(&options.from, options.set.as_deref())?;
        let (newest, metadata) = (schema::required_version(), &set.metadata);
        if metadata.schema > newest {
            return Err(format!(
                "the schema of the backup has version {}, but this program supports versions up to {newest}; use a newer program",
                metadata.schema
            )
            .into());
        }
        let app = App::build(config, &log, Clock::System)?;
        if !options.force {
            require_empty_database(&app.db).await?;
        }
        print_line(format!(
            "restoring {}: {} objects, {}",
            set.name,
            metadata.objects,
            BinaryBytes(metadata.bytes)
        ));
        dump::restore(&app.db, &set.dump(), &metadata.owners, &log).await?;
        migrate::up(app.db.config().url.expose(), &log).await?;
        print_line(format!("database restored; the schema has version {newest}"));
        app.objects.setup().await?;
        let source = open_directory(&options.from.join(set::OBJECTS), &log)?;
        let copier = ObjectCopier {
            from: &source,
            to: &app.objects,
            trust: VerifyLevel::Checksum,
            library: None,
        };
        let objects = set::read_manifest(&set.manifest())?;
        let report = copier.copy_all(objects, metadata.bytes).await?;
        report.print();
        reconcile(&app, &Ctx::system(&log, Clock::System)).await?;
        report.check()
    })
}

async fn require_empty_database(db: &Db) -> Result<(), Box<dyn Error>> {
    let found = dump::inspect_target(db).await?;
    if found.has_schemas {
        return Err(
            "the database is not empty; to replace its contents, stop all server processes and use --force"
                .into(),
        );
    }
    if found.connections > 0 {
        return Err("server processes are connected to the database; stop them first".into());
    }
    Ok(())
}

/// Ends uploads that were in progress, and removes the rows of renditions that are not in the backup. Deletes no objects:
/// the store may have objects that are newer than the backup.
async fn reconcile(app: &App, ctx: &Ctx) -> CommandResult {
    app.images.maintenance.expire_upload_sessions(ctx).await?;
    let options = IntegrityOptions {
        deep: false,
        repair: true,
        orphan_age: Duration::MAX,
    };
    let report = integrity::check_integrity(app, ctx, options).await?;
    integrity::require_clean(&report)
}
