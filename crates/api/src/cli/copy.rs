//! Copies objects from one store to another, several at a time.
use super::{CommandResult, print_line, progress::progress_bar};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use indicatif::BinaryBytes;
use infravault_images::{Images, Inventory, ReferencedObject};
use infravault_objects::{
    Config, CopyOutcome as StoreOutcome, Error as ObjectError, FsConfig, ObjectKey, Objects, StoreConfig,
    VerifyLevel,
};
use slog::Logger;
use std::{error::Error, path::Path};

const CONCURRENCY: usize = 4;
const MAX_PRINTED_ERRORS: usize = 20;

pub(super) struct ObjectCopier<'a> {
    pub(super) from: &'a Objects,
    pub(super) to: &'a Objects,
    /// When an object counts as already present at the destination.
    pub(super) trust: VerifyLevel,
    /// The library that the objects belong to, unless it cannot change during the copy. A missing object that it no longer
    /// references was deleted during the copy.
    pub(super) library: Option<&'a Images>,
}

/// Number of objects per outcome.
#[derive(Debug, Default)]
pub(super) struct CopyReport {
    copied: u64,
    copied_bytes: u64,
    already_present: u64,
    already_present_bytes: u64,
    deleted: u64,
    damaged_renditions: u64,
    /// The errors of originals that are missing or damaged at the source.
    pub(super) damaged_originals: Vec<String>,
}

enum CopyOutcome {
    Copied,
    AlreadyPresent,
    DeletedMeanwhile,
    DamagedRendition,
    DamagedOriginal(String),
}

impl ObjectCopier<'_> {
    /// Copies all objects. An error of a store ends the copy; a repeated copy continues with the objects that are missing.
    pub(super) async fn copy_all(
        &self,
        objects: impl Stream<Item = Result<ReferencedObject, Box<dyn Error>>>,
        total_bytes: u64,
    ) -> Result<CopyReport, Box<dyn Error>> {
        let progress = progress_bar(total_bytes);
        let mut report = CopyReport::default();
        let copies = objects.map(|object| async {
            let object = object?;
            let outcome = self.copy_one(&object).await?;
            Ok::<_, Box<dyn Error>>((object, outcome))
        });
        let mut copies = std::pin::pin!(copies.buffer_unordered(CONCURRENCY));
        while let Some((object, outcome)) = copies.try_next().await? {
            report.add(&object, outcome);
            progress.set_position(report.copied_bytes + report.already_present_bytes);
            progress.set_message(format!(
                "{} copied, {} skipped",
                report.copied, report.already_present
            ));
        }
        progress.finish_and_clear();
        Ok(report)
    }

    async fn copy_one(&self, object: &ReferencedObject) -> Result<CopyOutcome, Box<dyn Error>> {
        let error = match self.from.copy_to(self.to, &object.described(), self.trust).await {
            Ok(StoreOutcome::Copied) => return Ok(CopyOutcome::Copied),
            Ok(StoreOutcome::AlreadyPresent) => return Ok(CopyOutcome::AlreadyPresent),
            Err(error @ (ObjectError::Missing(_) | ObjectError::Corrupt { .. })) => error,
            Err(error) => return Err(error.into()),
        };
        if let Some(images) = self.library
            && !images.maintenance.is_referenced(&object.key).await?
        {
            return Ok(CopyOutcome::DeletedMeanwhile);
        }
        if matches!(object.key, ObjectKey::Rendition { .. }) {
            return Ok(CopyOutcome::DamagedRendition);
        }
        Ok(CopyOutcome::DamagedOriginal(error.to_string()))
    }
}

impl CopyReport {
    fn add(&mut self, object: &ReferencedObject, outcome: CopyOutcome) {
        match outcome {
            CopyOutcome::Copied => {
                self.copied += 1;
                self.copied_bytes += object.len;
            }
            CopyOutcome::AlreadyPresent => {
                self.already_present += 1;
                self.already_present_bytes += object.len;
            }
            CopyOutcome::DeletedMeanwhile => self.deleted += 1,
            CopyOutcome::DamagedRendition => self.damaged_renditions += 1,
            CopyOutcome::DamagedOriginal(error) => self.damaged_originals.push(error),
        }
    }

    pub(super) fn print(&self) {
        let (copied, skipped) = (
            BinaryBytes(self.copied_bytes),
            BinaryBytes(self.already_present_bytes),
        );
        print_line(format!("copied       {:>10}  {copied}", self.copied));
        print_line(format!(
            "skipped      {:>10}  {skipped}, already present",
            self.already_present
        ));
        for (count, meaning) in [
            (self.deleted, "deleted during the copy"),
            (
                self.damaged_renditions,
                "missing or damaged renditions skipped; they are created again on request",
            ),
        ] {
            if count > 0 {
                print_line(format!("             {count:>10}  {meaning}"));
            }
        }
        for error in self.damaged_originals.iter().take(MAX_PRINTED_ERRORS) {
            print_line(format!("LOST         {error}"));
        }
    }

    /// Fails if originals could not be copied.
    pub(super) fn check(&self) -> CommandResult {
        match self.damaged_originals.len() {
            0 => Ok(()),
            count => Err(format!("{count} original(s) are missing or damaged and were not copied").into()),
        }
    }
}

/// All objects of the library.
pub(super) fn list_objects(
    inventory: Inventory<'_>,
) -> impl Stream<Item = Result<ReferencedObject, Box<dyn Error>>> {
    stream::try_unfold(inventory, async |mut inventory| {
        let next = inventory.next().await?;
        Ok(next.map(|object| (object, inventory)))
    })
}

/// Opens a directory as an object store.
pub(super) fn open_directory(dir: &Path, log: &Logger) -> Result<Objects, Box<dyn Error>> {
    let config = Config {
        store: StoreConfig::Fs(FsConfig {
            dir: dir.to_owned(),
            min_free: 0,
        }),
        spool_budget: u64::MAX,
        unnamed_spool: true,
    };
    Ok(Objects::open(&config, log)?)
}
