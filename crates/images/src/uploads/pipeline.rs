//! The upload that loses nothing: admit, promise, receive, look, store, settle, answer.
use crate::{
    BodyError, Description, Error, FileName, IdempotencyKey, Image, Tags, Title, Uploads, Visibility,
    sql::{self, Params, number},
    uploads::finalize::{Failed, Left, Settling},
    uploads::idempotency::Claim,
    uploads::permits::Place,
    uploads::receive::{PIECES_UNDER_WAY, Piece, inspect, pump, receive},
};
use bytes::Bytes;
use futures_util::{Stream, try_join};
use infravault_db::Tx;
use infravault_imaging::ImageInfo;
use infravault_kernel::{AccessError, AccountId, Ctx, Id, ImageId, Scope, Sha256, crash_point};
use infravault_objects::{ObjectKey, Spool, SpooledFile};
use time::OffsetDateTime;
use tokio::sync::mpsc::{self, Receiver};
use uuid::Uuid;

/// What is said about a new image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImage {
    /// What the file is called.
    pub file_name: FileName,
    /// Its title; without one the file name's stem.
    pub title: Option<Title>,
    /// Its description.
    pub description: Description,
    /// Its tags.
    pub tags: Tags,
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether the place is kept where it was taken, for its owner alone.
    pub keep_location: bool,
}

/// An upload as it was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// What is said about the image.
    pub image: NewImage,
    /// The media type that the client declared. It decides nothing.
    pub declared_type: String,
    /// At least so many bytes will come: reserved from the quota until it is known how many.
    pub at_least: u64,
    /// At most so many bytes will come, where that was said.
    pub at_most: Option<u64>,
    /// Makes sending it twice harmless.
    pub key: Option<IdempotencyKey>,
    /// The SHA-256 that the bytes must have.
    pub digest: Option<Sha256>,
}

/// An image that was taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct Uploaded {
    /// The image.
    pub image: Image,
    /// The oldest other image of the same owner with the same bytes.
    pub duplicate_of: Option<ImageId>,
}

/// How often another image with the same bytes is looked for, when the one that was found is removed meanwhile.
const LOOKS: usize = 3;

/// A promise made in the first transaction: a row `pending`, and quota kept for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Promise {
    pub(crate) id: ImageId,
    pub(crate) attempt: Uuid,
    pub(crate) owner: AccountId,
    pub(crate) reserved: i64,
}

impl Promise {
    pub(crate) fn object(&self) -> ObjectKey {
        ObjectKey::Original {
            image: self.id,
            attempt: self.attempt,
        }
    }
}

/// Another image of the same owner with the same bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Twin {
    pub(crate) id: ImageId,
    /// Where its bytes are.
    key: ObjectKey,
}

/// What the first transaction found.
enum Begun {
    /// A new image is promised.
    New(Promise),
    /// The same key has finished an upload before.
    Again {
        image: ImageId,
        fingerprint: Option<Vec<u8>>,
    },
}

impl Uploads {
    /// Takes in an image. When this returns it, it is stored, whatever is killed afterwards.
    ///
    /// The work goes on in a task of its own when the caller goes away: either the image is stored, or what was
    /// promised to it is taken back.
    pub async fn upload(
        &self,
        ctx: &Ctx,
        upload: Upload,
        body: impl Stream<Item = Result<Bytes, BodyError>>,
    ) -> Result<Uploaded, Error> {
        let spool = self.admit(ctx, &upload)?;
        let (sender, pieces) = mpsc::channel(PIECES_UNDER_WAY);
        let task = tokio::spawn(run(self.clone(), ctx.clone(), upload, spool, pieces));
        pump(body, sender).await;
        task.await.unwrap_or_else(|error| {
            slog::error!(ctx.log, "an upload's task ended without an answer"; "error" => %error);
            Err(BodyError::GivenUp.into())
        })
    }

