//! Taking in bytes of an upload from where it stands.
use super::{OpenUpload, Progress, UploadError, UploadKind, chunks::Taking};
use crate::{
    BodyError, Error, Uploaded, Uploads,
    uploads::receive::{PIECES_UNDER_WAY, pump},
};
use bytes::Bytes;
use futures_util::Stream;
use infravault_kernel::{Ctx, UploadId};
use tokio::sync::mpsc;

/// What `Upload-Checksum` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumAlgorithm {
    /// SHA-1, which shows what was spoilt on the way and nothing else.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// The digest that the bytes of one request must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// How it is computed.
    pub algorithm: ChecksumAlgorithm,
    /// What must come out.
    pub digest: Vec<u8>,
}

/// Where an upload stands after bytes have come.
#[derive(Clone, Debug, PartialEq)]
pub struct Appended {
    /// The upload.
    pub upload: OpenUpload,
    /// The image, if these were the last bytes.
    pub uploaded: Option<Uploaded>,
}

/// What a final upload of a concatenation is answered with.
const FINAL: &str = "This upload was put together from parts; nothing can be added to it.";

impl Uploads {
    /// Takes in bytes that follow those that are there; `at_most` so many, where that was said. When the last ones are
    /// there, the image is made.
    ///
    /// What has come is kept when the rest does not: the next request continues there. With a checksum all or nothing is
    /// kept.
    pub async fn append(
        &self,
        ctx: &Ctx,
        id: UploadId,
        (at, at_most): (u64, Option<u64>),
        checksum: Option<Checksum>,
        body: impl Stream<Item = Result<Bytes, BodyError>>,
    ) -> Result<Appended, Error> {
        let (owner, upload) = self.find_with_owner(ctx, id).await?;
        check(&upload, at, at_most)?;
        let _place = self.in_flight.enter(owner)?;
        let (sender, bytes) = mpsc::channel(PIECES_UNDER_WAY);
        let taking = Taking::new(self.clone(), ctx.clone(), &upload, checksum);
        // A task of its own, so that what has come is kept when the client goes away.
        let task = tokio::spawn(taking.run(bytes));
        pump(body, sender).await;
        task.await.unwrap_or_else(|error| {
            slog::error!(ctx.log, "taking in bytes ended without an answer"; "error" => %error);
            Err(BodyError::GivenUp.into())
        })?;
        let upload = self.find_upload(ctx, id).await?;
        let whole = upload.kind == UploadKind::Tus && upload.is_whole();
        let uploaded = if whole {
            Some(self.finish_upload(ctx, id).await?)
        } else {
            None
        };
        Ok(Appended { upload, uploaded })
    }
}

fn check(upload: &OpenUpload, at: u64, at_most: Option<u64>) -> Result<(), Error> {
    if !upload.kind.is_tus() {
        return Err(Error::NotFound);
    }
    if upload.concat.starts_with("final") {
        return Err(Error::NotYours(FINAL));
    }
    if at != upload.received {
        let received = upload.received;
        return Err(UploadError::Offset { received }.into());
    }
    if upload.progress != Progress::Open && !upload.is_whole() {
        return Err(UploadError::Gone.into());
    }
    if at_most.is_some_and(|most| most > upload.len - at) {
        return Err(BodyError::TooLarge { limit: upload.len }.into());
    }
    Ok(())
}
