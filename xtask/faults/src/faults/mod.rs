//! Every fault of the plan: what it is called, where it is provoked, and by what.

mod clients;
mod database;
mod drills;
mod full;
mod jobs;
mod kills;
mod lifecycle;
mod migrations;
mod people;
mod soak;
mod store;

pub(crate) use full::world as small;

use crate::{
    Outcome,
    report::Ran,
    world::{Kind, World},
};

/// Where a fault is provoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On both stores.
    Both,
    /// On the one that fits, or that has less to do.
    On(Kind),
    /// In an installation of its own.
    Alone,
    /// Nowhere, for this reason.
    Nowhere(&'static str),
}

/// A fault of the plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    /// Its number.
    pub(crate) id: &'static str,
    /// What happens.
    pub(crate) what: &'static str,
    /// Where.
    pub(crate) place: Place,
}

const fn fault(id: &'static str, what: &'static str, place: Place) -> Fault {
    Fault { id, what, place }
}

const FOLDER: Place = Place::On(Kind::Folder);
const S3: Place = Place::On(Kind::S3);

/// All of them, in the order in which they are provoked.
pub(crate) const ALL: &[Fault] = &[
    fault("F01", "server dies at a named place", Place::Both),
    fault("F02", "server killed under load", Place::Both),
    fault("F03", "client cut, reset, half-closed", FOLDER),
    fault("F04", "PostgreSQL killed under load", FOLDER),
    fault("F05", "PostgreSQL restarted, backends killed", S3),
    fault("F06", "fail-over to a synchronous standby", FOLDER),
    fault("F07", "answer or COMMIT lost", Place::Both),
    fault("F08", "PostgreSQL slow, then silent", S3),
    fault("F09", "PostgreSQL's disk full", Place::Alone),
    fault("F10", "PostgreSQL read-only", S3),
    fault("F11", "too few connections", FOLDER),
    fault("F12", "store fails in ten ways", S3),
    fault("F13", "stored, but the answer is lost", S3),
    fault("F14", "worker dies at a named place", FOLDER),
    fault("F15", "worker paused past its lease", S3),
    fault("F16", "job that kills its worker", FOLDER),
    fault(
        "F17",
        "webhooks",
        Place::Nowhere("not applicable: there are no webhooks yet"),
    ),
    fault("F18", "clocks 10 min off; store's clock off", S3),
    fault("F19", "planted damage", FOLDER),
    fault("F20", "SIGTERM with uploads in flight", FOLDER),
    fault("F21", "backup under load, restored elsewhere", FOLDER),
    fault("F22", "decoders killed", S3),
    fault("F23", "server before its schema; two migrate at once", FOLDER),
    fault("F24", "migration killed, migration blocked", S3),
    fault("F25", "disk of store and spool full", Place::Alone),
    fault("F26", "sign-in provider down", FOLDER),
    fault("F27", "a fault now and then; nothing grows", S3),
];

impl Fault {
    /// Whether it is provoked there.
    pub(crate) fn is_on(&self, kind: Kind) -> bool {
        self.place == Place::Both || self.place == Place::On(kind)
    }

    /// Provokes it.
    pub(crate) async fn provoke(&self, world: &mut World) -> Outcome<Ran> {
        match self.id {
            "F01" => kills::at_named_places(world).await,
            "F02" => kills::under_load(world).await,
            "F03" => clients::cut(world).await,
            "F04" => database::killed(world).await,
            "F05" => database::restarted(world).await,
            "F06" => database::failed_over(world).await,
            "F07" => database::answers_lost(world).await,
            "F08" => database::slow(world).await,
            "F09" => full::database(world).await,
            "F10" => database::read_only(world).await,
            "F11" => database::few_connections(world).await,
            "F12" => store::fails(world).await,
            "F13" => store::answer_lost(world).await,
            "F14" => jobs::worker_dies(world).await,
            "F15" => jobs::worker_paused(world).await,
            "F16" => jobs::poison(world).await,
            "F18" => lifecycle::clocks(world).await,
            "F19" => drills::planted(world).await,
            "F20" => lifecycle::stopped_in_peace(world).await,
            "F21" => drills::restored(world).await,
            "F22" => jobs::decoders_killed(world).await,
            "F23" => migrations::before_its_schema(world).await,
            "F24" => migrations::killed_and_blocked(world).await,
            "F25" => full::store(world).await,
            "F26" => people::provider_down(world).await,
            "F27" => soak::rounds(world).await,
            _ => Err("nobody knows how to provoke this".into()),
        }
    }
}
