//! Sandboxes and files for the tests.

use infravault_sandbox::{Config, Sandbox};
use rustix::{
    fs::{MemfdFlags, memfd_create},
    process::{Pid, Signal, kill_process},
};
use std::{fs::File, io::Write, time::Duration};

/// Creates a sandbox with this number of workers.
pub(crate) fn sandbox(workers: usize) -> Sandbox {
    sandbox_with(workers, |_| {})
}

/// Creates a sandbox with this number of workers and a changed configuration.
pub(crate) fn sandbox_with(workers: usize, change: impl FnOnce(&mut Config)) -> Sandbox {
    let mut config = Config {
        program: env!("CARGO_BIN_EXE_infravault-sandbox-probe").into(),
        workers,
        // Long enough for a machine under load: tests that need a short timeout set it.
        timeout: Duration::from_mins(2),
        queue_timeout: Duration::from_mins(2),
        ..Config::default()
    };
    change(&mut config);
    Sandbox::new(config, &slog::Logger::root(slog::Discard, slog::o!()))
}

/// Creates a file in memory. Its position is at the end.
pub(crate) fn memory_file(bytes: &[u8]) -> File {
    let mut file = File::from(memfd_create(c"image", MemfdFlags::CLOEXEC).unwrap());
    file.write_all(bytes).unwrap();
    file
}

/// Waits for a state that has no event.
pub(crate) async fn wait_until(mut condition: impl FnMut() -> bool) {
    let all = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), all)
        .await
        .expect("the condition was never met");
}

/// Kills a process, if it still runs.
pub(crate) fn kill(process: u32) {
    let process = Pid::from_raw(process.try_into().unwrap()).unwrap();
    let _gone = kill_process(process, Signal::KILL);
}
