//! The handle that finds, lists, changes and deletes images.
mod bulk;
mod delete;
mod download;
mod find;
mod list;
mod search;
mod shelf;
mod similar;
mod trash;
mod update;
mod usage;

pub use bulk::{BulkAction, BulkChange, BulkIds, BulkOutcome, TagChange};
pub use download::{Answer, Download, Fetch};
pub(crate) use find::find_in;
pub use list::{Filter, ListRequest, Sort, SortBy};
pub use similar::Similar;
pub use trash::Trashed;
pub use update::Change;
pub use usage::Usage;

use crate::Config;
use infravault_db::Db;
use infravault_objects::Objects;
use std::{fmt, sync::Arc};
use tokio::sync::Notify;

/// Finds, lists, changes and deletes images; cheap to clone.
#[derive(Clone)]
pub struct Library {
    pub(crate) db: Db,
    pub(crate) objects: Objects,
    pub(crate) config: Arc<Config>,
    pub(crate) wake_sweeper: Arc<Notify>,
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library").finish_non_exhaustive()
    }
}
