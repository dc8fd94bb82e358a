//! Confines the calling process irrevocably.

use crate::{
    filter::build_filter,
    memory::mapped_bytes,
    wire::{Capabilities, Enforcement, MAX_OUTPUT_BYTES, Setup},
};
use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};
use rustix::{
    process::{Resource, Rlimit, getpid, getrlimit, nice, setrlimit},
    time::{ClockId, clock_gettime},
};
use std::{fs, io};

/// Maximum open descriptors of a worker: three from the start, two per request, and a reserve.
const MAX_DESCRIPTORS: u64 = 16;

/// Why a process could not be confined.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfineError {
    #[error("the process has {0} threads instead of one")]
    Threads(usize),
    #[error("setting a limit failed")]
    Limit(#[from] rustix::io::Errno),
    #[error("enabling Landlock failed")]
    Landlock(#[from] RulesetError),
    #[error("building the system call filter failed")]
    Filter(#[from] seccompiler::BackendError),
    #[error("installing the system call filter failed")]
    Seccomp(#[source] seccompiler::Error),
    #[error("the process id is invalid")]
    ProcessId,
}

/// Removes every privilege that imaging does not need. Must be called before the first byte of any image is read.
pub(crate) fn confine_process(setup: &Setup) -> Result<Capabilities, ConfineError> {
    let threads = fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    if threads != 1 {
        return Err(ConfineError::Threads(threads));
    }
    let descriptors = close_descriptors();
    // The out-of-memory killer chooses workers first.
    let _not_permitted = fs::write("/proc/self/oom_score_adj", "1000");
    if setup.nice {
        nice(19)?;
    }
    set_limits(setup)?;
    rustix::thread::set_no_new_privs(true)?;
    let landlock = restrict_files_and_network()?;
    let pid = u64::try_from(getpid().as_raw_nonzero().get()).map_err(|_| ConfineError::ProcessId)?;
    let program = build_filter(pid)?;
    // The first call may map the vDSO, which the filter forbids later.
    let _warmed_up = clock_gettime(ClockId::ProcessCPUTime);
    seccompiler::apply_filter(&program).map_err(ConfineError::Seccomp)?;
    Ok(Capabilities {
        limits: Enforcement::Full,
        no_new_privileges: Enforcement::Full,
        seccomp: Enforcement::Full,
        landlock,
        descriptors,
    })
}

/// Sets the CPU time limit of the next request.
pub(crate) fn set_cpu_limit(seconds: u64) -> Result<(), rustix::io::Errno> {
    let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0);
    let limit = Rlimit {
        // One more second, because the kernel counts whole seconds.
        current: Some(used.saturating_add(seconds).saturating_add(1)),
        maximum: getrlimit(Resource::Cpu).maximum,
    };
    setrlimit(Resource::Cpu, limit)
}

/// Closes all descriptors except standard input, output and error. Descriptors of this program are closed on exec, but
/// the process that started it may have leaked some.
fn close_descriptors() -> Enforcement {
    let listed: io::Result<Vec<i32>> = fs::read_dir("/proc/self/fd").map(|entries| {
        let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
        names.filter_map(|name| name.to_str()?.parse().ok()).collect()
    });
    let Ok(listed) = listed else {
        return Enforcement::None;
    };
    for descriptor in listed.into_iter().filter(|descriptor| *descriptor > 2) {
        // Fails for the descriptor of the listing, which is closed already.
        let _closed = nix::unistd::close(descriptor);
    }
    Enforcement::Full
}

/// Sets the hard and soft limits of the kernel.
fn set_limits(setup: &Setup) -> Result<(), rustix::io::Errno> {
    let memory = mapped_bytes().saturating_add(setup.memory_bytes);
    for (resource, max) in [
        (Resource::As, memory),
        (Resource::Fsize, MAX_OUTPUT_BYTES),
        (Resource::Nofile, MAX_DESCRIPTORS),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ] {
        let max = Some(getrlimit(resource).maximum.map_or(max, |hard| hard.min(max)));
        setrlimit(
            resource,
            Rlimit {
                current: max,
                maximum: max,
            },
        )?;
    }
    Ok(())
}

/// Forbids every path, TCP port, abstract socket and signal to others, as far as the kernel supports it.
fn restrict_files_and_network() -> Result<Enforcement, RulesetError> {
    let newest = ABI::V6;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Enforcement::Full,
        RulesetStatus::PartiallyEnforced => Enforcement::Partial,
        RulesetStatus::NotEnforced => Enforcement::None,
    })
}
