//! Compares the object store with the rows, both ways, in the order of the keys, page by page.
mod repair;
mod report;
mod run;
mod stored;

pub use report::{Defect, Finding, Findings, RepairBlocker, Repaired, Report};
pub use run::{LastRun, Outcome, Run};

use crate::{
    Error, Maintenance, ReferencedObject,
    maintenance::referenced::{Referenced, ReferencedObjects, Rows},
    references::count_references,
};
use futures_util::{StreamExt, stream};
use infravault_kernel::Ctx;
use infravault_objects::{Error as ObjectError, ListedObject, ObjectKey, Prefix};
use std::{cmp::Ordering, time::Duration};
use stored::Stored;

/// How many objects are read side by side.
const SIDE_BY_SIDE: usize = 4;
/// How many objects are read before the next ones are looked for.
const BATCH: usize = 64;
/// The object of a rendition is stored before its row: one that was just made may still get it.
const MAKING: Duration = Duration::from_mins(15);
/// How many faults are remembered for the repair; what is beyond waits for the next run.
const REMEMBERED: usize = 10_000;

/// How to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Read every byte and compare the checksums, not only the lengths.
    pub deep: bool,
    /// Mend what can be mended without losing anything.
    pub repair: bool,
    /// Objects that no row names are deleted when they are older than this.
    pub orphan_age: Duration,
}

impl Default for Check {
    fn default() -> Self {
        Self {
            deep: false,
            repair: false,
            orphan_age: Duration::from_hours(24),
        }
    }
}

/// What was found, and what the repair needs of it.
#[derive(Debug, Default)]
struct Looked {
    report: Report,
    /// Originals that are there and have a row.
    originals: u64,
    missing_originals: u64,
    damaged_originals: u64,
    orphans: Vec<ObjectKey>,
    missing: Vec<ReferencedObject>,
    damaged: Vec<ReferencedObject>,
    healed: Vec<ObjectKey>,
}

impl Looked {
    fn note_missing(&mut self, object: ReferencedObject) {
        self.missing_originals += is_original(&object.key);
        self.report.missing.add(object.key.path(), Defect::Missing);
        remember(&mut self.missing, object);
    }

    fn note_damaged(&mut self, object: ReferencedObject, fault: Defect) {
        self.damaged_originals += is_original(&object.key);
        self.report.mismatching.add(object.key.path(), fault);
        remember(&mut self.damaged, object);
    }

    /// Whether more originals are lost than sound: then it is rather the wrong store.
    fn is_other_store(&self) -> bool {
        let sound = self.originals.saturating_sub(self.damaged_originals);
        self.missing_originals + self.damaged_originals > sound
    }
}

impl Maintenance {
    /// Looks at everything; `progress` is told as it goes. Where something seems wrong it is looked at again, so that what
    /// comes and goes meanwhile is no fault.
    async fn compare(
        &self,
        ctx: &Ctx,
        check: Check,
        progress: &mut (dyn FnMut(&Report) + Send),
    ) -> Result<Looked, Error> {
        let mut looked = Looked::default();
        for area in [Prefix::Originals, Prefix::Renditions] {
            self.compare_area(ctx, check, area, &mut looked, progress).await?;
        }
        Ok(looked)
    }

