//! The system calls that a child may make, and with which arguments.

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;

/// Allowed with any argument. They reach memory, time, signals of its own and descriptors it already has; nothing here
/// opens, connects, starts or looks at anything else.
const PLAIN: [i64; 32] = [
    // Files that came with an order, and the last words.
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_ftruncate,
    libc::SYS_lseek,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    // The allocators of glibc and musl, and the sorting of glibc, which asks how much memory there is.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_sysinfo,
    // Locks of one thread, time, chance.
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettimeofday,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    // Who it is, as `abort` asks.
    libc::SYS_getpid,
    libc::SYS_gettid,
    // Signals, and the end.
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

/// `PROT_EXEC`: no memory becomes code.
const EXECUTABLE: u64 = 4;

/// `F_GETFD` and `F_GETFL`, which only look.
const LOOKS: [u64; 2] = [1, 3];

/// Makes the filter for a process with this id. Whatever it does not allow ends the process at once (`SIGSYS`).
pub(crate) fn program(own: u64) -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        PLAIN.into_iter().map(|call| (call, Vec::new())).collect();
    let is = |argument, value| rule(argument, SeccompCmpOp::Eq, value);
    let lacks = |argument, bits| rule(argument, SeccompCmpOp::MaskedEq(bits), 0);
    rules.insert(libc::SYS_recvmsg, vec![is(0, PARENT)?]);
    rules.insert(libc::SYS_sendmsg, vec![is(0, PARENT)?]);
    rules.insert(libc::SYS_mmap, vec![lacks(2, EXECUTABLE)?]);
    rules.insert(libc::SYS_mprotect, vec![lacks(2, EXECUTABLE)?]);
    // `abort` sends itself a signal; a thread's id is the process's, for there is one thread.
    rules.insert(libc::SYS_tgkill, vec![is(0, own)?]);
    rules.insert(libc::SYS_tkill, vec![is(0, own)?]);
    // Its own limits only: the soft limit of processor time is raised before every order.
    rules.insert(libc::SYS_prlimit64, vec![is(0, 0)?]);
    let looks: Result<_, BackendError> = LOOKS.into_iter().map(|command| is(1, command)).collect();
    rules.insert(libc::SYS_fcntl, looks?);
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, arch)?.try_into()
}

/// The low four bytes of an argument, compared: the kernel reads no more of these.
fn rule(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?;
    SeccompRule::new(vec![condition])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_compiles_and_is_short_enough_for_the_kernel() {
        let program = program(4711).unwrap();
        assert!((80..4096).contains(&program.len()), "{}", program.len());
    }

    #[test]
    fn nothing_that_starts_opens_or_connects_is_allowed() {
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
            assert!(!PLAIN.contains(&call), "{call}");
        }
    }
}
