//! What a comparison found; the database keeps it as JSON.
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many findings of each kind are named.
const EXAMPLES: usize = 20;

/// What was looked at, what is wrong, and what was mended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Objects of the store that were looked at: originals and renditions.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those that rows name.
    pub named: u64,
    /// Those that were read to their end.
    pub read: u64,
    /// Objects that no row names.
    pub orphans: Findings,
    /// Those of them that are too young to be deleted.
    pub too_young: u64,
    /// Objects that rows name and that are not there.
    pub missing: Findings,
    /// Objects with another length or checksum than their rows say.
    pub mismatching: Findings,
    /// What was mended.
    pub repaired: Repaired,
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

/// Faults of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Finding>,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where the object lies in the store, or should.
    pub path: String,
    /// What is wrong with it.
    pub fault: Defect,
}

/// What is wrong with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// No row names it.
    Nameless,
    /// No row names it, and it is too young to be deleted.
    TooYoung,
    /// Its path is none of ours.
    Foreign,
    /// It is not there.
    Missing,
    /// It has another length.
    Length {
        /// Its bytes.
        found: u64,
        /// Those it had when it was stored.
        expected: u64,
    },
    /// It has another checksum.
    Digest,
}

/// What was mended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repaired {
    /// Objects deleted that no row named.
    pub orphans: u64,
    /// Renditions forgotten, so that they are made again.
    pub renditions: u64,
    /// Maintenance that say now that their original is missing or damaged.
    pub marked: u64,
    /// Maintenance whose original is there again.
    pub healed: u64,
}

impl Report {
    /// Whether nothing is wrong any more. Only renditions can be made good again: an original that is missing stays a
    /// fault, even when its image says so.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.orphans.count == self.repaired.orphans
            && self.missing.count + self.mismatching.count == self.repaired.renditions
    }
}

impl Findings {
    pub(super) fn add(&mut self, path: String, fault: Defect) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(Finding { path, fault });
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nameless => f.write_str("no row names it"),
            Self::TooYoung => f.write_str("no row names it; too young to be deleted"),
            Self::Foreign => f.write_str("is none of ours; delete it by hand"),
            Self::Missing => f.write_str("is missing"),
            Self::Length { found, expected } => write!(f, "has {found} bytes instead of {expected}"),
            Self::Digest => f.write_str("has another checksum than the bytes that were stored"),
        }
    }
}
