//! Repairs that lose no data: never deletes an original, checks every defect again first.
use super::{IntegrityScan, RepairBlocker};
use crate::{
    Error, FailureCode, Maintenance, ReferencedObject,
    references::count_references,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id};
use infravault_objects::{Error as ObjectError, ObjectKey};
use slog::{info, warn};

impl Maintenance {
    /// Repairs the findings and adds the counts to the report.
    pub(super) async fn repair(&self, ctx: &Ctx, scan: &mut IntegrityScan) -> Result<(), Error> {
        if scan.report.orphans.count > scan.report.referenced {
            scan.report.blocked_by.push(RepairBlocker::TooManyOrphans);
        } else {
            for key in std::mem::take(&mut scan.orphans) {
                scan.report.repaired.orphans += u64::from(self.delete_orphan(ctx, &key).await?);
            }
        }
        if scan.seems_wrong_store() {
            scan.report.blocked_by.push(RepairBlocker::TooManyLostOriginals);
        } else {
            self.repair_lost(ctx, scan).await?;
        }
        for key in std::mem::take(&mut scan.recovered) {
            scan.report.repaired.recovered += self.unmark_images(ctx, &key).await?;
        }
        Ok(())
    }

    /// Deletes lost renditions and marks images whose original is lost.
    async fn repair_lost(&self, ctx: &Ctx, scan: &mut IntegrityScan) -> Result<(), Error> {
        let missing = std::mem::take(&mut scan.missing);
        let damaged = std::mem::take(&mut scan.damaged);
        let missing = missing
            .iter()
            .map(|object| (object, FailureCode::OriginalMissing));
        let damaged = damaged
            .iter()
            .map(|object| (object, FailureCode::OriginalDamaged));
        for (object, failure) in missing.chain(damaged) {
            // The scan takes long: the object may have been restored, or was not readable for a moment.
            match self.objects.verify(&object.described()).await {
                Ok(()) => continue,
                Err(ObjectError::Missing(_) | ObjectError::Corrupt { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            if matches!(object.key, ObjectKey::Rendition { .. }) {
                self.delete_lost_rendition(ctx, object).await?;
                scan.report.repaired.renditions += 1;
            } else {
                scan.report.repaired.marked += self.mark_images(ctx, &object.key, failure).await?;
            }
        }
        Ok(())
    }

    /// Returns `false` if the object has a row by now.
    async fn delete_orphan(&self, ctx: &Ctx, key: &ObjectKey) -> Result<bool, Error> {
        if count_references(&self.db, key).await?.total > 0 {
            return Ok(false);
        }
        self.objects.delete(key).await?;
        info!(ctx.log, "orphan deleted"; "object" => key.path());
        Ok(true)
    }

    /// Deletes the rows first, so that a request computes the rendition again, then the object.
    async fn delete_lost_rendition(&self, ctx: &Ctx, object: &ReferencedObject) -> Result<(), Error> {
        let ObjectKey::Rendition { image, sha256 } = &object.key else {
            return Ok(());
        };
        let params = sql::integrity::DeleteRenditionParams {
            image: image.uuid(),
            sha256: sha256.bytes().as_slice(),
        };
        let tx = self.db.begin_system().await?;
        sql::integrity::delete_rendition().params(&*tx, &params).await?;
        tx.commit().await?;
        self.objects.delete(&object.key).await?;
        info!(ctx.log, "lost rendition deleted"; "object" => object.key.path());
        Ok(())
    }

    /// Marks the images of a lost original. Their renditions are still served. Returns the number of images.
    async fn mark_images(&self, ctx: &Ctx, key: &ObjectKey, failure: FailureCode) -> Result<u64, Error> {
        let ObjectKey::Original { image, attempt } = key else {
            return Ok(0);
        };
        let params = sql::integrity::MarkOriginalLostParams {
            failure_code: failure.as_str(),
            key: image.uuid(),
            attempt: *attempt,
        };
        let tx = self.db.begin_system().await?;
        let marked = sql::integrity::mark_original_lost().params(&*tx, &params).await?;
        tx.commit().await?;
        warn!(ctx.log, "original missing or damaged; restore it from a backup";
            "object" => key.path(), "images" => marked, "failure_code" => failure.as_str());
        Ok(marked)
    }

    async fn unmark_images(&self, ctx: &Ctx, key: &ObjectKey) -> Result<u64, Error> {
        let ObjectKey::Original { image, attempt } = key else {
            return Ok(0);
        };
        let params = sql::integrity::UnmarkOriginalParams {
            key: image.uuid(),
            attempt: *attempt,
        };
        let tx = self.db.begin_system().await?;
        let recovered = sql::integrity::unmark_original()
            .params(&*tx, &params)
            .one()
            .await?;
        tx.commit().await?;
        info!(ctx.log, "original intact again"; "object" => key.path(), "images" => recovered);
        sql::number(recovered)
    }
}
