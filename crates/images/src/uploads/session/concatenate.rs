//! Concatenates tus uploads (tus 1.0, concatenation extension).
use super::{NewUploadSession, PART_MEDIA_TYPE, UploadSession, find_session_in, lock_session_in};
use crate::{
    Error, UploadError, Uploads,
    model::{NewImage, SessionState, UploadKind},
    sql::{self, Params, number},
};
use infravault_db::Tx;
use infravault_kernel::{Ctx, FieldError, Id, Scope, UploadId};
use std::collections::BTreeMap;

impl Uploads {
    /// Concatenates partial uploads in this order into one session, which takes over their parts and reserved bytes. A
    /// repeated call returns the same session.
    pub async fn concatenate_uploads(
        &self,
        ctx: &Ctx,
        image: NewImage,
        partials: &[UploadId],
        (metadata, concat): (String, String),
    ) -> Result<UploadSession, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let principal = actor.require_scope(Scope::ImagesWrite)?;
        let rows = lock_partials_in(&tx, partials).await?;
        if let Some(joined) = joined_session(&rows) {
            let session = UploadSession::from_row(find_session_in(&tx, joined).await?, ctx.now())?;
            let len: i64 = rows.iter().map(|row| row.declared_bytes).sum();
            return if number::<_, i64>(session.len)? == len && session.concat == concat {
                Ok(session)
            } else {
                Err(UploadError::Gone.into())
            };
        }
        let (mut len, mut reserved) = (0_u64, 0_u64);
        for row in rows {
            reserved += number::<_, u64>(row.reserved_bytes)?;
            len += complete_len(&UploadSession::from_row(row, ctx.now())?)?;
        }
        self.check_len(len)?;
        let new = NewUploadSession {
            image,
            declared_type: PART_MEDIA_TYPE.to_owned(),
            len,
            digest: None,
            kind: UploadKind::Tus,
            metadata,
            concat,
        };
        let id = self
            .insert_session_in(&tx, ctx, principal, &new, reserved)
            .await?;
        self.move_parts_in(&tx, ctx, id, partials).await?;
        let session = UploadSession::from_row(find_session_in(&tx, id).await?, ctx.now())?;
        tx.commit().await?;
        Ok(session)
    }

    async fn move_parts_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        into: UploadId,
        partials: &[UploadId],
    ) -> Result<(), Error> {
        let (into, mut base) = (into.uuid(), 0);
        for partial in partials {
            let row = find_session_in(tx, *partial).await?;
            let id = partial.uuid();
            let params = sql::upload_sessions::MovePartsParams { into, base, id };
            sql::upload_sessions::move_parts().params(&**tx, &params).await?;
            let expires = ctx.now() + self.config.upload_expiry;
            let params = sql::upload_sessions::JoinSessionParams { into, expires, id };
            sql::upload_sessions::join_session()
                .params(&**tx, &params)
                .await?;
            base += row.declared_bytes;
        }
        let params = sql::upload_sessions::SetReceivedParams {
            received: base,
            id: into,
        };
        sql::upload_sessions::set_received()
            .params(&**tx, &params)
            .await?;
        Ok(())
    }
}

/// Locks the rows in the order of their ids, so that overlapping concatenations cannot deadlock. Returns them in the order
/// of the partial uploads.
async fn lock_partials_in(
    tx: &Tx,
    partials: &[UploadId],
) -> Result<Vec<sql::upload_sessions::SessionRow>, Error> {
    let mut locked: BTreeMap<UploadId, Option<_>> = partials.iter().map(|id| (*id, None)).collect();
    if partials.is_empty() || locked.len() != partials.len() {
        return Err(invalid("must name each partial upload once"));
    }
    for (id, row) in &mut locked {
        *row = Some(lock_session_in(tx, *id).await?);
    }
    let rows = partials.iter().filter_map(|id| locked.remove(id).flatten());
    Ok(rows.collect())
}

/// The session that all of these were concatenated into.
fn joined_session(rows: &[sql::upload_sessions::SessionRow]) -> Option<UploadId> {
    let joined = rows.first()?.joined_into?;
    rows.iter()
        .all(|row| row.joined_into == Some(joined))
        .then(|| UploadId::from_uuid(joined))
}

/// The length of a partial upload that is open and complete.
fn complete_len(partial: &UploadSession) -> Result<u64, Error> {
    if partial.kind != UploadKind::TusPartial {
        return Err(invalid("names an upload that is not partial"));
    }
    if partial.state != SessionState::Open {
        return Err(UploadError::Gone.into());
    }
    if !partial.is_complete() {
        let detail = format!(
            "The partial upload {} has {} of {} bytes. Send the remaining bytes first.",
            partial.id, partial.received, partial.len
        );
        return Err(UploadError::Mismatch(detail).into());
    }
    Ok(partial.len)
}

fn invalid(detail: &str) -> Error {
    Error::Parameter(FieldError::new("Upload-Concat", detail))
}
