//! The report of an integrity check. The database stores it as JSON.
use serde::{Deserialize, Serialize};
use std::fmt;

const MAX_EXAMPLES: usize = 20;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntegrityReport {
    /// Originals and renditions in the store.
    pub objects: u64,
    pub bytes: u64,
    /// Objects with a row.
    pub referenced: u64,
    /// Objects whose digest was compared.
    pub read: u64,
    /// Objects without a row.
    pub orphans: Findings,
    /// Orphans that are too recent to be deleted.
    pub recently_stored: u64,
    /// Rows without an object.
    pub missing: Findings,
    /// Objects with a length or digest that differs from their row.
    pub mismatching: Findings,
    pub repaired: Repairs,
    /// Why parts of the repair were not attempted.
    pub blocked_by: Vec<RepairBlocker>,
}

/// Why a part of the repair was not attempted: the store and the database do not seem to belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RepairBlocker {
    TooManyOrphans,
    TooManyLostOriginals,
}

impl fmt::Display for RepairBlocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooManyOrphans => {
                "more objects are unreferenced than referenced, so none was deleted: check that this is the right database"
            }
            Self::TooManyLostOriginals => {
                "more originals are missing or damaged than intact, so no image was marked: check that this is the right store"
            }
        })
    }
}

/// Defects of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    pub count: u64,
    /// The first ones.
    pub examples: Vec<Finding>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Path of the object in the store.
    pub path: String,
    pub defect: Defect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    Unreferenced,
    /// Unreferenced, but too recent to be deleted.
    RecentlyStored,
    /// The path is not a key of this application.
    UnknownPath,
    Missing,
    WrongLength {
        found: u64,
        expected: u64,
    },
    WrongDigest,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repairs {
    /// Deleted orphans.
    pub orphans: u64,
    /// Deleted renditions, which are computed again on request.
    pub renditions: u64,
    /// Images marked as `original-missing` or `original-damaged`.
    pub marked: u64,
    /// Images whose mark was removed because the original is intact again.
    pub recovered: u64,
}

impl IntegrityReport {
    /// Whether no defects remain. A missing or damaged original remains a defect even if its image is marked.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.orphans.count == self.repaired.orphans
            && self.missing.count + self.mismatching.count == self.repaired.renditions
    }
}

impl Findings {
    pub(super) fn add(&mut self, path: String, defect: Defect) {
        self.count += 1;
        if self.examples.len() < MAX_EXAMPLES {
            self.examples.push(Finding { path, defect });
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreferenced => f.write_str("has no row"),
            Self::RecentlyStored => f.write_str("has no row; too recent to be deleted"),
            Self::UnknownPath => f.write_str("has an unknown path; delete it manually"),
            Self::Missing => f.write_str("is missing"),
            Self::WrongLength { found, expected } => write!(f, "has {found} bytes instead of {expected}"),
            Self::WrongDigest => f.write_str("has a different checksum than the stored bytes"),
        }
    }
}
