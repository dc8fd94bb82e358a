//! Closes the sandbox around the calling process, for good.

use crate::{
    answer::MOST_OUTPUT,
    filter, memory,
    wire::{Capabilities, Holds, Setup},
};
use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};
use rustix::{
    process::{Resource, Rlimit, getpid, getrlimit, nice, setrlimit},
    time::{ClockId, clock_gettime},
};
use std::{fs, io};

/// Descriptors of a child: three from the start, two of an order, and some to spare.
const DESCRIPTORS: u64 = 16;

/// Why the sandbox could not be closed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Breach {
    #[error("a sandboxd process must have one thread, this one has {0}")]
    Threads(usize),
    #[error("a limit could not be set")]
    Limit(#[from] rustix::io::Errno),
    #[error("the file system could not be closed")]
    Landlock(#[from] RulesetError),
    #[error("the filter of system calls could not be made")]
    Filter(#[from] seccompiler::BackendError),
    #[error("the filter of system calls could not be set")]
    Seccomp(#[source] seccompiler::Error),
    #[error("the process has an id that no process has")]
    Id,
}

/// Takes everything from this process that imaging does not need. It comes before the first byte of any image.
pub(crate) fn confine(setup: &Setup) -> Result<Capabilities, Breach> {
    let threads = fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    if threads != 1 {
        return Err(Breach::Threads(threads));
    }
    let descriptors = close_descriptors();
    // Where the system's memory runs out, children are ended before anybody else.
    let _unless_forbidden = fs::write("/proc/self/oom_score_adj", "1000");
    if setup.nice {
        nice(19)?;
    }
    limit(setup)?;
    rustix::thread::set_no_new_privs(true)?;
    let landlock = close_files_and_network()?;
    let own = u64::try_from(getpid().as_raw_nonzero().get()).map_err(|_| Breach::Id)?;
    let program = filter::program(own)?;
    // Whoever asks for the time for the first time may look for the kernel's fast path, which the filter forbids.
    let _warmed = clock_gettime(ClockId::ProcessCPUTime);
    seccompiler::apply_filter(&program).map_err(Breach::Seccomp)?;
    Ok(Capabilities {
        limits: Holds::Fully,
        no_new_privileges: Holds::Fully,
        system_calls: Holds::Fully,
        landlock,
        descriptors,
    })
}

/// Gives the order that comes next its own processor time.
pub(crate) fn grant_cpu(seconds: u64) -> Result<(), rustix::io::Errno> {
    let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0);
    let limit = Rlimit {
        // One more, because the kernel counts whole seconds.
        current: Some(used.saturating_add(seconds).saturating_add(1)),
        maximum: getrlimit(Resource::Cpu).maximum,
    };
    setrlimit(Resource::Cpu, limit)
}

/// Closes what is open besides the socket, the empty output and the last words: everything of this program is closed
/// on exec, but the program that started it may have been careless.
fn close_descriptors() -> Holds {
    let listed: io::Result<Vec<i32>> = fs::read_dir("/proc/self/fd").map(|entries| {
        let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
        names.filter_map(|name| name.to_str()?.parse().ok()).collect()
    });
    let Ok(listed) = listed else { return Holds::No };
    for descriptor in listed.into_iter().filter(|descriptor| *descriptor > 2) {
        // The listing itself is among them and is closed already.
        let _closed = nix::unistd::close(descriptor);
    }
    Holds::Fully
}

/// Sets the limits of the kernel; they are as hard as they can be.
fn limit(setup: &Setup) -> Result<(), rustix::io::Errno> {
    let memory = memory::mapped().saturating_add(setup.memory_bytes);
    for (resource, most) in [
        (Resource::As, memory),
        (Resource::Fsize, MOST_OUTPUT),
        (Resource::Nofile, DESCRIPTORS),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ] {
        let most = getrlimit(resource).maximum.map_or(most, |hard| hard.min(most));
        let both = Some(most);
        setrlimit(
            resource,
            Rlimit {
                current: both,
                maximum: both,
            },
        )?;
    }
    Ok(())
}

/// Allows no path, no port, no abstract socket and no signal to others, as far as the kernel knows the rules.
fn close_files_and_network() -> Result<Holds, RulesetError> {
    let newest = ABI::V6;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Holds::Fully,
        RulesetStatus::PartiallyEnforced => Holds::Partly,
        RulesetStatus::NotEnforced => Holds::No,
    })
}
