//! Appends bytes to a resumable upload.
use super::chunks::{Checksum, ChunkedReceiver};
use crate::{
    BodyError, Error, UploadError, Uploads,
    model::{SessionState, UploadKind, Uploaded},
    uploads::{
        receive::{CHUNK_BUFFER, pump},
        session::UploadSession,
        task::spawn_detached,
    },
};
use bytes::Bytes;
use futures_util::Stream;
use infravault_kernel::{Ctx, UploadId};
use tokio::sync::mpsc;

#[derive(Clone, Debug, PartialEq)]
pub struct AppendOutcome {
    pub session: UploadSession,
    /// The image, if these were the last bytes.
    pub uploaded: Option<Uploaded>,
}

const FINAL: &str = "A concatenated upload cannot be appended to.";

impl Uploads {
    /// Appends bytes at `offset`, at most `max_len` of them if announced. After the last byte the image is made.
    ///
    /// If the body breaks off, the bytes received so far are kept, and the next request continues there. With a checksum,
    /// all bytes are kept or none.
    pub async fn append(
        &self,
        ctx: &Ctx,
        id: UploadId,
        (offset, max_len): (u64, Option<u64>),
        checksum: Option<Checksum>,
        body: impl Stream<Item = Result<Bytes, BodyError>>,
    ) -> Result<AppendOutcome, Error> {
        let (owner, session) = self.find_session_with_owner(ctx, id).await?;
        check_append(&session, offset, max_len)?;
        let _permit = self.limiter.acquire(owner)?;
        let (sender, chunks) = mpsc::channel(CHUNK_BUFFER);
        let chunked = ChunkedReceiver::new(self.clone(), ctx.clone(), &session, checksum);
        let received = spawn_detached(ctx, chunked.receive(chunks));
        pump(body, sender).await;
        received.await?;
        let session = self.find_upload_session(ctx, id).await?;
        let uploaded = if session.kind == UploadKind::Tus && session.is_complete() {
            Some(self.finish_upload_session(ctx, id).await?)
        } else {
            None
        };
        Ok(AppendOutcome { session, uploaded })
    }
}

fn check_append(session: &UploadSession, offset: u64, max_len: Option<u64>) -> Result<(), Error> {
    if !session.kind.is_tus() {
        return Err(Error::NotFound);
    }
    if session.concat.starts_with("final") {
        return Err(Error::NotYours(FINAL));
    }
    if offset != session.received {
        let received = session.received;
        return Err(UploadError::OffsetMismatch { received }.into());
    }
    if session.state != SessionState::Open && !session.is_complete() {
        return Err(UploadError::Gone.into());
    }
    if max_len.is_some_and(|max| max > session.len - offset) {
        return Err(BodyError::TooLarge { limit: session.len }.into());
    }
    Ok(())
}
