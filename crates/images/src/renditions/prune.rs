//! Letting renditions go that nobody asks for: the rows first, then the objects that no row names any more.
use crate::{
    Error, Format, Renditions,
    maintenance::may_delete_in,
    sql::{self, Params, number},
};
use infravault_kernel::{Ctx, Id, ImageId, Sha256};
use infravault_objects::ObjectKey;
use std::{collections::HashSet, time::Duration};
use time::Date;
use uuid::Uuid;

/// Rows of one batch.
const BATCH: i64 = 200;

/// Which renditions go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prune {
    /// Those that nobody asked for in so long.
    pub unused_for: Option<Duration>,
    /// Those that nobody asked for the longest, until the rest has so many bytes.
    pub max_bytes: Option<u64>,
    /// Only tells how many would go.
    pub dry_run: bool,
}

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Renditions.
    pub renditions: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// How many renditions there are in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatCount {
    /// The format.
    pub format: Format,
    /// How many.
    pub renditions: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The renditions that were last asked for on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    date: Date,
    renditions: u64,
    bytes: u64,
}

/// What is to go: everything before a day, and of that day as much as is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plan {
    before: Date,
    of_the_day: u64,
    expected: Pruned,
}

impl Renditions {
    /// Lets renditions go; `progress` is told after every batch. They are made again when somebody asks for them.
    pub async fn prune(
        &self,
        ctx: &Ctx,
        prune: Prune,
        mut progress: impl FnMut(&Pruned) + Send,
    ) -> Result<Pruned, Error> {
        let plan = plan(&self.days().await?, prune, ctx.now().date());
        if prune.dry_run {
            return Ok(plan.expected);
        }
        let mut pruned = Pruned::default();
        self.drop_before(ctx, plan.before, u64::MAX, &mut pruned, &mut progress)
            .await?;
        if let (true, Some(next)) = (plan.of_the_day > 0, plan.before.next_day()) {
            let most = pruned.bytes.saturating_add(plan.of_the_day);
            self.drop_before(ctx, next, most, &mut pruned, &mut progress)
                .await?;
        }
        let tx = self.db.begin_system().await?;
        sql::renditions::forget_claims().bind(&*tx).await?;
        tx.commit().await?;
        Ok(pruned)
    }

    /// How many renditions there are, by format.
    pub async fn count_renditions(&self) -> Result<Vec<FormatCount>, Error> {
        let tx = self.db.begin_system().await?;
        let rows = sql::renditions::count_formats().bind(&*tx).all().await?;
        let count = |row: sql::renditions::CountFormats| {
            Ok(FormatCount {
                format: sql::format(row.format),
                renditions: number(row.renditions)?,
                bytes: number(row.bytes)?,
            })
        };
        rows.into_iter().map(count).collect()
    }

