//! Claims in PostgreSQL: one node of the cluster computes a rendition, the others wait for it.
//!
//! A claim is a row with a lease, not a lock, so that it holds neither a connection nor a transaction while pixels are
//! computed. The lease is short and renewed, so that a node that dies does not block the others for long.
use super::Rendition;
use crate::{
    Error, Renditions,
    renditions::source::rendition,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, ImageId};
use std::time::Duration;
use uuid::Uuid;

const LEASE: Duration = Duration::from_mins(1);
pub(super) const RENEWAL_INTERVAL: Duration = Duration::from_secs(20);

/// The right of this node to compute a rendition.
pub(super) struct Claim {
    image: ImageId,
    variant: Vec<u8>,
    id: Uuid,
}

pub(super) enum ClaimResult {
    Acquired(Claim),
    /// The rendition exists.
    Stored(Rendition),
    HeldByOther,
}

impl Renditions {
    /// Acquires the claim, and only then looks for the rendition: the previous holder stored it before it released the
    /// claim.
    pub(super) async fn try_claim(
        &self,
        ctx: &Ctx,
        image: ImageId,
        variant: &[u8],
    ) -> Result<ClaimResult, Error> {
        let id = ctx.new_id::<ImageId>().uuid();
        let params = sql::renditions::AcquireClaimParams {
            image: image.uuid(),
            variant,
            claim: id,
            seconds: LEASE.as_secs_f64(),
        };
        let tx = self.db.begin_system().await?;
        let acquired = sql::renditions::acquire_claim().params(&*tx, &params).await? == 1;
        let params = sql::renditions::FindRenditionParams {
            image: image.uuid(),
            variant,
        };
        let row = sql::renditions::find_rendition()
            .params(&*tx, &params)
            .one()
            .await?;
        match rendition(row.format, row.byte_size, row.used_on, row.sha256.as_deref())? {
            // The transaction is not committed, and the claim with it.
            Some(rendition) => Ok(ClaimResult::Stored(rendition)),
            None if acquired => {
                tx.commit().await?;
                Ok(ClaimResult::Acquired(Claim {
                    image,
                    variant: variant.to_vec(),
                    id,
                }))
            }
            None => Ok(ClaimResult::HeldByOther),
        }
    }

    /// Whether a node computes the rendition and has not stored it yet.
    pub(super) async fn is_claimed(&self, image: ImageId, variant: &[u8]) -> Result<bool, Error> {
        let params = sql::renditions::FindRenditionParams {
            image: image.uuid(),
            variant,
        };
        let tx = self.db.begin_system().await?;
        let row = sql::renditions::find_rendition()
            .params(&*tx, &params)
            .one()
            .await?;
        Ok(row.sha256.is_none() && row.claimed)
    }

    pub(super) async fn renew_claim(&self, ctx: &Ctx, claim: &Claim) {
        let renew = async || -> Result<(), Error> {
            let params = sql::renditions::RenewClaimParams {
                seconds: LEASE.as_secs_f64(),
                image: claim.image.uuid(),
                variant: claim.variant.as_slice(),
                claim: claim.id,
            };
            let tx = self.db.begin_system().await?;
            sql::renditions::renew_claim().params(&*tx, &params).await?;
            Ok(tx.commit().await?)
        };
        if let Err(error) = renew().await {
            slog::warn!(ctx.log, "rendition claim not renewed; another node may compute the rendition too";
                "image" => %claim.image, "error" => %error);
        }
    }

    pub(super) async fn release_claim(&self, ctx: &Ctx, claim: Claim) {
        let release = async || -> Result<(), Error> {
            let params = sql::renditions::ReleaseClaimParams {
                image: claim.image.uuid(),
                variant: claim.variant.as_slice(),
                claim: claim.id,
            };
            let tx = self.db.begin_system().await?;
            sql::renditions::release_claim().params(&*tx, &params).await?;
            Ok(tx.commit().await?)
        };
        if let Err(error) = release().await {
            slog::warn!(ctx.log, "rendition claim not released; it expires";
                "image" => %claim.image, "error" => %error);
        }
    }
}
