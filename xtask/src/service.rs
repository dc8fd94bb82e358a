//! A server in the background: its output goes to a log, and it stops when its guard is dropped.

use crate::{
    failure::{Explain as _, Failure, Outcome},
    process,
};
use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const PAUSE: Duration = Duration::from_millis(50);

/// A child process of ours.
#[derive(Debug)]
pub(crate) struct Service {
    name: String,
    child: Child,
    log: PathBuf,
    shown: u64,
    grace: Duration,
}

impl Service {
    /// Starts it in a process group of its own, so that Ctrl-C on the terminal does not reach it
    /// and the stopping order is ours. `grace` is the time between TERM and KILL.
    pub(crate) fn start(name: &str, command: &mut Command, log: &Path, grace: Duration) -> Outcome<Self> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).explain(|| format!("create {}", folder.display()))?;
        }
        let out = File::create(log).explain(|| format!("create {}", log.display()))?;
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
            shown: 0,
            grace,
        })
    }

    /// What it is called in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Fails with the end of its log when it is not running any more.
    pub(crate) fn check(&mut self) -> Outcome {
        match self
            .child
            .try_wait()
            .explain(|| format!("look after {}", self.name))?
        {
            None => Ok(()),
            Some(status) => Err(Failure::new(format!(
                "{} ended by itself ({status})\n{}",
                self.name,
                self.tail()
            ))
            .hint(format!("its whole log is {}", self.log.display()))),
        }
    }

    /// The most memory that it has had, in KiB; 0 where the system does not say.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = peak.and_then(|text| text.split_whitespace().next()?.parse().ok());
        number.unwrap_or_default()
    }

    /// How many files and connections it has open; 0 where the system does not say.
    pub(crate) fn open_files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).map_or(0, Iterator::count)
    }

    /// The last lines of its log.
    pub(crate) fn tail(&self) -> String {
        process::last_lines(&fs::read_to_string(&self.log).unwrap_or_default(), 20)
    }

    /// What it logged since the last call, up to the last full line.
    pub(crate) fn news(&mut self) -> String {
        let read = || -> std::io::Result<String> {
            let mut file = File::open(&self.log)?;
            file.seek(SeekFrom::Start(self.shown))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let end = bytes
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |position| position + 1);
            bytes.truncate(end);
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        let text = read().unwrap_or_default();
        self.shown = self.shown.saturating_add(u64::try_from(text.len()).unwrap_or(0));
        text
    }

    /// Asks it to stop, and ends it after the grace time.
    pub(crate) fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        terminate(self.child.id());
        let asked = Instant::now();
        while asked.elapsed() < self.grace {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(PAUSE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The shell's own `kill`, because `std` can only KILL and a bare machine may lack the program.
fn terminate(pid: u32) {
    let _ = Command::new("sh")
        .args(["-c", "kill -TERM \"$1\"", "sh", &pid.to_string()])
        .status();
}
