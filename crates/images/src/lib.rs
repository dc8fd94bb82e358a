//! Storing, finding and serving pictures.
#![doc = include_str!("../README.md")]

mod conditions;
mod config;
mod delete;
mod download;
mod error;
mod find;
mod idempotency;
mod list;
mod model;
pub mod policy;
mod presets;
mod receive;
mod search;
mod settle;
mod shelf;
mod sql;
mod sweep;
mod text;
mod update;
mod upload;
mod usage;

pub use conditions::{Etag, Etags, IfRange, RangeSpec};
pub use config::Config;
pub use download::{Answer, Download, Fetch};
pub use error::{BodyFault, Error, IdempotencyFault, PreconditionFault};
pub use idempotency::IdempotencyKey;
pub use infravault_imaging::{Camera, Format, Limits, Location, MediaType};
pub use infravault_objects::ObjectStream;
pub use list::{Filter, ListRequest, Sort, SortBy};
pub use model::{Image, State, Visibility};
pub use presets::{Preset, Quality, RenditionLink};
pub use sweep::Swept;
pub use text::{Description, FileName, Tag, Tags, Title, Unfit, Words};
pub use update::Change;
pub use upload::{NewImage, Upload};
pub use usage::Usage;

use infravault_db::Db;
use infravault_objects::Objects;
use std::sync::Arc;
use tokio::sync::Notify;

/// Pictures and everything that is done with them; cheap to clone.
#[derive(Clone, Debug)]
pub struct Images {
    db: Db,
    objects: Objects,
    config: Arc<Config>,
    /// Wakes the sweeper when there is something to delete.
    nudge: Arc<Notify>,
}

impl Images {
    /// Puts the context together.
    #[must_use]
    pub fn new(db: Db, objects: Objects, config: Config) -> Self {
        Self {
            db,
            objects,
            config: Arc::new(config),
            nudge: Arc::default(),
        }
    }

    /// The settings, of which clients must know the limits.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }
}