    async fn compare_area(
        &self,
        ctx: &Ctx,
        check: Check,
        area: Prefix,
        looked: &mut Looked,
        progress: &mut (dyn FnMut(&Report) + Send),
    ) -> Result<(), Error> {
        let rows = Rows::Now(&self.db);
        let (mut stored, mut named) = (Stored::of(area), ReferencedObjects::of(area));
        let mut object = stored.next(&self.objects).await?;
        let mut row = named.next(&rows).await?;
        let mut unread: Vec<Referenced> = Vec::new();
        loop {
            let order = match (&object, &row) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(object), Some(row)) => object.path.as_str().cmp(&row.key.path()),
            };
            if order.is_le()
                && let Some(object) = object.take()
            {
                looked.report.objects += 1;
                looked.report.bytes += object.len;
                match (order, &row) {
                    (Ordering::Equal, Some(row)) => {
                        looked.report.named += 1;
                        looked.originals += u64::from(area == Prefix::Originals);
                        if self.has_its_length(row, object.len, looked).await? {
                            unread.push(row.clone());
                        }
                    }
                    _ => self.look_at_nameless(ctx, check, object, looked).await?,
                }
                progress(&looked.report);
            } else if let Some(missed) = &row {
                self.look_for(missed, &mut unread, looked).await?;
            }
            if order.is_le() {
                object = stored.next(&self.objects).await?;
            }
            if order.is_ge() {
                row = named.next(&rows).await?;
            }
            if unread.len() >= BATCH {
                self.read_all(check, std::mem::take(&mut unread), looked).await?;
                progress(&looked.report);
            }
        }
        self.read_all(check, unread, looked).await?;
        progress(&looked.report);
        Ok(())
    }

    /// An object whose key no row had. An original is always stored after its row, so only a rendition may be new.
    async fn look_at_nameless(
        &self,
        ctx: &Ctx,
        check: Check,
        object: ListedObject,
        looked: &mut Looked,
    ) -> Result<(), Error> {
        let age = ctx.now() - object.modified;
        let older_than = |span: Duration| time::Duration::try_from(span).is_ok_and(|span| age > span);
        if let Some(key) = &object.key {
            let making =
                matches!(key, ObjectKey::Rendition { .. }) && !older_than(MAKING.min(check.orphan_age));
            if making || count_references(&self.db, key).await?.named > 0 {
                return Ok(());
            }
        }
        let fault = if object.key.is_none() {
            Defect::Foreign
        } else if older_than(check.orphan_age) {
            Defect::Nameless
        } else {
            looked.report.too_young += 1;
            Defect::TooYoung
        };
        if let Some(key) = object.key.filter(|_| fault == Defect::Nameless) {
            remember(&mut looked.orphans, key);
        }
        looked.report.orphans.add(object.path, fault);
        Ok(())
    }

    /// An object that the listing did not have: it may have come since.
    async fn look_for(
        &self,
        row: &Referenced,
        unread: &mut Vec<Referenced>,
        looked: &mut Looked,
    ) -> Result<(), Error> {
        let Some(live) = &row.live else {
            return Ok(());
        };
        if let Some(stat) = self.objects.head(&row.key).await? {
            if self.has_its_length(row, stat.len, looked).await? {
                unread.push(row.clone());
            }
        } else if self.is_named(&row.key).await? {
            looked.note_missing(live.clone());
        }
        Ok(())
    }

    /// Whether the object is as long as the row says. Only what is live has a length to compare.
    async fn has_its_length(&self, row: &Referenced, len: u64, looked: &mut Looked) -> Result<bool, Error> {
        let Some(live) = &row.live else {
            return Ok(false);
        };
        if len == live.len {
            return Ok(true);
        }
        if self.is_named(&row.key).await? {
            let fault = Defect::Length {
                found: len,
                expected: live.len,
            };
            looked.note_damaged(live.clone(), fault);
        }
        Ok(false)
    }

    /// Reads objects whose length is right, where that was asked for.
    async fn read_all(&self, check: Check, rows: Vec<Referenced>, looked: &mut Looked) -> Result<(), Error> {
        if !check.deep {
            return Ok(());
        }
        let read = rows.into_iter().filter_map(|row| {
            let live = row.live?;
            Some(async move {
                let outcome = self.objects.verify(&live.described()).await;
                (live, row.marked, outcome)
            })
        });
        let mut read = stream::iter(read).buffered(SIDE_BY_SIDE);
        while let Some((live, marked, outcome)) = read.next().await {
            match outcome {
                Ok(()) if marked => remember(&mut looked.healed, live.key),
                Ok(()) => {}
                Err(ObjectError::Missing(_)) => {
                    if self.is_named(&live.key).await? {
                        looked.note_missing(live);
                    }
                }
                Err(ObjectError::Corrupt { .. }) => {
                    looked.note_damaged(live, Defect::Digest);
                }
                Err(error) => return Err(error.into()),
            }
            looked.report.read += 1;
        }
        Ok(())
    }
}

fn is_original(key: &ObjectKey) -> u64 {
    u64::from(matches!(key, ObjectKey::Original { .. }))
}

fn remember<T>(list: &mut Vec<T>, one: T) {
    if list.len() < REMEMBERED {
        list.push(one);
    }
}
