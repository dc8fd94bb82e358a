//! Sandboxs and files for the tests.

use infravault_sandbox::{Config, Sandbox};
use rustix::{
    fs::{MemfdFlags, memfd_create},
    process::{Pid, Signal, kill_process},
};
use std::{fs::File, io::Write, time::Duration};

/// A sandbox of this many children.
pub(crate) fn sandbox(children: usize) -> Sandbox {
    changed(children, |_| {})
}

/// A sandbox of this many children with other settings.
pub(crate) fn changed(children: usize, change: impl FnOnce(&mut Config)) -> Sandbox {
    let mut config = Config {
        program: env!("CARGO_BIN_EXE_infravault-sandbox-probe").into(),
        children,
        ..Config::default()
    };
    change(&mut config);
    Sandbox::new(config, &slog::Logger::root(slog::Discard, slog::o!()))
}

/// A file in memory with this in it, its position behind the end.
pub(crate) fn file(bytes: &[u8]) -> File {
    let mut file = File::from(memfd_create(c"image", MemfdFlags::CLOEXEC).unwrap());
    file.write_all(bytes).unwrap();
    file
}

/// Waits for something that has no event to wait for.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    let all = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), all)
        .await
        .expect("it never came true");
}

/// Kills a process, if it is still there.
pub(crate) fn kill(process: u32) {
    let process = Pid::from_raw(process.try_into().unwrap()).unwrap();
    let _gone = kill_process(process, Signal::KILL);
}
