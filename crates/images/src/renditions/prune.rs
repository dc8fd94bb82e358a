//! Pruning: deletes renditions that were not requested for long, first the rows, then unreferenced objects.
use crate::{
    Error, Format, Renditions,
    deletion_lock::may_delete_in,
    sql::{self, Params, number},
};
use infravault_kernel::{Ctx, Id, ImageId};
use infravault_objects::ObjectKey;
use std::{collections::HashSet, time::Duration};
use time::Date;
use uuid::Uuid;

const BATCH: i64 = 200;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PruneOptions {
    /// Deletes renditions that have not been requested for this long.
    pub unused_for: Option<Duration>,
    /// Deletes the least recently requested renditions until the rest has at most this size in bytes.
    pub max_bytes: Option<u64>,
    /// Deletes nothing and returns an estimate.
    pub dry_run: bool,
}

/// Deleted renditions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PruneReport {
    pub renditions: u64,
    pub bytes: u64,
}

/// The stored renditions of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatUsage {
    pub format: Format,
    pub renditions: u64,
    pub bytes: u64,
}

/// The renditions whose last request was on this day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    date: Date,
    renditions: u64,
    bytes: u64,
}

/// Deletes everything before a day, and part of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plan {
    before: Date,
    bytes_of_day: u64,
    expected: PruneReport,
}

impl Renditions {
    /// Deletes renditions and reports progress after every batch. Deleted renditions are computed again on request.
    pub async fn prune(
        &self,
        ctx: &Ctx,
        options: PruneOptions,
        mut progress: impl FnMut(&PruneReport) + Send,
    ) -> Result<PruneReport, Error> {
        let plan = plan(&self.list_days().await?, options, ctx.now().date());
        if options.dry_run {
            return Ok(plan.expected);
        }
        let mut pruned = PruneReport::default();
        self.delete_before(ctx, plan.before, u64::MAX, &mut pruned, &mut progress)
            .await?;
        if let (true, Some(next)) = (plan.bytes_of_day > 0, plan.before.next_day()) {
            let max_bytes = pruned.bytes.saturating_add(plan.bytes_of_day);
            self.delete_before(ctx, next, max_bytes, &mut pruned, &mut progress)
                .await?;
        }
        let tx = self.db.begin_system().await?;
        sql::renditions::delete_expired_claims().bind(&*tx).await?;
        tx.commit().await?;
        Ok(pruned)
    }

    pub async fn measure_formats(&self) -> Result<Vec<FormatUsage>, Error> {
        let tx = self.db.begin_system().await?;
        let rows = sql::renditions::measure_formats().bind(&*tx).all().await?;
        let count = |row: sql::renditions::MeasureFormats| {
            Ok(FormatUsage {
                format: sql::format(row.format),
                renditions: number(row.renditions)?,
                bytes: number(row.bytes)?,
            })
        };
        rows.into_iter().map(count).collect()
    }

    async fn list_days(&self) -> Result<Vec<Day>, Error> {
        let tx = self.db.begin_system().await?;
        let rows = sql::renditions::list_days().bind(&*tx).all().await?;
        let day = |row: sql::renditions::ListDays| {
            Ok(Day {
                date: row.used_on,
                renditions: number(row.renditions)?,
                bytes: number(row.bytes)?,
            })
        };
        rows.into_iter().map(day).collect()
    }

    /// Deletes in the order of the keys, until `pruned` has `max_bytes`.
    async fn delete_before(
        &self,
        ctx: &Ctx,
        before: Date,
        max_bytes: u64,
        pruned: &mut PruneReport,
        progress: &mut (impl FnMut(&PruneReport) + Send),
    ) -> Result<(), Error> {
        let (mut image, mut variant) = (Uuid::nil(), Vec::new());
        while pruned.bytes < max_bytes {
            let params = sql::renditions::DeleteUnusedParams {
                after_image: image,
                after_variant: variant.as_slice(),
                before,
                // One at a time if the size matters.
                max: if max_bytes == u64::MAX { BATCH } else { 1 },
            };
            let tx = self.db.begin_system().await?;
            if !may_delete_in(&tx).await? {
                slog::info!(ctx.log, "pruning stopped because a backup is running");
                return Ok(());
            }
            let deleted = sql::renditions::delete_unused()
                .params(&*tx, &params)
                .all()
                .await?;
            tx.commit().await?;
            let last = deleted.iter().map(|row| (row.image_id, &row.variant)).max();
            let Some((last_image, last_variant)) = last.map(|(id, variant)| (id, variant.clone())) else {
                return Ok(());
            };
            (image, variant) = (last_image, last_variant);
            let mut gone: HashSet<(Uuid, Vec<u8>)> = HashSet::new();
            for row in deleted {
                pruned.renditions += 1;
                pruned.bytes += number::<_, u64>(row.byte_size)?;
                gone.insert((row.image_id, row.sha256));
            }
            self.delete_unreferenced(ctx, gone).await?;
            progress(pruned);
        }
        Ok(())
    }

