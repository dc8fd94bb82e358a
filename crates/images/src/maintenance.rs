//! The handle that sweeps, checks and repairs.
mod integrity;
mod inventory;
mod referenced;
mod sweep;
mod upload_sessions;

pub use integrity::{
    Check, Defect, Finding, Findings, LastRun, Outcome, RepairBlocker, Repaired, Report, Run,
};
pub(crate) use inventory::may_delete_in;
pub use inventory::{Inventory, InventorySize};
pub use referenced::ReferencedObject;
pub use sweep::Swept;

use crate::{Config, Renditions};
use infravault_db::Db;
use infravault_objects::Objects;
use std::{fmt, sync::Arc};
use tokio::sync::Notify;

/// Sweeps, checks and repairs; cheap to clone.
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
