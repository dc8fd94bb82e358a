//! `infravault backup`: a snapshot of the database and the objects that its rows reference.
pub(super) mod set;

use super::{
    CommandResult, block_on,
    copy::{CopyReport, ObjectCopier, open_directory},
    print_line,
};
use crate::{app::App, config::Config, logging};
use indicatif::BinaryBytes;
use infravault_db::dump;
use infravault_images::Inventory;
use infravault_kernel::{Clock, Ctx};
use infravault_objects::VerifyLevel;
use set::{BackupMetadata, BackupWriter, ManifestWriter};
use std::{error::Error, path::PathBuf};

pub(super) const EXAMPLES: &str = "\
Example:
  infravault backup --to /backup/infravault

Needs `pg_dump` of the PostgreSQL server's version or newer. Signing keys (AUTH_KEY_DIR) are not part of a backup.";

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// Directory of the backups. Objects that it already has are not copied again.
    #[arg(long, value_name = "DIRECTORY")]
    to: PathBuf,
    /// Leave out renditions. After a restore they are created again on request.
    #[arg(long)]
    without_renditions: bool,
}

pub(super) fn run(options: Options, config: Config) -> CommandResult {
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
        let app = App::build(config, &log, Clock::System)?;
        let ctx = Ctx::system(&log, Clock::System);
        // While the lock is held, no object is deleted that a row references in the snapshot.
        let lock = app.images.maintenance.lock_deletions().await?;
        let lock = lock.ok_or("another backup is running; wait until it has ended")?;
        let writer = BackupWriter::create(&options.to, ctx.now())?;
        let metadata = write_database(&app, &ctx, &writer, !options.without_renditions).await?;
        let report = copy_objects(&app, &writer, &metadata, &options).await?;
        if !lock.is_held().await {
            return Err(
                "the database connection that prevented deletions was lost; run the backup again".into(),
            );
        }
        let metadata = BackupMetadata {
            damaged_originals: report.damaged_originals.clone(),
            ..metadata
        };
        let name = writer.finish(&metadata)?;
        report.print();
        print_line(format!(
            "backup {name} completed: {} objects, {}",
            metadata.objects,
            BinaryBytes(metadata.bytes)
        ));
        report.check()
    })
}

/// Writes the dump and the list of objects from the same snapshot of the database.
async fn write_database(
    app: &App,
    ctx: &Ctx,
    writer: &BackupWriter,
    renditions: bool,
) -> Result<BackupMetadata, Box<dyn Error>> {
    let snapshot = app.db.snapshot().await?;
    let mut manifest = ManifestWriter::create(&writer.manifest())?;
    let mut library = Inventory::in_transaction(snapshot.tx(), renditions);
    while let Some(object) = library.next().await? {
        manifest.add(&object)?;
    }
    let manifest = manifest.finish()?;
    dump::dump(&app.db, &snapshot, &writer.dump()).await?;
    drop(snapshot);
    let url = app.db.config().url.expose();
    Ok(BackupMetadata {
        format: set::FORMAT,
        created_at: ctx.now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: infravault_db::migrate::current_version(url).await?,
        postgres: app.db.server_info().await?.version,
        renditions,
        objects: manifest.objects,
        bytes: manifest.bytes,
        manifest_sha256: manifest.sha256,
        dump_sha256: set::file_sha256(&writer.dump())?,
        owners: dump::owner_statements(&app.db).await?,
        damaged_originals: Vec::new(),
    })
}

async fn copy_objects(
    app: &App,
    writer: &BackupWriter,
    metadata: &BackupMetadata,
    options: &Options,
) -> Result<CopyReport, Box<dyn Error>> {
    let destination = open_directory(&options.to.join(set::OBJECTS), &app.log)?;
    destination.setup().await?;
    let copier = ObjectCopier {
        from: &app.objects,
        to: &destination,
        // Only backups write to the directory, and they verify every file.
        trust: VerifyLevel::Length,
        library: None,
    };
    let objects = set::read_manifest(&writer.manifest())?;
    copier.copy_all(objects, metadata.bytes).await
}