    /// Refuses who may not upload at all, for those who go to some trouble before they do.
    pub async fn may_upload(&self, ctx: &Ctx) -> Result<(), Error> {
        let (_, actor) = self.db.begin(ctx).await?;
        actor.require_scope(Scope::ImagesWrite)?;
        Ok(())
    }

    /// Step 1: what can be refused without asking anybody.
    fn admit(&self, ctx: &Ctx, upload: &Upload) -> Result<Spool, Error> {
        if ctx.credential == infravault_kernel::Credential::Anonymous {
            return Err(AccessError::AuthenticationRequired.into());
        }
        let limit = self.config.max_upload_bytes;
        if upload.at_least > limit {
            return Err(BodyError::TooLarge { limit }.into());
        }
        Ok(self
            .objects
            .spool(upload.at_most.map_or(limit, |most| most.min(limit)))?)
    }

    /// Step 2, the first transaction: idempotency key, quota, row.
    async fn begin_upload(&self, ctx: &Ctx, upload: &Upload) -> Result<(Begun, Place), Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ImagesWrite)?;
        let place = self.in_flight.enter(person.account)?;
        let promise = Promise {
            id: ctx.new_id(),
            attempt: uuid::Builder::from_random_bytes(ctx.random()).into_uuid(),
            owner: person.account,
            reserved: number(upload.at_least)?,
        };
        if let Some(key) = &upload.key {
            let claim = self
                .claim_key_in(&tx, promise.owner, key, promise.id, ctx.now())
                .await?;
            if let Claim::Finished { image, fingerprint } = claim {
                return Ok((Begun::Again { image, fingerprint }, place));
            }
        }
        let reserve = sql::upload::ReserveBytesParams {
            owner: promise.owner.uuid(),
            declared: promise.reserved,
            quota: person.quota_bytes,
        };
        let reserve_bytes = sql::upload::reserve_bytes();
        let (reserved, ()) = try_join!(
            reserve_bytes.params(&*tx, &reserve),
            insert_pending_in(&tx, &promise, &upload.image, ctx.now())
        )?;
        if reserved == 0 {
            return Err(quota_exceeded(person.quota_bytes));
        }
        crash_point("before-t1");
        tx.commit().await?;
        crash_point("after-t1");
        Ok((Begun::New(promise), place))
    }

    /// Steps 3 to 6, of which each failure says what may be left of it. Bytes that the owner has already are not stored
    /// again. Two uploads of the same bytes at the same moment may both store them, because neither sees the other.
    async fn deliver(
        &self,
        ctx: &Ctx,
        upload: &Upload,
        promise: &Promise,
        spool: Spool,
        pieces: &mut Receiver<Piece>,
    ) -> Result<Uploaded, Failed> {
        let nothing = |error| Failed::leaving(Left::Nothing, error);
        let (spooled, facts) = self.take_in(upload, spool, pieces).await.map_err(nothing)?;
        let settling = Settling {
            upload,
            promise,
            spooled: &spooled,
            facts: &facts,
            finishes: None,
        };
        self.keep_upload(ctx, &settling).await
    }

    /// Steps 5 and 6, when it is known what the bytes are.
    pub(crate) async fn keep_upload(&self, ctx: &Ctx, settling: &Settling<'_>) -> Result<Uploaded, Failed> {
        let Settling {
            promise,
            spooled,
            facts,
            ..
        } = *settling;
        let sha256 = spooled.sha256();
        for _ in 0..LOOKS {
            let same = self.find_same(ctx, promise.owner, sha256, promise.id).await;
            let Some(twin) = same.map_err(|error| Failed::leaving(Left::Nothing, error))? else {
                break;
            };
            // These bytes may be sent because those are lost.
            let there = self.objects.head(&twin.key).await;
            let there = there.map_err(|error| Failed::leaving(Left::Nothing, error))?;
            if there.is_none_or(|stat| stat.len != spooled.len()) {
                break;
            }
            if let Some(image) = self.settle_duplicate(ctx, settling, twin.id).await? {
                let duplicate_of = Some(twin.id);
                return Ok(Uploaded { image, duplicate_of });
            }
        }
        self.objects
            .store(&promise.object(), spooled, facts.media_type.as_str())
            .await
            .map_err(|error| Failed::leaving(Left::Object, error))?;
        crash_point("after-store");
        Ok(Uploaded {
            image: self.settle(ctx, settling).await?,
            duplicate_of: None,
        })
    }

    /// The oldest other image of an owner, who asks, with these bytes.
    pub(crate) async fn find_same(
        &self,
        ctx: &Ctx,
        owner: AccountId,
        sha256: Sha256,
        besides: ImageId,
    ) -> Result<Option<Twin>, Error> {
        let params = sql::upload::FindSameParams {
            sha256: sha256.bytes().as_slice(),
            owner: owner.uuid(),
            besides: besides.uuid(),
            marks: crate::maintenance::MARKS.as_slice(),
        };
        let (_, found) = self
            .db
            .read(
                ctx,
                async |client| sql::upload::find_same().prepare(client).await,
                async |client, find| find.params(client, &params).opt().await,
            )
            .await?;
        Ok(found.map(|row| Twin {
            id: ImageId::from_uuid(row.id),
            key: ObjectKey::Original {
                image: ImageId::from_uuid(row.stored_as),
                attempt: row.attempt,
            },
        }))
    }

    /// Steps 3 and 4: the bytes, and what they are.
    async fn take_in(
        &self,
        upload: &Upload,
        spool: Spool,
        pieces: &mut Receiver<Piece>,
    ) -> Result<(SpooledFile, ImageInfo), Error> {
        let spooled = receive(spool, pieces, &self.config).await?;
        if upload.digest.is_some_and(|digest| digest != spooled.sha256()) {
            return Err(BodyError::DigestMismatch.into());
        }
        let facts = inspect(&spooled, &self.config.limits).await?;
        Ok((spooled, facts))
    }
}

