//! The handle that receives images.
mod deduplicate;
mod finalize;
mod idempotency;
mod permits;
mod pipeline;
mod presigned;
mod receive;
mod request;
mod reserve;
mod resumable;
mod session;
mod source;
mod task;
mod upload;

pub use idempotency::IdempotencyKey;
pub use presigned::{Part, PartHeaders, PartSignature, PutTarget, SignedPart};
pub use request::UploadRequest;
pub use resumable::{AppendOutcome, Checksum, ChecksumAlgorithm};
pub use session::{NewUploadSession, UploadSession};

use crate::{Config, Library, signer::Signer};
use infravault_db::Db;
use infravault_objects::Objects;
use permits::UploadLimiter;
use std::{fmt, sync::Arc};
use tokio::sync::Notify;

/// Receives images; cheap to clone.
#[derive(Clone)]
pub struct Uploads {
    db: Db,
    objects: Objects,
    library: Library,
    signer: Arc<Signer>,
    config: Arc<Config>,
    wake_sweeper: Arc<Notify>,
    limiter: Arc<UploadLimiter>,
}

impl Uploads {
    pub(crate) fn new(library: Library, signer: Arc<Signer>) -> Self {
        Self {
            db: library.db.clone(),
            objects: library.objects.clone(),
            signer,
            limiter: Arc::new(UploadLimiter::new(&library.config)),
            config: Arc::clone(&library.config),
            wake_sweeper: Arc::clone(&library.wake_sweeper),
            library,
        }
    }
}

impl fmt::Debug for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploads").finish_non_exhaustive()
    }
}