    async fn days(&self) -> Result<Vec<Day>, Error> {
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

    /// One pass over the keys, until it ends or `most` bytes went in all.
    async fn drop_before(
        &self,
        ctx: &Ctx,
        before: Date,
        most: u64,
        pruned: &mut Pruned,
        progress: &mut (impl FnMut(&Pruned) + Send),
    ) -> Result<(), Error> {
        let (mut image, mut variant) = (Uuid::nil(), Vec::new());
        while pruned.bytes < most {
            let params = sql::renditions::DropUnusedParams {
                after_image: image,
                after_variant: variant.as_slice(),
                before,
                // Few at a time where it matters how many.
                max: if most == u64::MAX { BATCH } else { 1 },
            };
            let tx = self.db.begin_system().await?;
            if !may_delete_in(&tx).await? {
                slog::info!(ctx.log, "a backup runs, so no more renditions are let go for now");
                return Ok(());
            }
            let dropped = sql::renditions::drop_unused().params(&*tx, &params).all().await?;
            tx.commit().await?;
            let last = dropped.iter().map(|row| (row.image_id, &row.variant)).max();
            let Some((last_image, last_variant)) = last.map(|(id, variant)| (id, variant.clone())) else {
                return Ok(());
            };
            (image, variant) = (last_image, last_variant);
            let mut gone: HashSet<(Uuid, Vec<u8>)> = HashSet::new();
            for row in dropped {
                pruned.renditions += 1;
                pruned.bytes += number::<_, u64>(row.byte_size)?;
                gone.insert((row.image_id, row.sha256));
            }
            self.delete_unnamed(ctx, gone).await?;
            progress(pruned);
        }
        Ok(())
    }

    /// Deletes objects, except those that another rendition of the same image still is. Where one is made again in
    /// between, its object is missed by whoever asks next, and made once more.
    async fn delete_unnamed(&self, ctx: &Ctx, mut gone: HashSet<(Uuid, Vec<u8>)>) -> Result<(), Error> {
        let params = sql::renditions::ListNamedParams {
            images: gone.iter().map(|(image, _)| *image).collect::<Vec<_>>(),
            sha256s: gone
                .iter()
                .map(|(_, sha256)| sha256.as_slice())
                .collect::<Vec<_>>(),
        };
        let tx = self.db.begin_system().await?;
        let named = sql::renditions::list_named().params(&*tx, &params).all().await?;
        drop(params);
        tx.commit().await?;
        for row in named {
            gone.remove(&(row.image_id, row.sha256));
        }
        for (image, sha256) in gone {
            let sha256 = Sha256::try_from(sha256.as_slice()).map_err(|_| Error::inconsistent("a SHA-256"))?;
            let image = ImageId::from_uuid(image);
            if let Err(error) = self.objects.delete(&ObjectKey::Rendition { image, sha256 }).await {
                slog::warn!(ctx.log, "the object of a rendition stays behind"; "image" => %image, "error" => %error);
            }
        }
        Ok(())
    }
}

fn plan(days: &[Day], prune: Prune, today: Date) -> Plan {
    let oldest = prune.unused_for.map(|span| {
        let days = i64::try_from(span.as_secs() / 86_400).unwrap_or(i64::MAX);
        time::Duration::checked_mul(time::Duration::days(1), i32::try_from(days).unwrap_or(i32::MAX))
            .and_then(|span| today.checked_sub(span))
            .unwrap_or(Date::MIN)
    });
    let mut plan = Plan {
        before: oldest.unwrap_or(Date::MIN),
        of_the_day: 0,
        expected: Pruned::default(),
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
    let mut surplus = left.saturating_sub(prune.max_bytes.unwrap_or(u64::MAX));
    let oldest = plan.before;
    for day in days.iter().filter(|day| day.date >= oldest) {
        if surplus == 0 {
            break;
        }
        plan.before = day.date;
        if surplus < day.bytes {
            plan.of_the_day = surplus;
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
    fn the_longest_unused_go_first() {
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
        for (unused_days, max_bytes, before, of_the_day, bytes) in [
            (None, None, Date::MIN, 0, 0),
            (Some(40), None, date!(2026 - 01 - 21), 0, 100),
            (None, Some(700), Date::MIN, 0, 0),
            (None, Some(650), date!(2026 - 01 - 01), 50, 50),
            (None, Some(600), date!(2026 - 01 - 02), 0, 100),
            (Some(40), Some(500), date!(2026 - 02 - 01), 100, 200),
            (None, Some(0), date!(2026 - 03 - 02), 0, 700),
            (Some(0), None, today, 0, 700),
        ] {
            let prune = Prune {
                unused_for: unused_days.map(|days| Duration::from_secs(days * 86_400)),
                max_bytes,
                dry_run: false,
            };
            let plan = plan(&days, prune, today);
            assert_eq!(
                (plan.before, plan.of_the_day, plan.expected.bytes),
                (before, of_the_day, bytes),
                "{prune:?}"
            );
        }
    }
}
