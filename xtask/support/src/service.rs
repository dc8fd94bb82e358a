//! A server in the background: its output goes to a log, and it stops when its guard is dropped.

use crate::{
    error::{CommandError, Explain as _, Outcome},
    process,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

const PAUSE: Duration = Duration::from_millis(50);

/// A running program.
#[derive(Debug)]
pub struct Service {
    name: String,
    child: Child,
    log: PathBuf,
    shown: u64,
    grace: Duration,
}

impl Service {
    /// Starts a program in its own process group, so that Ctrl-C on the terminal does not reach it. Its output is
    /// appended to the log. Dropping it sends TERM and, after `grace`, KILL; without grace KILL at once, also to its
    /// children.
    pub fn start(name: &str, command: &mut Command, log: &Path, grace: Duration) -> Outcome<Self> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).explain(|| format!("create {}", folder.display()))?;
        }
        let out = OpenOptions::new().create(true).append(true).open(log);
        let out = out.explain(|| format!("open {}", log.display()))?;
        let shown = out.metadata().map_or(0, |facts| facts.len());
        let errors = out.try_clone().explain(|| format!("open {}", log.display()))?;
        command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .process_group(0);
        let child = command.spawn().explain(|| format!("start {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_path_buf(),
            shown,
            grace,
        })
    }

    /// The name for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub fn exit_status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Fails with the end of its log if it is not running.
    pub fn check(&mut self) -> Outcome {
        match self.exit_status() {
            None => Ok(()),
            Some(status) => {
                let text = format!("{} exited with {status}\n{}", self.name, self.tail());
                Err(CommandError::new(text).hint(format!("its log is {}", self.log.display())))
            }
        }
    }

    /// Its running child processes.
    pub fn children(&self) -> Vec<u32> {
        children(self.pid())
    }

    /// Peak memory in KiB; 0 if unknown.
    pub fn peak_memory(&self) -> u64 {
        memory(self.pid(), "VmHWM:")
    }

    /// Resident memory in KiB; 0 if unknown.
    pub fn memory(&self) -> u64 {
        memory(self.pid(), "VmRSS:")
    }

    /// Number of open files and connections; 0 if unknown.
    pub fn open_files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).map_or(0, Iterator::count)
    }

    /// The last lines of its log.
    pub fn tail(&self) -> String {
        process::last_lines(&fs::read_to_string(&self.log).unwrap_or_default(), 20)
    }

    /// What it logged since the last call, up to the last full line.
    pub fn new_output(&mut self) -> String {
        let read = || -> std::io::Result<String> {
            let mut file = File::open(&self.log)?;
            file.seek(SeekFrom::Start(self.shown))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let end = bytes
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            bytes.truncate(end);
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        let text = read().unwrap_or_default();
        self.shown = self.shown.saturating_add(u64::try_from(text.len()).unwrap_or(0));
        text
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        send_signal(self.pid(), signal);
    }

    /// Sends TERM, and KILL after the grace time.
    pub fn stop(&mut self) {
        if self.exit_status().is_some() {
            return;
        }
        if self.grace.is_zero() {
            return self.kill_with_children();
        }
        self.signal(Signal::SIGTERM);
        let began = Instant::now();
        while began.elapsed() < self.grace {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(PAUSE);
        }
        self.kill();
    }

    /// Kills it and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Kills it together with the processes that it started.
    pub fn kill_with_children(&mut self) {
        let children = children(self.pid());
        let _ = self.child.kill();
        for child in children {
            send_signal(child, Signal::SIGKILL);
        }
        let _ = self.child.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Sends a signal to any process; one that has ended is ignored.
pub fn send_signal(pid: u32, signal: Signal) {
    if let Ok(pid) = i32::try_from(pid) {
        let _ = kill(Pid::from_raw(pid), signal);
    }
}

/// The running child processes of a process.
pub fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let lists = tasks.map(|task| fs::read_to_string(task.path().join("children")).unwrap_or_default());
    let words = lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words.filter_map(|word| word.parse().ok()).collect()
}

fn memory(pid: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
