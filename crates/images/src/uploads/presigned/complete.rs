//! Completes presigned uploads.
use crate::{
    Error, UploadError, Uploads,
    model::{SessionState, UploadKind, Uploaded},
    uploads::session::{StoredPart, UploadSession, discard_parts_in, find_session_in, list_parts_in},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use infravault_kernel::{Ctx, FieldError, Scope, UploadId};
use uuid::Uuid;

/// Maximum number of concurrent lookups in the store.
const CONCURRENT_LOOKUPS: usize = 8;

impl Uploads {
    /// Makes an image of the stored parts; `numbers` must be the numbers of all parts in ascending order. If a part is missing
    /// in the store, the session stays open.
    pub async fn complete_presigned_upload(
        &self,
        ctx: &Ctx,
        id: UploadId,
        numbers: Option<&[u64]>,
    ) -> Result<Uploaded, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        let session = UploadSession::from_row(find_session_in(&tx, id).await?, ctx.now())?;
        let parts = list_parts_in(&tx, id).await?;
        drop(tx);
        if session.kind.is_tus() {
            return Err(Error::NotFound);
        }
        if session.state == SessionState::Open {
            check_numbers(session.kind, &parts, numbers)?;
            let stored = stream::iter(parts.iter().filter(|part| !part.acknowledged))
                .map(|part| self.check_stored(ctx, part))
                .buffer_unordered(CONCURRENT_LOOKUPS)
                .try_collect::<Vec<Uuid>>()
                .await?;
            if !stored.is_empty() {
                self.mark_parts_stored(&stored).await?;
            }
        }
        self.finish_upload_session(ctx, id).await
    }

    /// Fails if a part is not in the store. An object of another length got past the signature: it is deleted, and the part
    /// can be sent again.
    async fn check_stored(&self, ctx: &Ctx, part: &StoredPart) -> Result<Uuid, Error> {
        let number = part.position;
        let detail = match self.objects.head(&part.key).await? {
            Some(stat) if stat.len == part.len => return Ok(part.id),
            Some(stat) => {
                let tx = self.db.begin_system().await?;
                discard_parts_in(&tx, ctx.now(), &[part.id]).await?;
                tx.commit().await?;
                format!("Part {number} has {} bytes instead of {}.", stat.len, part.len)
            }
            None => format!("Part {number} is not stored. Store it, then complete the upload again."),
        };
        Err(UploadError::Mismatch(detail).into())
    }
}

fn check_numbers(kind: UploadKind, parts: &[StoredPart], numbers: Option<&[u64]>) -> Result<(), Error> {
    let announced: Vec<u64> = parts.iter().map(|part| part.position).collect();
    let detail = match (kind, numbers) {
        (UploadKind::Parts, None) => "must list the numbers of all parts",
        (_, Some(numbers)) if numbers != announced => {
            "must be the numbers of all announced parts, in ascending order"
        }
        _ => return Ok(()),
    };
    Err(Error::Invalid(vec![FieldError::new("parts", detail)]))
}