/// The steps that must go on, or be undone, when nobody waits for the answer any more.
async fn run(
    images: Uploads,
    ctx: Ctx,
    upload: Upload,
    spool: Spool,
    mut pieces: Receiver<Piece>,
) -> Result<Uploaded, Error> {
    let (begun, _place) = images.begin_upload(&ctx, &upload).await?;
    let promise = match begun {
        Begun::New(promise) => promise,
        Begun::Again { image, fingerprint } => {
            let body = receive(spool, &mut pieces, &images.config).await?.sha256();
            return images
                .replay(&ctx, &upload, body, image, fingerprint.as_deref())
                .await;
        }
    };
    match images.deliver(&ctx, &upload, &promise, spool, &mut pieces).await {
        Ok(uploaded) => {
            crash_point("before-answer");
            Ok(uploaded)
        }
        Err(failed) => Err(images.take_back(&ctx, &promise, failed).await),
    }
}

/// The row of an image whose bytes are still to come.
pub(crate) async fn insert_pending_in(
    tx: &Tx,
    promise: &Promise,
    image: &NewImage,
    now: OffsetDateTime,
) -> Result<(), deadpool_postgres::tokio_postgres::Error> {
    let default_title = Title::of_file(&image.file_name);
    let row = sql::upload::InsertPendingParams {
        id: promise.id.uuid(),
        owner: promise.owner.uuid(),
        attempt: promise.attempt,
        visibility: image.visibility.into(),
        title: image.title.as_ref().unwrap_or(&default_title).as_str(),
        description: image.description.as_str(),
        tags: image.tags.as_slice(),
        file_name: image.file_name.as_str(),
        keep_location: image.keep_location,
        reserved: promise.reserved,
        now,
    };
    sql::upload::insert_pending().params(&**tx, &row).await?;
    Ok(())
}

pub(crate) fn quota_exceeded(quota_bytes: i64) -> Error {
    Error::QuotaExceeded { quota_bytes }
}
