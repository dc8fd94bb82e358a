//! Child processes that can be killed, stopped and continued, and that never outlive the suite.

use crate::Outcome;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    fs::{self, File, OpenOptions},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};
use tokio::time::sleep;

const LOOK: Duration = Duration::from_millis(10);

/// A child process; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    name: String,
}

impl Process {
    /// Starts a program in a group of its own; its output is added to the log.
    pub(crate) fn start(name: &str, command: &mut Command, log: &Path) -> Outcome<Self> {
        let out: File = OpenOptions::new().create(true).append(true).open(log)?;
        let errors = out.try_clone()?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(|error| format!("cannot start {name}: {error}"))?;
        Ok(Self {
            child,
            name: name.to_owned(),
        })
    }

    /// The processes that it started and that still run.
    pub(crate) fn children(&self) -> Vec<u32> {
        let id = self.child.id();
        let tasks = fs::read_dir(format!("/proc/{id}/task"));
        let mut found = Vec::new();
        for task in tasks.into_iter().flatten().flatten() {
            let text = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            found.extend(
                text.split_whitespace()
                    .filter_map(|word| word.parse::<u32>().ok()),
            );
        }
        found
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        send(self.child.id(), signal);
    }

    /// Kills it, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        let _gone = self.child.kill();
        let _ = self.child.wait();
    }

    /// Kills it together with the processes that it started.
    pub(crate) fn kill_all(&mut self) {
        let children = self.children();
        let _gone = self.child.kill();
        for child in children {
            send(child, Signal::SIGKILL);
        }
        let _ = self.child.wait();
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for its end.
    pub(crate) async fn end(&mut self, within: Duration) -> Outcome<ExitStatus> {
        let started = Instant::now();
        while started.elapsed() < within {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            sleep(LOOK).await;
        }
        Err(format!("{} still runs after {within:?}", self.name).into())
    }

    /// Its memory in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok())
            .unwrap_or_default()
    }

    /// How many files and connections it has open.
    pub(crate) fn files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).map_or(0, Iterator::count)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.kill_all();
        }
    }
}

/// Sends a signal to any process; one that is gone does not mind.
pub(crate) fn send(id: u32, signal: Signal) {
    if let Ok(id) = i32::try_from(id) {
        let _gone = kill(Pid::from_raw(id), signal);
    }
}

/// Runs a program to its end; what it printed.
pub(crate) fn run(command: &mut Command) -> Outcome<String> {
    let output = command.stdin(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let program = command.get_program().to_string_lossy().into_owned();
    Err(format!("{program} ended with {}\n{text}{errors}", output.status).into())
}

/// A port that is free now.
pub(crate) fn free_port() -> Outcome<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}
