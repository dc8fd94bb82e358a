//! The handle for finding, listing, updating and deleting images.
mod bulk;
mod delete;
mod download;
mod find;
mod list;
mod list_queries;
mod list_request;
mod search;
mod similar;
mod trash;
mod update;
mod usage;

pub use bulk::{BulkAction, BulkChange, BulkIds, BulkOutcome, TagChange};
pub use download::Original;
pub(crate) use find::find_in;
pub use list_request::{Filter, ListRequest, Sort, SortBy};
pub use similar::SimilarImage;
pub use trash::TrashedImage;
pub use update::MetadataUpdate;
pub use usage::Usage;

use crate::Config;
use infravault_db::Db;
use infravault_objects::Objects;
use std::{fmt, sync::Arc};
use tokio::sync::Notify;

/// Finds, lists, updates and deletes images. Cheap to clone.
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
