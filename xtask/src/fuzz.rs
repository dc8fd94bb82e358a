//! `cargo xtask fuzz`: mutated images against everything that reads images, on the stable compiler.
//!
//! The compiler's own coverage counters guide libFuzzer. The C code of the JPEG decoder has counters only where the C
//! compiler is clang; elsewhere our code around it guides the fuzzer.

mod seeds;

use crate::{corpus, native, workspace::Workspace};
use clap::{Args, ValueEnum};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};
use xtask_support::{CommandError, Explain as _, Outcome, console, interrupt::Interrupt, process};

/// What cargo-fuzz sets, without the sanitizers that need another compiler. Under `fuzzing` the PNG decoder does not
/// check sums, so that mutated chunks reach it.
const COUNTERS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";
/// Targets that run at the same time.
const AT_ONCE: usize = 2;
/// A try may take this many seconds, the time of a loaded machine, and this many MiB.
const LIMITS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=16384"];

/// Options of `cargo xtask fuzz`.
#[derive(Debug, Args)]
pub(crate) struct Fuzz {
    /// How long each target runs.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// The targets; all without any.
    #[arg(value_enum)]
    targets: Vec<Target>,
}

/// A program of the package `xtask-fuzz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    Prescan,
    Probe,
    Jpeg,
    Png,
    Gif,
    Webp,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Prescan => "prescan",
            Self::Probe => "probe",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }
}

impl Default for Fuzz {
    fn default() -> Self {
        Self {
            seconds: 30,
            targets: Vec::new(),
        }
    }
}

impl Fuzz {
    /// Builds the targets and runs them, two at a time; fails when one found something.
    pub(crate) fn run(&self, workspace: &Workspace, interrupt: &Interrupt) -> Outcome {
        if let Err(failure) = corpus::fetch(workspace) {
            console::warn(&format!("starting from few images: {failure}"));
        }
        let programs = build(workspace)?;
        let home = workspace.target().join("fuzz");
        let targets = match self.targets.as_slice() {
            [] => Target::value_variants().to_vec(),
            some => some.to_vec(),
        };
        let queue = Mutex::new(targets.into_iter());
        let found = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some(target) = next(&queue).filter(|_| !interrupt.requested()) {
                        match self.run_one(workspace, &home, &programs, target) {
                            Ok(told) => console::note(&told),
                            Err(failure) => {
                                console::error(&failure.to_string());
                                note(&found, target);
                            }
                        }
                    }
                });
            }
        });
        interrupt.check()?;
        let found = found.into_inner().unwrap_or_default();
        if found.is_empty() {
            return Ok(());
        }
        Err(CommandError::new(format!(
            "these targets found something: {}",
            found.join(", ")
        )))
    }

    fn run_one(
        &self,
        workspace: &Workspace,
        home: &Path,
        programs: &Path,
        target: Target,
    ) -> Outcome<String> {
        let name = target.name();
        let folder = |kind: &str| -> Outcome<PathBuf> {
            let folder = home.join(kind).join(name);
            fs::create_dir_all(&folder).explain(|| format!("create {}", folder.display()))?;
            Ok(folder)
        };
        let (corpus, artifacts, planted) = (folder("corpus")?, folder("artifacts")?, folder("seeds")?);
        seeds::plant(workspace, target, &planted)?;
        let log = home.join("logs").join(format!("{name}.log"));
        let program = programs.join(name);
        let mut command = Command::new(&program);
        command
            .args([&corpus, &planted])
            .args(LIMITS)
            .arg(format!("-max_total_time={}", self.seconds))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .args(["-print_final_stats=1", "-use_value_profile=0"]);
        let ran = process::logged(&mut command, &log);
        let text = fs::read(&log).explain(|| format!("read {}", log.display()))?;
        let text = String::from_utf8_lossy(&text);
        ran.map_err(|failure| {
            let kept = after(&text, "Test unit written to ").unwrap_or("the log's end");
            let again = format!(
                "repeat it by: {} {kept}\n  log: {}",
                program.display(),
                log.display()
            );
            CommandError::new(format!("{name}: {failure}")).hint(again)
        })?;
        let tries = after(&text, "stat::number_of_executed_units: ").unwrap_or("no");
        let pace = after(&text, "stat::average_exec_per_sec: ").unwrap_or("0");
        let memory = after(&text, "stat::peak_rss_mb: ").unwrap_or("?");
        let edges = after(&text, " cov: ").unwrap_or("?");
        Ok(format!(
            "{name}: {tries} tries, {pace} a second, {edges} edges covered, {memory} MiB at most"
        ))
    }
}

/// Builds the targets for the fuzzer in a target folder of their own; gives the folder of the programs.
fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    native::ensure()?;
    process::require("c++")?;
    let said = process::capture(Command::new("rustc").arg("-vV"))?;
    let host = after(&said, "host: ").ok_or_else(|| CommandError::new("rustc does not name its host"))?;
    let target = workspace.target().join("fuzz/build");
    let mut cargo = workspace.cargo();
    // With a target named, the flags do not reach build scripts and macros, which have no fuzzer to report to.
    cargo
        .args([
            "build",
            "--profile",
            "fuzz",
            "-p",
            "xtask-fuzz",
            "--features",
            "run",
            "--target",
            host,
        ])
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", COUNTERS);
    if process::find("clang").is_some() {
        cargo
            .env("TARGET_CC", "clang")
            .env("TARGET_CFLAGS", "-fsanitize=fuzzer-no-link");
    } else {
        console::note("the C compiler is not clang: the C code of the JPEG decoder has no coverage counters");
    }
    process::run(&mut cargo)?;
    Ok(target.join(host).join("fuzz"))
}

/// The word behind the last occurrence of `label`.
fn after<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = text.rsplit_once(label)?;
    rest.split_whitespace().next()
}

fn next(queue: &Mutex<std::vec::IntoIter<Target>>) -> Option<Target> {
    queue.lock().ok()?.next()
}

fn note(found: &Mutex<Vec<&'static str>>, target: Target) {
    if let Ok(mut found) = found.lock() {
        found.push(target.name());
    }
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn the_last_word_counts() {
        let text = "#1 INITED cov: 12 ft: 3\n#9 DONE   cov: 40 ft: 9\nstat::peak_rss_mb:   77\n";
        assert_eq!(after(text, " cov: "), Some("40"));
        assert_eq!(after(text, "stat::peak_rss_mb: "), Some("77"));
        assert_eq!(after(text, "stat::average"), None);
    }
}
