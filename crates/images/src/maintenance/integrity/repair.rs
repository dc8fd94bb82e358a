//! Mends what can be mended without losing anything: never an original, never what may only look wrong.
use super::{Looked, RepairBlocker};
use crate::{
    Error, FailureCode, Maintenance, ReferencedObject,
    references::count_references,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id};
use infravault_objects::{Error as ObjectError, ObjectKey};
use slog::{info, warn};

impl Maintenance {
    /// Repairs what was found, and counts it in the report.
    pub(super) async fn repair(&self, ctx: &Ctx, looked: &mut Looked) -> Result<(), Error> {
        if looked.report.orphans.count > looked.report.named {
            looked.report.blocked_by.push(RepairBlocker::TooManyOrphans);
        } else {
            for key in std::mem::take(&mut looked.orphans) {
                looked.report.repaired.orphans += u64::from(self.delete_orphan(ctx, &key).await?);
            }
        }
        if looked.is_other_store() {
            looked.report.blocked_by.push(RepairBlocker::TooManyLostOriginals);
        } else {
            self.mend_faulty(ctx, looked).await?;
        }
        for key in std::mem::take(&mut looked.healed) {
            looked.report.repaired.healed += self.heal(ctx, &key).await?;
        }
        Ok(())
    }

    /// Forgets renditions that are lost, and marks images.
    async fn mend_faulty(&self, ctx: &Ctx, looked: &mut Looked) -> Result<(), Error> {
        let missing = std::mem::take(&mut looked.missing);
        let damaged = std::mem::take(&mut looked.damaged);
        let missing = missing
            .iter()
            .map(|object| (object, FailureCode::OriginalMissing));
        let damaged = damaged
            .iter()
            .map(|object| (object, FailureCode::OriginalDamaged));
        for (object, failure) in missing.chain(damaged) {
            // Looking at everything takes long: somebody may have brought it back, or it could not be read just then.
            match self.objects.verify(&object.described()).await {
                Ok(()) => continue,
                Err(ObjectError::Missing(_) | ObjectError::Corrupt { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            if matches!(object.key, ObjectKey::Rendition { .. }) {
                self.forget_rendition(ctx, object).await?;
                looked.report.repaired.renditions += 1;
            } else {
                looked.report.repaired.marked += self.mark(ctx, &object.key, failure).await?;
            }
        }
        Ok(())
    }

    /// Whether it was still one.
    async fn delete_orphan(&self, ctx: &Ctx, key: &ObjectKey) -> Result<bool, Error> {
        if count_references(&self.db, key).await?.named > 0 {
            return Ok(false);
        }
        self.objects.delete(key).await?;
        info!(ctx.log, "deleted an object that no row names"; "object" => key.path());
        Ok(true)
    }

    /// Its rows go first, so that whoever asks for it makes it again; then what is left of it.
    async fn forget_rendition(&self, ctx: &Ctx, object: &ReferencedObject) -> Result<(), Error> {
        let ObjectKey::Rendition { image, sha256 } = &object.key else {
            return Ok(());
        };
        let params = sql::integrity::DropRenditionsParams {
            image: image.uuid(),
            sha256: sha256.bytes().as_slice(),
        };
        let tx = self.db.begin_system().await?;
        sql::integrity::drop_renditions().params(&*tx, &params).await?;
        tx.commit().await?;
        self.objects.delete(&object.key).await?;
        info!(ctx.log, "a missing or damaged rendition will be made again"; "object" => object.key.path());
        Ok(())
    }

    /// How many images say now that their original is gone. They stay, and what was made of them is still shown.
    async fn mark(&self, ctx: &Ctx, key: &ObjectKey, failure: FailureCode) -> Result<u64, Error> {
        let ObjectKey::Original { image, attempt } = key else {
            return Ok(0);
        };
        let params = sql::integrity::MarkDamagedParams {
            failure_code: failure.as_str(),
            key: image.uuid(),
            attempt: *attempt,
        };
        let tx = self.db.begin_system().await?;
        let marked = sql::integrity::mark_damaged().params(&*tx, &params).await?;
        tx.commit().await?;
        warn!(ctx.log, "an original is missing or damaged; bring it back from a backup";
            "object" => key.path(), "images" => marked, "failure_code" => failure.as_str());
        Ok(marked)
    }

    async fn heal(&self, ctx: &Ctx, key: &ObjectKey) -> Result<u64, Error> {
        let ObjectKey::Original { image, attempt } = key else {
            return Ok(0);
        };
        let params = sql::integrity::HealParams {
            key: image.uuid(),
            attempt: *attempt,
        };
        let tx = self.db.begin_system().await?;
        let healed = sql::integrity::heal().params(&*tx, &params).one().await?;
        tx.commit().await?;
        info!(ctx.log, "an original is there again"; "object" => key.path(), "images" => healed);
        sql::number(healed)
    }
}