    /// Deletes objects, except those of other variants with the same bytes. If a rendition is stored again meanwhile, its
    /// object is lost, and the next request computes it again.
    async fn delete_unreferenced(&self, ctx: &Ctx, mut gone: HashSet<(Uuid, Vec<u8>)>) -> Result<(), Error> {
        let params = sql::renditions::ListReferencedParams {
            images: gone.iter().map(|(image, _)| *image).collect::<Vec<_>>(),
            sha256s: gone
                .iter()
                .map(|(_, sha256)| sha256.as_slice())
                .collect::<Vec<_>>(),
        };
        let tx = self.db.begin_system().await?;
        let referenced = sql::renditions::list_referenced()
            .params(&*tx, &params)
            .all()
            .await?;
        drop(params);
        tx.commit().await?;
        for row in referenced {
            gone.remove(&(row.image_id, row.sha256));
        }
        for (image, sha256) in gone {
            let sha256 = sql::digest(&sha256)?;
            let image = ImageId::from_uuid(image);
            if let Err(error) = self.objects.delete(&ObjectKey::Rendition { image, sha256 }).await {
                slog::warn!(ctx.log, "rendition object not deleted"; "image" => %image, "error" => %error);
            }
        }
        Ok(())
    }
}

fn plan(days: &[Day], options: PruneOptions, today: Date) -> Plan {
    let oldest = options.unused_for.map(|span| {
        let days = i64::try_from(span.as_secs() / 86_400).unwrap_or(i64::MAX);
        time::Duration::checked_mul(time::Duration::days(1), i32::try_from(days).unwrap_or(i32::MAX))
            .and_then(|span| today.checked_sub(span))
            .unwrap_or(Date::MIN)
    });
    let mut plan = Plan {
        before: oldest.unwrap_or(Date::MIN),
        bytes_of_day: 0,
        expected: PruneReport::default(),
    };
    let mut left: u64 = 0;
    for day in days {
        if day.date < plan.before {
            plan.expected.renditions += day.renditions;
            plan.expected.bytes += day.bytes;
        } else {
            left += day.bytes;
        }
    }
    let mut surplus = left.saturating_sub(options.max_bytes.unwrap_or(u64::MAX));
    let oldest = plan.before;
    for day in days.iter().filter(|day| day.date >= oldest) {
        if surplus == 0 {
            break;
        }
        plan.before = day.date;
        if surplus < day.bytes {
            plan.bytes_of_day = surplus;
            plan.expected.bytes += surplus;
            plan.expected.renditions += (day.renditions * surplus).div_ceil(day.bytes.max(1));
            break;
        }
        plan.before = day.date.next_day().unwrap_or(Date::MAX);
        plan.expected.bytes += day.bytes;
        plan.expected.renditions += day.renditions;
        surplus -= day.bytes;
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn least_recently_used_renditions_are_pruned_first() {
        let day = |date, bytes| Day {
            date,
            renditions: 10,
            bytes,
        };
        let days = [
            day(date!(2026 - 01 - 01), 100),
            day(date!(2026 - 02 - 01), 200),
            day(date!(2026 - 03 - 01), 400),
        ];
        let today = date!(2026 - 03 - 02);
        for (unused_days, max_bytes, before, bytes_of_day, bytes) in [
            (None, None, Date::MIN, 0, 0),
            (Some(40), None, date!(2026 - 01 - 21), 0, 100),
            (None, Some(700), Date::MIN, 0, 0),
            (None, Some(650), date!(2026 - 01 - 01), 50, 50),
            (None, Some(600), date!(2026 - 01 - 02), 0, 100),
            (Some(40), Some(500), date!(2026 - 02 - 01), 100, 200),
            (None, Some(0), date!(2026 - 03 - 02), 0, 700),
            (Some(0), None, today, 0, 700),
        ] {
            let options = PruneOptions {
                unused_for: unused_days.map(|days| Duration::from_secs(days * 86_400)),
                max_bytes,
                dry_run: false,
            };
            let plan = plan(&days, options, today);
            assert_eq!(
                (plan.before, plan.bytes_of_day, plan.expected.bytes),
                (before, bytes_of_day, bytes),
                "{options:?}"
            );
        }
    }
}
