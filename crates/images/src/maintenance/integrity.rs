//! The integrity check: merges the listing of the store with the rows that reference objects, both sorted by key.
mod repair;
mod report;
mod runs;
mod stored_objects;

pub use report::{Defect, Finding, Findings, IntegrityReport, RepairBlocker, Repairs};
pub use runs::{IntegrityRun, IntegrityRunState, LastIntegrityRun};

use crate::{
    Error, Maintenance, ReferencedObject,
    maintenance::referenced_objects::{Reference, ReferenceCursor, RowSource},
    references::count_references,
};
use futures_util::{StreamExt, stream};
use infravault_kernel::Ctx;
use infravault_objects::{Error as ObjectError, ListedObject, ObjectKey, Prefix};
use std::{cmp::Ordering, time::Duration};
use stored_objects::StoredObjects;

const MAX_CONCURRENT_READS: usize = 4;
/// Objects that are verified before the merge continues.
const BATCH: usize = 64;
/// The object of a rendition is stored before its row, so a recent object may still get one.
const ROW_PENDING: Duration = Duration::from_mins(15);
/// Maximum number of objects of each kind that one run repairs.
const MAX_REPAIRS: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntegrityOptions {
    /// Read every byte and compare the checksums, not only the lengths.
    pub deep: bool,
    /// Repair defects if this loses no data.
    pub repair: bool,
    /// The minimum age of unreferenced objects that a repair deletes.
    pub orphan_age: Duration,
}

impl Default for IntegrityOptions {
    fn default() -> Self {
        Self {
            deep: false,
            repair: false,
            orphan_age: Duration::from_hours(24),
        }
    }
}

/// The report, and the objects for the repair.
#[derive(Debug, Default)]
struct IntegrityScan {
    report: IntegrityReport,
    /// Referenced originals that exist.
    originals: u64,
    missing_originals: u64,
    damaged_originals: u64,
    orphans: Vec<ObjectKey>,
    missing: Vec<ReferencedObject>,
    damaged: Vec<ReferencedObject>,
    /// Intact originals of images that are marked as missing or damaged.
    recovered: Vec<ObjectKey>,
}

impl IntegrityScan {
    fn add_missing(&mut self, object: ReferencedObject) {
        self.missing_originals += is_original(&object.key);
        self.report.missing.add(object.key.path(), Defect::Missing);
        push_limited(&mut self.missing, object);
    }

    fn add_damaged(&mut self, object: ReferencedObject, defect: Defect) {
        self.damaged_originals += is_original(&object.key);
        self.report.mismatching.add(object.key.path(), defect);
        push_limited(&mut self.damaged, object);
    }

    /// More originals are lost than intact: this is probably the wrong store.
    fn seems_wrong_store(&self) -> bool {
        let intact = self.originals.saturating_sub(self.damaged_originals);
        self.missing_originals + self.damaged_originals > intact
    }
}

impl Maintenance {
    /// Scans all objects. Checks every defect twice, so that objects that are stored or deleted meanwhile are not reported.
    async fn scan(
        &self,
        ctx: &Ctx,
        options: IntegrityOptions,
        progress: &mut (dyn FnMut(&IntegrityReport) + Send),
    ) -> Result<IntegrityScan, Error> {
        let mut scan = IntegrityScan::default();
        for area in [Prefix::Originals, Prefix::Renditions] {
            self.scan_area(ctx, options, area, &mut scan, progress).await?;
        }
        Ok(scan)
    }

