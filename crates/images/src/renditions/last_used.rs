//! The day of the last request of each rendition: collected in memory, written to the database every minute.
use super::RenditionKey;
use crate::{
    Error, Renditions,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, ImageId};
use std::{
    collections::HashSet,
    mem,
    sync::{Mutex, PoisonError},
};
use time::Date;

/// Further renditions are recorded by a later request.
const MAX_PENDING: usize = 20_000;

/// Renditions that were requested today and whose rows have an earlier day.
#[derive(Debug, Default)]
pub(super) struct LastUsed(Mutex<HashSet<RenditionKey>>);

impl LastUsed {
    pub(super) fn record(&self, image: ImageId, variant: &[u8], last_used: Date, today: Date) {
        if last_used >= today {
            return;
        }
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() < MAX_PENDING {
            pending.insert((image, variant.to_vec()));
        }
    }

    fn drain(&self) -> HashSet<RenditionKey> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Renditions {
    /// Writes the collected days to the database. What an error loses is recorded again by the next request.
    pub async fn flush_last_used(&self, ctx: &Ctx) -> Result<(), Error> {
        let mut used: Vec<RenditionKey> = self.state.last_used.drain().into_iter().collect();
        if used.is_empty() {
            return Ok(());
        }
        used.sort_unstable_by(|one, other| (one.0.uuid(), &one.1).cmp(&(other.0.uuid(), &other.1)));
        let params = sql::renditions::UpdateLastUsedParams {
            today: ctx.now().date(),
            images: used.iter().map(|(image, _)| image.uuid()).collect::<Vec<_>>(),
            variants: used
                .iter()
                .map(|(_, variant)| variant.as_slice())
                .collect::<Vec<_>>(),
        };
        let tx = self.db.begin_system().await?;
        sql::renditions::update_last_used().params(&*tx, &params).await?;
        Ok(tx.commit().await?)
    }
}
