//! What the pipeline needs to know of an upload: a source of bytes that joins its transactions.
use super::reserve::{Reservation, UploadStart};
use crate::{Error, model::Uploaded};
use infravault_db::Tx;
use infravault_kernel::{Ctx, ImageId, Principal};
use infravault_objects::SpooledFile;

pub(super) trait UploadSource: Send {
    /// Reserves quota and the image row, in the first transaction.
    fn reserve_in(
        &mut self,
        ctx: &Ctx,
        tx: &Tx,
        principal: &Principal,
    ) -> impl Future<Output = Result<UploadStart, Error>> + Send;

    /// Returns the image that the same upload became earlier.
    fn replay(&mut self, ctx: &Ctx, image: ImageId) -> impl Future<Output = Result<Uploaded, Error>> + Send;

    /// Receives all bytes.
    fn receive(
        &mut self,
        ctx: &Ctx,
        reservation: &Reservation,
    ) -> impl Future<Output = Result<SpooledFile, Error>> + Send;

    /// Locks rows that are always locked before an image row, in the transactions that finalize and roll back.
    fn lock_in(&self, _tx: &Tx) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }

    /// Joins the second transaction. Fails if the reservation does not belong to this upload any more.
    fn finalize_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        reservation: &Reservation,
        spooled: &SpooledFile,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Joins the transaction that rolls back. `released` is false if the sweeper released the reservation before.
    fn roll_back_in(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        reservation: &Reservation,
        released: bool,
        error: &Error,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}