    async fn scan_area(
        &self,
        ctx: &Ctx,
        options: IntegrityOptions,
        area: Prefix,
        scan: &mut IntegrityScan,
        progress: &mut (dyn FnMut(&IntegrityReport) + Send),
    ) -> Result<(), Error> {
        let source = RowSource::Db(&self.db);
        let (mut stored, mut referenced) = (StoredObjects::new(area), ReferenceCursor::new(area));
        let mut object = stored.next(&self.objects).await?;
        let mut row = referenced.next(&source).await?;
        let mut unread: Vec<Reference> = Vec::new();
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
                scan.report.objects += 1;
                scan.report.bytes += object.len;
                match (order, &row) {
                    (Ordering::Equal, Some(row)) => {
                        scan.report.referenced += 1;
                        scan.originals += u64::from(area == Prefix::Originals);
                        if self.check_length(row, object.len, scan).await? {
                            unread.push(row.clone());
                        }
                    }
                    _ => self.classify_unreferenced(ctx, options, object, scan).await?,
                }
                progress(&scan.report);
            } else if let Some(unlisted) = &row {
                self.check_unlisted(unlisted, &mut unread, scan).await?;
            }
            if order.is_le() {
                object = stored.next(&self.objects).await?;
            }
            if order.is_ge() {
                row = referenced.next(&source).await?;
            }
            if unread.len() >= BATCH {
                self.verify_digests(options, std::mem::take(&mut unread), scan)
                    .await?;
                progress(&scan.report);
            }
        }
        self.verify_digests(options, unread, scan).await?;
        progress(&scan.report);
        Ok(())
    }

    /// Classifies an object without a row. Originals are stored after their row, so only a rendition's row may be pending.
    async fn classify_unreferenced(
        &self,
        ctx: &Ctx,
        options: IntegrityOptions,
        object: ListedObject,
        scan: &mut IntegrityScan,
    ) -> Result<(), Error> {
        let age = ctx.now() - object.modified;
        let older_than = |span: Duration| time::Duration::try_from(span).is_ok_and(|span| age > span);
        if let Some(key) = &object.key {
            let row_pending = matches!(key, ObjectKey::Rendition { .. })
                && !older_than(ROW_PENDING.min(options.orphan_age));
            if row_pending || count_references(&self.db, key).await?.total > 0 {
                return Ok(());
            }
        }
        let defect = if object.key.is_none() {
            Defect::UnknownPath
        } else if older_than(options.orphan_age) {
            Defect::Unreferenced
        } else {
            scan.report.recently_stored += 1;
            Defect::RecentlyStored
        };
        if let Some(key) = object.key.filter(|_| defect == Defect::Unreferenced) {
            push_limited(&mut scan.orphans, key);
        }
        scan.report.orphans.add(object.path, defect);
        Ok(())
    }

    /// Checks a referenced object that the listing does not contain. It may have been stored since.
    async fn check_unlisted(
        &self,
        row: &Reference,
        unread: &mut Vec<Reference>,
        scan: &mut IntegrityScan,
    ) -> Result<(), Error> {
        let Some(live) = &row.live else {
            return Ok(());
        };
        if let Some(stat) = self.objects.head(&row.key).await? {
            if self.check_length(row, stat.len, scan).await? {
                unread.push(row.clone());
            }
        } else if self.is_referenced(&row.key).await? {
            scan.add_missing(live.clone());
        }
        Ok(())
    }

    /// Whether the object has the length of its live row.
    async fn check_length(&self, row: &Reference, len: u64, scan: &mut IntegrityScan) -> Result<bool, Error> {
        let Some(live) = &row.live else {
            return Ok(false);
        };
        if len == live.len {
            return Ok(true);
        }
        if self.is_referenced(&row.key).await? {
            let defect = Defect::WrongLength {
                found: len,
                expected: live.len,
            };
            scan.add_damaged(live.clone(), defect);
        }
        Ok(false)
    }

    /// Reads objects and compares their digests, for a deep check.
    async fn verify_digests(
        &self,
        options: IntegrityOptions,
        rows: Vec<Reference>,
        scan: &mut IntegrityScan,
    ) -> Result<(), Error> {
        if !options.deep {
            return Ok(());
        }
        let read = rows.into_iter().filter_map(|row| {
            let live = row.live?;
            Some(async move {
                let result = self.objects.verify(&live.described()).await;
                (live, row.marked, result)
            })
        });
        let mut read = stream::iter(read).buffered(MAX_CONCURRENT_READS);
        while let Some((live, marked, result)) = read.next().await {
            match result {
                Ok(()) if marked => push_limited(&mut scan.recovered, live.key),
                Ok(()) => {}
                Err(ObjectError::Missing(_)) => {
                    if self.is_referenced(&live.key).await? {
                        scan.add_missing(live);
                    }
                }
                Err(ObjectError::Corrupt { .. }) => {
                    scan.add_damaged(live, Defect::WrongDigest);
                }
                Err(error) => return Err(error.into()),
            }
            scan.report.read += 1;
        }
        Ok(())
    }
}

fn is_original(key: &ObjectKey) -> u64 {
    u64::from(matches!(key, ObjectKey::Original { .. }))
}

fn push_limited<T>(list: &mut Vec<T>, one: T) {
    if list.len() < MAX_REPAIRS {
        list.push(one);
    }
}
