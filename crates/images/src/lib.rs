//! Storing, finding and serving pictures.
#![doc = include_str!("../README.md")]

mod bulk;
mod conditions;
mod config;
mod delete;
mod download;
mod error;
mod find;
mod idempotency;
mod in_flight;
mod integrity;
mod library;
mod list;
mod model;
mod named;
pub mod policy;
mod presets;
mod process;
mod receive;
mod renditions;
mod search;
mod settle;
mod shelf;
mod similar;
mod sql;
mod sweep;
mod text;
mod trash;
mod update;
mod upload;
mod uploads;
mod usage;

pub use bulk::{BulkAction, BulkChange, BulkIds, BulkOutcome, TagChange};
pub use conditions::{Etag, Etags, IfRange, RangeSpec};
pub use config::Config;
pub use download::{Answer, Download, Fetch};
pub use error::{BodyFault, Error, IdempotencyFault, PreconditionFault, RenditionFault};
pub use idempotency::IdempotencyKey;
pub use infravault_imaging::{Camera, Format, Limits, Location, MediaType};
pub use infravault_objects::ObjectStream;
pub use integrity::{Check, Fault, Finding, Findings, LastRun, Outcome, Repaired, Report, Run};
pub use library::{Library, LibrarySize};
pub use list::{Filter, ListRequest, Sort, SortBy};
pub use model::{Image, State, Visibility};
pub use named::NamedObject;
pub use presets::{Preset, Quality, RenditionLink};
pub use renditions::{
    Accepted, Ask, Choice, FormatCount, Prune, Pruned, Rendered, Served, SignedTransform, SignedUrl,
    Transform,
};
pub use similar::Similar;
pub use sweep::Swept;
pub use text::{Description, FileName, Tag, Tags, Title, Unfit, Words};
pub use trash::Trashed;
pub use update::Change;
pub use upload::{NewImage, Upload, Uploaded};
pub use uploads::{
    Appended, Checksum, ChecksumAlgorithm, OpenUpload, Opening, Part, PieceUrl, Progress, PutTarget, Sent,
    SignedPart, UploadFault, UploadKind,
};
pub use usage::Usage;

use in_flight::InFlight;
use infravault_cage::Cage;
use infravault_db::Db;
use infravault_kernel::Secret;
use infravault_objects::Objects;
use renditions::Workshop;
use std::{fmt, sync::Arc};
use tokio::sync::Notify;

/// Pictures and everything that is done with them; cheap to clone.
#[derive(Clone)]
pub struct Images {
    db: Db,
    objects: Objects,
    /// Where pictures are decoded; nothing else decodes any.
    cage: Cage,
    /// What is known of renditions in this process.
    workshop: Arc<Workshop>,
    config: Arc<Config>,
    /// Wakes the sweeper when there is something to delete.
    nudge: Arc<Notify>,
    /// Bodies under way.
    in_flight: Arc<InFlight>,
}

impl Images {
    /// Puts the context together. The last of the keys signs addresses of transforms, all of them verify.
    #[must_use]
    pub fn new(
        db: Db,
        objects: Objects,
        cage: Cage,
        url_keys: Vec<(String, Secret<[u8; 32]>)>,
        config: Config,
    ) -> Self {
        Self {
            db,
            objects,
            cage,
            workshop: Arc::new(Workshop::new(url_keys, &config)),
            in_flight: Arc::new(InFlight::new(&config)),
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

impl fmt::Debug for Images {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Images")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
