//! The handle for sweeping, integrity checks and backups.
mod integrity;
mod inventory;
mod referenced_objects;
mod sweep;
mod upload_sessions;

pub use integrity::{
    Defect, Finding, Findings, IntegrityOptions, IntegrityReport, IntegrityRun, IntegrityRunState,
    LastIntegrityRun, RepairBlocker, Repairs,
};
pub use inventory::{Inventory, InventorySize};
pub use referenced_objects::ReferencedObject;
pub use sweep::SweepReport;

use crate::{Config, Renditions};
use infravault_db::Db;
use infravault_objects::Objects;
use std::{fmt, sync::Arc};
use tokio::sync::Notify;

/// Sweeps, checks and repairs the library. Cheap to clone.
#[derive(Clone)]
pub struct Maintenance {
    pub(crate) db: Db,
    pub(crate) objects: Objects,
    pub(crate) renditions: Renditions,
    pub(crate) config: Arc<Config>,
    pub(crate) wake_sweeper: Arc<Notify>,
}

impl fmt::Debug for Maintenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maintenance").finish_non_exhaustive()
    }
}
