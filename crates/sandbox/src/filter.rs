//! The allow list of system calls of a worker.

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;

/// Allowed with any argument. They access memory, time, the signals of the worker and its open descriptors. None of them
/// opens, connects, starts or inspects anything else.
const ANY_ARGUMENTS: [i64; 32] = [
    // The files of a request, and standard error.
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_ftruncate,
    libc::SYS_lseek,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    // The allocators of glibc and musl, and `qsort` of glibc, which reads the amount of memory.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_sysinfo,
    // Locks, time and random numbers.
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettimeofday,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    // `abort` reads the ids of the process and the thread.
    libc::SYS_getpid,
    libc::SYS_gettid,
    // Signals and exit.
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_getppid,
];

/// The socket to the parent.
const PARENT: u64 = 0;

/// `PROT_EXEC`, which is forbidden.
const PROT_EXEC: u64 = 4;

/// `F_GETFD` and `F_GETFL`, which change nothing.
const FCNTL_GETTERS: [u64; 2] = [1, 3];

/// Builds the filter for the process with this id. A forbidden call kills the process (`SIGSYS`).
pub(crate) fn build_filter(pid: u64) -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ANY_ARGUMENTS.into_iter().map(|call| (call, Vec::new())).collect();
    let equals = |argument, value| build_rule(argument, SeccompCmpOp::Eq, value);
    let lacks = |argument, bits| build_rule(argument, SeccompCmpOp::MaskedEq(bits), 0);
    rules.insert(libc::SYS_recvmsg, vec![equals(0, PARENT)?]);
    rules.insert(libc::SYS_sendmsg, vec![equals(0, PARENT)?]);
    rules.insert(libc::SYS_mmap, vec![lacks(2, PROT_EXEC)?]);
    rules.insert(libc::SYS_mprotect, vec![lacks(2, PROT_EXEC)?]);
    // `abort` sends a signal to its own thread, whose id is that of the process.
    rules.insert(libc::SYS_tgkill, vec![equals(0, pid)?]);
    rules.insert(libc::SYS_tkill, vec![equals(0, pid)?]);
    // Only its own limits: the soft limit of CPU time is raised before every request.
    rules.insert(libc::SYS_prlimit64, vec![equals(0, 0)?]);
    let getters: Result<_, BackendError> = FCNTL_GETTERS
        .into_iter()
        .map(|command| equals(1, command))
        .collect();
    rules.insert(libc::SYS_fcntl, getters?);
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, arch)?.try_into()
}

/// Compares the low four bytes of an argument. The kernel ignores the others for these calls.
fn build_rule(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?;
    SeccompRule::new(vec![condition])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_fits_the_kernel_limit() {
        let program = build_filter(4711).unwrap();
        assert!((80..4096).contains(&program.len()), "{}", program.len());
    }

    #[test]
    fn dangerous_calls_are_not_allowed() {
        for call in [
            libc::SYS_execve,
            libc::SYS_execveat,
            libc::SYS_clone,
            libc::SYS_clone3,
            libc::SYS_openat,
            libc::SYS_openat2,
            libc::SYS_socket,
            libc::SYS_connect,
            libc::SYS_ptrace,
            libc::SYS_kill,
            libc::SYS_io_uring_setup,
            libc::SYS_bpf,
        ] {
            assert!(!ANY_ARGUMENTS.contains(&call), "{call}");
        }
    }
}
