//! Storing, finding and serving images.
#![doc = include_str!("../README.md")]
#![expect(missing_docs, reason = "a context crate: names and types document most items")]

mod config;
mod deletion_lock;
mod error;
mod failure_code;
mod library;
mod maintenance;
mod model;
pub mod policy;
mod references;
mod renditions;
mod selection;
mod signer;
mod sql;
mod text;
mod uploads;

pub use config::Config;
pub use error::{BodyError, Error, IdempotencyError, PreconditionError, RenditionError, UploadError};
pub use failure_code::FailureCode;
pub use infravault_imaging::{Camera, Format, Limits, Location, MediaType};
pub use infravault_objects::ObjectStream;
pub use library::{
    BulkAction, BulkChange, BulkIds, BulkOutcome, Filter, Library, ListRequest, MetadataUpdate, Original,
    SimilarImage, Sort, SortBy, TagChange, TrashedImage, Usage,
};
pub use maintenance::{
    Defect, Finding, Findings, IntegrityOptions, IntegrityReport, IntegrityRun, IntegrityRunState, Inventory,
    InventorySize, LastIntegrityRun, Maintenance, ReferencedObject, RepairBlocker, Repairs, SweepReport,
};
pub use model::{Image, NewImage, SessionState, State, UploadKind, Uploaded, Visibility};
pub use renditions::{
    AcceptedFormats, FormatChoice, FormatUsage, Preset, PruneOptions, PruneReport, Quality, RenditionBody,
    RenditionLink, RenditionRequest, RenditionResponse, Renditions, SignedTransform, SignedUrl, Transform,
};
pub use selection::Selection;
pub use text::{Description, FileName, Tag, Tags, Title, ValidationError, Words};
pub use uploads::{
    AppendOutcome, Checksum, ChecksumAlgorithm, IdempotencyKey, NewUploadSession, Part, PartHeaders,
    PartSignature, PutTarget, SignedPart, UploadRequest, UploadSession, Uploads,
};

use infravault_db::Db;
use infravault_kernel::Secret;
use infravault_objects::Objects;
use infravault_sandbox::Sandbox;
use std::sync::Arc;
use tokio::sync::Notify;

/// The handles of the image library; cheap to clone.
#[derive(Clone, Debug)]
pub struct Images {
    pub library: Library,
    pub uploads: Uploads,
    pub renditions: Renditions,
    pub maintenance: Maintenance,
    pub config: Arc<Config>,
}

impl Images {
    /// Wires the handles. The last key signs URLs, and all keys verify them.
    #[must_use]
    pub fn new(
        db: Db,
        objects: Objects,
        sandbox: Sandbox,
        url_keys: Vec<(String, Secret<[u8; 32]>)>,
        config: Config,
    ) -> Self {
        let config = Arc::new(config);
        let wake_sweeper = Arc::new(Notify::new());
        let library = Library {
            db: db.clone(),
            objects: objects.clone(),
            config: Arc::clone(&config),
            wake_sweeper: Arc::clone(&wake_sweeper),
        };
        let renditions = Renditions::new(library.clone(), sandbox, url_keys);
        Self {
            uploads: Uploads::new(library.clone(), renditions.signer()),
            maintenance: Maintenance {
                db,
                objects,
                renditions: renditions.clone(),
                config: Arc::clone(&config),
                wake_sweeper,
            },
            library,
            renditions,
            config,
        }
    }
}
