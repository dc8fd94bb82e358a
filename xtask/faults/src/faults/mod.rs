//! Every fault: its name, where it is injected, and the function that injects it.

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

pub(crate) use full::start_world as start_small_world;

use crate::{
    Outcome,
    report::Ran,
    world::{Kind, World},
};
use std::pin::Pin;

/// Where a fault is injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    BothStores,
    /// On one store: the one that the fault needs, or that has less to do.
    On(Kind),
    /// In an installation of its own, on a small file system.
    SmallDisk,
}

type Inject = for<'a> fn(&'a mut World) -> Pin<Box<dyn Future<Output = Outcome<Ran>> + 'a>>;

/// A fault that the suite injects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    /// In kebab case; `--only` takes it.
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) target: Target,
    pub(crate) inject: Inject,
}

impl Fault {
    const fn new(name: &'static str, description: &'static str, target: Target, inject: Inject) -> Self {
        Self {
            name,
            description,
            target,
            inject,
        }
    }

    pub(crate) fn is_on(&self, kind: Kind) -> bool {
        self.target == Target::BothStores || self.target == Target::On(kind)
    }
}

/// The position of a fault in [`ALL`]; that of an unknown name is before all.
pub(crate) fn position(name: &str) -> Option<usize> {
    ALL.iter().position(|fault| fault.name == name)
}

const FOLDER: Target = Target::On(Kind::Folder);
const S3: Target = Target::On(Kind::S3);
use Target::{BothStores, SmallDisk};

/// All faults, in the order in which they are injected.
pub(crate) const ALL: &[Fault] = &[
    Fault::new(
        "crash-during-upload",
        "server crashes at a named step of an upload",
        BothStores,
        |world| Box::pin(kills::crash_during_upload(world)),
    ),
    Fault::new(
        "kill-during-upload",
        "server killed under load",
        BothStores,
        |world| Box::pin(kills::kill_during_upload(world)),
    ),
    Fault::new(
        "client-disconnect",
        "client closes, resets or half-closes its connection",
        FOLDER,
        |world| Box::pin(clients::disconnect(world)),
    ),
    Fault::new("postgres-kill", "PostgreSQL killed under load", FOLDER, |world| {
        Box::pin(database::kill(world))
    }),
    Fault::new(
        "postgres-restart",
        "PostgreSQL restarted, backends killed",
        S3,
        |world| Box::pin(database::restart(world)),
    ),
    Fault::new(
        "postgres-failover",
        "failover to a synchronous standby",
        FOLDER,
        |world| Box::pin(database::fail_over(world)),
    ),
    Fault::new(
        "commit-reply-lost",
        "connection cut before or after COMMIT",
        BothStores,
        |world| Box::pin(database::lose_commit_replies(world)),
    ),
    Fault::new("postgres-slow", "PostgreSQL slow, then silent", S3, |world| {
        Box::pin(database::slow_down(world))
    }),
    Fault::new(
        "postgres-disk-full",
        "disk of PostgreSQL full",
        SmallDisk,
        |world| Box::pin(full::fill_database_disk(world)),
    ),
    Fault::new("postgres-read-only", "PostgreSQL read-only", S3, |world| {
        Box::pin(database::make_read_only(world))
    }),
    Fault::new(
        "postgres-few-connections",
        "too few connections",
        FOLDER,
        |world| Box::pin(database::exhaust_connections(world)),
    ),
    Fault::new("store-errors", "store fails in ten ways", S3, |world| {
        Box::pin(store::fail(world))
    }),
    Fault::new(
        "store-reply-lost",
        "object stored, but the reply is lost",
        S3,
        |world| Box::pin(store::lose_reply(world)),
    ),
    Fault::new(
        "worker-crash",
        "worker crashes at a named step of a job",
        FOLDER,
        |world| Box::pin(jobs::crash_worker(world)),
    ),
    Fault::new("worker-paused", "worker paused past its lease", S3, |world| {
        Box::pin(jobs::pause_worker(world))
    }),
    Fault::new("poison-job", "job that kills its worker", FOLDER, |world| {
        Box::pin(jobs::poison(world))
    }),
    Fault::new(
        "clock-skew",
        "clocks of server and store 10 min off",
        S3,
        |world| Box::pin(lifecycle::skew_clocks(world)),
    ),
    Fault::new(
        "planted-damage",
        "orphaned, missing and damaged objects",
        FOLDER,
        |world| Box::pin(drills::plant_damage(world)),
    ),
    Fault::new(
        "graceful-shutdown",
        "SIGTERM with uploads in flight",
        FOLDER,
        |world| Box::pin(lifecycle::shut_down(world)),
    ),
    Fault::new(
        "backup-restore",
        "backup under load, restored elsewhere",
        FOLDER,
        |world| Box::pin(drills::restore_backup(world)),
    ),
    Fault::new("sandbox-worker-kill", "sandbox workers killed", S3, |world| {
        Box::pin(jobs::kill_sandbox_workers(world))
    }),
    Fault::new(
        "schema-missing",
        "server started before its schema; two migrations at once",
        FOLDER,
        |world| Box::pin(migrations::start_before_schema(world)),
    ),
    Fault::new(
        "migration-kill",
        "migration killed, migration blocked",
        S3,
        |world| Box::pin(migrations::kill_and_block(world)),
    ),
    Fault::new(
        "store-disk-full",
        "disk of store and spool full",
        SmallDisk,
        |world| Box::pin(full::fill_store_disk(world)),
    ),
    Fault::new(
        "sign-in-provider-down",
        "sign-in provider down",
        FOLDER,
        |world| Box::pin(people::stop_provider(world)),
    ),
    Fault::new(
        "soak",
        "one fault in every round; memory and files do not grow",
        S3,
        |world| Box::pin(soak::run_rounds(world)),
    ),
];
