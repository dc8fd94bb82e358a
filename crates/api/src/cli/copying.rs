//! Copies many objects from one store into another, a few side by side.
use super::{
    progress::{Progress, size},
    say,
};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use infravault_images::{Images, Inventory, ReferencedObject};
use infravault_objects::{
    Config, Copied, Error as ObjectError, FsConfig, ObjectKey, Objects, StoreConfig, Trust,
};
use slog::Logger;
use std::{error::Error, path::Path};

const SIDE_BY_SIDE: usize = 4;
/// How many faults are printed.
const PRINTED: usize = 20;

/// From where to where, and when an object counts as copied already.
pub(super) struct Copier<'a> {
    pub(super) from: &'a Objects,
    pub(super) to: &'a Objects,
    pub(super) trust: Trust,
    /// Who knows whether an object that is not there was deleted meanwhile; nobody does in a restore.
    pub(super) names: Option<&'a Images>,
}

/// How many objects went which way.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) copied: u64,
    pub(super) copied_bytes: u64,
    /// There before.
    pub(super) there: u64,
    pub(super) there_bytes: u64,
    /// Deleted while others were copied.
    pub(super) gone: u64,
    /// Renditions that are not what their rows say; they are made again.
    pub(super) renditions: u64,
    /// Originals that are missing or damaged where they are copied from.
    pub(super) lost: Vec<String>,
}

enum Went {
    Copied,
    There,
    Gone,
    Rendition,
    Lost(String),
}

impl Copier<'_> {
    /// Copies all of them. A fault of a store ends it; begun again, it takes up where it ended.
    pub(super) async fn copy(
        &self,
        objects: impl Stream<Item = Result<ReferencedObject, Box<dyn Error>>>,
        total_bytes: u64,
    ) -> Result<Tally, Box<dyn Error>> {
        let mut progress = Progress::of(Some(total_bytes));
        let mut tally = Tally::default();
        let copies = objects.map(|object| async {
            let object = object?;
            let went = self.copy_one(&object).await?;
            Ok::<_, Box<dyn Error>>((object, went))
        });
        let mut copies = std::pin::pin!(copies.buffer_unordered(SIDE_BY_SIDE));
        while let Some((object, went)) = copies.try_next().await? {
            tally.add(&object, went);
            progress.show(tally.copied_bytes + tally.there_bytes, || {
                format!("{} copied, {} there", tally.copied, tally.there)
            });
        }
        progress.end();
        Ok(tally)
    }

    async fn copy_one(&self, object: &ReferencedObject) -> Result<Went, Box<dyn Error>> {
        let fault = match self.from.copy_to(self.to, &object.described(), self.trust).await {
            Ok(Copied::Now) => return Ok(Went::Copied),
            Ok(Copied::Before) => return Ok(Went::There),
            Err(fault @ (ObjectError::Missing(_) | ObjectError::Corrupt { .. })) => fault,
            Err(error) => return Err(error.into()),
        };
        if let Some(images) = self.names
            && !images.maintenance.is_named(&object.key).await?
        {
            return Ok(Went::Gone);
        }
        if matches!(object.key, ObjectKey::Rendition { .. }) {
            return Ok(Went::Rendition);
        }
        Ok(Went::Lost(fault.to_string()))
    }
}

impl Tally {
    fn add(&mut self, object: &ReferencedObject, went: Went) {
        match went {
            Went::Copied => {
                self.copied += 1;
                self.copied_bytes += object.len;
            }
            Went::There => {
                self.there += 1;
                self.there_bytes += object.len;
            }
            Went::Gone => self.gone += 1,
            Went::Rendition => self.renditions += 1,
            Went::Lost(fault) => self.lost.push(fault),
        }
    }

    /// Prints how it went.
    pub(super) fn print(&self) {
        say(format!(
            "copied       {:>10}  {}",
            self.copied,
            size(self.copied_bytes)
        ));
        say(format!(
            "there before {:>10}  {}",
            self.there,
            size(self.there_bytes)
        ));
        for (count, what) in [
            (self.gone, "deleted meanwhile"),
            (
                self.renditions,
                "renditions left out: missing or damaged, they are made again",
            ),
        ] {
            if count > 0 {
                say(format!("             {count:>10}  {what}"));
            }
        }
        for fault in self.lost.iter().take(PRINTED) {
            say(format!("LOST         {fault}"));
        }
    }

    /// A fault of the command where originals could not be copied.
    pub(super) fn verdict(&self) -> super::Outcome {
        match self.lost.len() {
            0 => Ok(()),
            lost => Err(format!("{lost} original(s) are missing or damaged and were not copied").into()),
        }
    }
}

/// The objects of the library, as they come.
pub(super) fn objects_of(
    inventory: Inventory<'_>,
) -> impl Stream<Item = Result<ReferencedObject, Box<dyn Error>>> {
    stream::try_unfold(inventory, async |mut inventory| {
        let next = inventory.next().await?;
        Ok(next.map(|object| (object, inventory)))
    })
}

/// A folder as a store of its own.
pub(super) fn folder(dir: &Path, log: &Logger) -> Result<Objects, Box<dyn Error>> {
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
