//! When renditions were asked for last: noted in memory, written down now and then.
use super::Key;
use crate::{
    Error, Renditions,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, ImageId};
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};
use time::Date;

/// Most renditions that are noted until the next writing; what comes then is noted later.
const MOST: usize = 20_000;

/// Renditions that were asked for today and whose rows do not say so yet.
#[derive(Debug, Default)]
pub(super) struct Used(Mutex<HashSet<Key>>);

impl Used {
    /// Notes a use. Once a day and rendition there is something to note.
    pub(super) fn note(&self, image: ImageId, variant: &[u8], used_on: Date, today: Date) {
        if used_on >= today {
            return;
        }
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() < MOST {
            used.insert((image, variant.to_vec()));
        }
    }

    fn take(&self) -> HashSet<Key> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Renditions {
    /// Writes down which renditions were asked for since the last time. Called about once a minute. What is lost in a
    /// failure is noted again by the next request.
    pub async fn note_use(&self, ctx: &Ctx) -> Result<(), Error> {
        let used = self.state.used.take();
        if used.is_empty() {
            return Ok(());
        }
        let mut used: Vec<Key> = used.into_iter().collect();
        used.sort_unstable_by(|one, other| (one.0.uuid(), &one.1).cmp(&(other.0.uuid(), &other.1)));
        let params = sql::renditions::NoteUseParams {
            today: ctx.now().date(),
            images: used.iter().map(|(image, _)| image.uuid()).collect::<Vec<_>>(),
            variants: used
                .iter()
                .map(|(_, variant)| variant.as_slice())
                .collect::<Vec<_>>(),
        };
        let tx = self.db.begin_system().await?;
        sql::renditions::note_use().params(&*tx, &params).await?;
        Ok(tx.commit().await?)
    }
}
