//! Stores parts that are sent to the API by signed requests.
use super::signature::{PartSignature, verify_part_url};
use crate::{
    BodyError, Error, RenditionError, UploadError, Uploads,
    sql::{self, Params, number},
    uploads::{
        receive::{CHUNK_BUFFER, pump, receive},
        session::PART_MEDIA_TYPE,
    },
};
use bytes::Bytes;
use futures_util::Stream;
use infravault_kernel::{AccountId, Ctx, Id, Sha256, UploadId};
use infravault_objects::ObjectKey;
use tokio::sync::mpsc;
use uuid::Uuid;

/// The headers of a request that stores a part.
#[derive(Clone, Copy, Debug)]
pub struct PartHeaders<'a> {
    /// `Content-Length`.
    pub len: Option<u64>,
    /// `Content-Type`.
    pub media_type: &'a str,
    /// `x-amz-checksum-sha256`.
    pub sha256: Option<Sha256>,
}

impl Uploads {
    /// Stores a part. The signature is the permission, and the headers must be the signed ones.
    pub async fn store_part(
        &self,
        ctx: &Ctx,
        (upload, part): (UploadId, Uuid),
        signature: &PartSignature,
        headers: &PartHeaders<'_>,
        body: impl Stream<Item = Result<Bytes, BodyError>>,
    ) -> Result<(), Error> {
        verify_part_url(&self.signer, upload, part, signature, ctx.now())?;
        let found = self.find_part(ctx, upload, part).await?;
        let found = found.filter(|found| found.accepted).ok_or(UploadError::Gone)?;
        let (len, sha256) = (number(found.byte_size)?, sql::digest(&found.sha256)?);
        if headers.len != Some(len)
            || !headers.media_type.eq_ignore_ascii_case(&found.media_type)
            || headers.sha256 != Some(sha256)
        {
            return Err(RenditionError::Signature.into());
        }
        if found.stored {
            return Err(UploadError::AlreadyStored.into());
        }
        let _permit = self.limiter.acquire(AccountId::from_uuid(found.owner_id))?;
        let (sender, mut chunks) = mpsc::channel(CHUNK_BUFFER);
        let spool = self.objects.spool(len)?;
        let ((), spooled) = tokio::join!(pump(body, sender), async {
            let spooled = receive(spool, &mut chunks, &self.config).await;
            // Ends the pump after an error.
            drop(chunks);
            spooled
        });
        let spooled = spooled?;
        if spooled.len() != len || spooled.sha256() != sha256 {
            return Err(BodyError::DigestMismatch.into());
        }
        let key = ObjectKey::Incoming { upload, part };
        self.objects.store(&key, &spooled, PART_MEDIA_TYPE).await?;
        if self.mark_parts_stored(&[part]).await? == 1 {
            return Ok(());
        }
        // Another request stored the same bytes first, or the session has ended meanwhile.
        match self.find_part(ctx, upload, part).await? {
            Some(found) if found.stored => Ok(()),
            _ => Err(UploadError::Gone.into()),
        }
    }

    async fn find_part(
        &self,
        ctx: &Ctx,
        upload: UploadId,
        part: Uuid,
    ) -> Result<Option<sql::upload_sessions::FindPart>, Error> {
        let tx = self.db.begin_system().await?;
        let params = sql::upload_sessions::FindPartParams {
            now: ctx.now(),
            part,
            session: upload.uuid(),
        };
        Ok(sql::upload_sessions::find_part()
            .params(&*tx, &params)
            .opt()
            .await?)
    }

    /// Returns how many of the parts were not marked before and are still part of their session.
    pub(super) async fn mark_parts_stored(&self, parts: &[Uuid]) -> Result<u64, Error> {
        let tx = self.db.begin_system().await?;
        let marked = sql::upload_sessions::mark_parts_stored()
            .bind(&*tx, &parts)
            .await?;
        tx.commit().await?;
        Ok(marked)
    }
}
