//! Reservations: the image row and the quota that an upload holds before its bytes arrive.
use crate::{
    Error, NewImage, Title,
    sql::{self, Params},
};
use deadpool_postgres::tokio_postgres;
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id, ImageId, Principal};
use infravault_objects::ObjectKey;
use uuid::Uuid;

/// A `pending` image row and the quota reserved for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reservation {
    pub(super) image: ImageId,
    pub(super) attempt: Uuid,
    pub(super) owner: AccountId,
    pub(super) bytes: i64,
}

impl Reservation {
    pub(super) fn new(ctx: &Ctx, owner: AccountId, bytes: i64) -> Self {
        Self {
            image: ctx.new_id(),
            attempt: uuid::Builder::from_random_bytes(ctx.random()).into_uuid(),
            owner,
            bytes,
        }
    }

    pub(super) fn object(&self) -> ObjectKey {
        ObjectKey::Original {
            image: self.image,
            attempt: self.attempt,
        }
    }
}

/// Outcome of the first transaction.
pub(super) enum UploadStart {
    Reserved(Reservation),
    /// The upload was finished earlier as this image.
    Finished(ImageId),
}

/// What a failed upload may have left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cleanup {
    /// Only the reservation: its row can be deleted.
    Row,
    /// The reservation, and perhaps an object: the sweeper deletes both.
    Object,
    /// The outcome of the last COMMIT is unknown: nothing may be deleted, and the sweeper decides by the row.
    LeaveToSweeper,
}

/// Reserves bytes of the account's quota.
pub(super) async fn reserve_bytes_in(tx: &Tx, principal: &Principal, bytes: i64) -> Result<(), Error> {
    let params = sql::upload::ReserveBytesParams {
        owner: principal.account.uuid(),
        declared: bytes,
        quota: principal.quota_bytes,
    };
    if sql::upload::reserve_bytes().params(&**tx, &params).await? == 0 {
        return Err(quota_exceeded(principal));
    }
    Ok(())
}

pub(super) fn quota_exceeded(principal: &Principal) -> Error {
    Error::QuotaExceeded {
        quota_bytes: principal.quota_bytes,
    }
}

/// Inserts the row of an image whose bytes have not arrived yet.
pub(super) async fn insert_pending_in(
    tx: &Tx,
    ctx: &Ctx,
    reservation: &Reservation,
    image: &NewImage,
) -> Result<(), Error> {
    let default_title = Title::of_file(&image.file_name);
    let row = sql::upload::InsertPendingParams {
        id: reservation.image.uuid(),
        owner: reservation.owner.uuid(),
        attempt: reservation.attempt,
        visibility: image.visibility.into(),
        title: image.title.as_ref().unwrap_or(&default_title).as_str(),
        description: image.description.as_str(),
        tags: image.tags.as_slice(),
        file_name: image.file_name.as_str(),
        keep_location: image.keep_location,
        reserved: reservation.bytes,
        now: ctx.now(),
    };
    sql::upload::insert_pending().params(&**tx, &row).await?;
    Ok(())
}

/// Deletes the pending row, or leaves it to the sweeper if an object may be stored. Returns false if the sweeper released
/// the reservation before.
pub(super) async fn delete_pending_in(
    tx: &Tx,
    ctx: &Ctx,
    reservation: &Reservation,
    cleanup: Cleanup,
) -> Result<bool, Error> {
    let (id, attempt) = (reservation.image.uuid(), reservation.attempt);
    if cleanup == Cleanup::Row {
        let params = sql::upload::DeletePendingParams { id, attempt };
        return Ok(sql::upload::delete_pending().params(&**tx, &params).await? == 1);
    }
    let abandoned = abandon_pending_in(tx, ctx, id, attempt).await?;
    if !abandoned {
        let now = ctx.now();
        let params = sql::upload::RequeueDeletionParams { now, id, attempt };
        sql::upload::requeue_deletion().params(&**tx, &params).await?;
    }
    Ok(abandoned)
}

/// Leaves a pending row to the sweeper. Returns false if the row is not pending any more.
pub(super) async fn abandon_pending_in(tx: &Tx, ctx: &Ctx, id: Uuid, attempt: Uuid) -> Result<bool, Error> {
    let now = ctx.now();
    let params = sql::upload::AbandonPendingParams { now, id, attempt };
    Ok(sql::upload::abandon_pending().params(&**tx, &params).await? == 1)
}

/// Returns reserved bytes to the account's quota.
pub(super) async fn release_bytes_in(
    tx: &Tx,
    owner: AccountId,
    reserved: i64,
) -> Result<(), tokio_postgres::Error> {
    if reserved > 0 {
        let owner = owner.uuid();
        let params = sql::upload::ReleaseBytesParams { reserved, owner };
        sql::upload::release_bytes().params(&**tx, &params).await?;
    }
    Ok(())
}
