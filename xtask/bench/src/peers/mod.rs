//! Other programs that make images: sharp and ipx on Node.js, and vipsthumbnail. Where one is not there, what it
//! would have been measured for says so.

use crate::{
    Outcome, machine,
    making::{QUALITY, Throughput},
    server::{self, Server},
};
use infravault_imaging::Format;
use serde::Deserialize;
use serde_json::json;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    time::{Duration, Instant},
};

const SHARP: &str = include_str!("sharp.mjs");
const IPX: &str = include_str!("ipx.mjs");

/// Images that one process of vipsthumbnail makes, times the photographs; starting it is paid once for all of them.
const TIMES: usize = 8;

/// Where the other programs are.
#[derive(Debug)]
pub(crate) struct Peers {
    modules: Option<PathBuf>,
    home: PathBuf,
}

/// What sharp is to make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// What it is encoded as.
    pub(crate) format: Format,
    /// 1 to 100.
    pub(crate) quality: u8,
    /// The square that it fits into.
    pub(crate) side: u32,
}

/// What the script prints.
#[derive(Deserialize)]
struct Printed {
    count: usize,
    bytes: usize,
    seconds: f64,
    cpu_seconds: f64,
}

impl Peers {
    /// Looks for them, and puts the scripts where Node.js can read them.
    pub(crate) fn find(home: &Path) -> Outcome<Self> {
        let home = home.join("peers");
        fs::create_dir_all(&home)?;
        fs::write(home.join("sharp.mjs"), SHARP)?;
        fs::write(home.join("ipx.mjs"), IPX)?;
        let modules = env::var_os("BENCH_NODE_MODULES").map(PathBuf::from);
        Ok(Self { modules, home })
    }

    fn modules(&self) -> Outcome<&PathBuf> {
        let modules = self.modules.as_ref();
        modules.ok_or_else(|| "sharp is not there; `cargo xtask bench` fetches it by npm".into())
    }

    /// Makes images with sharp for a while; libvips keeps nothing and uses one thread for each image.
    pub(crate) fn sharp(
        &self,
        threads: usize,
        duration: Duration,
        files: &[PathBuf],
        wanted: Wanted,
    ) -> Outcome<Throughput> {
        let text = self.script(threads, duration, files, wanted, None)?;
        let printed: Printed = serde_json::from_str(text.trim())?;
        let elapsed = Duration::from_secs_f64(printed.seconds);
        Ok(Throughput::of(
            printed.count,
            printed.bytes,
            elapsed,
            printed.cpu_seconds,
        ))
    }

    /// The image that sharp makes of each file.
    pub(crate) fn sharp_images(&self, files: &[PathBuf], wanted: Wanted) -> Outcome<Vec<Vec<u8>>> {
        let out = self.folder("sharp")?;
        self.script(1, Duration::ZERO, files, wanted, Some(&out))?;
        let read = |number| Ok(fs::read(out.join(format!("{number}.jpg")))?);
        (0..files.len()).map(read).collect()
    }

    fn script(
        &self,
        threads: usize,
        duration: Duration,
        files: &[PathBuf],
        wanted: Wanted,
        out: Option<&Path>,
    ) -> Outcome<String> {
        let wanted = json!({
            "modules": self.modules()?, "files": files, "format": wanted.format.as_str(), "quality": wanted.quality,
            "side": wanted.side, "threads": threads, "seconds": duration.as_secs_f64(), "out": out,
        });
        let mut node = Command::new("node");
        node.arg(self.home.join("sharp.mjs"))
            .arg(wanted.to_string())
            .env("UV_THREADPOOL_SIZE", threads.to_string())
            .env("VIPS_CONCURRENCY", "1");
        output(&mut node)
    }

    /// Makes JPEGs that fit into a square with as many processes of vipsthumbnail.
    pub(crate) fn vips(&self, processes: usize, files: &[PathBuf], side: u32) -> Outcome<Throughput> {
        let out = self.folder("vips")?;
        let ended = || machine::family_cpu_seconds(process::id()) - machine::cpu_seconds(process::id());
        let (before, started) = (ended(), Instant::now());
        let mut running = Vec::new();
        for _ in 0..processes {
            let mut command = vipsthumbnail(&out, side);
            for _ in 0..TIMES {
                command.args(files);
            }
            running.push(command.spawn().map_err(|_| "vipsthumbnail is not installed")?);
        }
        for mut child in running {
            if !child.wait()?.success() {
                return Err("vipsthumbnail failed".into());
            }
        }
        let count = processes * TIMES * files.len();
        let mut bytes = 0;
        for file in fs::read_dir(&out)? {
            bytes += usize::try_from(file?.metadata()?.len())?;
        }
        let bytes = bytes * processes * TIMES;
        Ok(Throughput::of(count, bytes, started.elapsed(), ended() - before))
    }

    /// The image that vipsthumbnail makes of each file.
    pub(crate) fn vips_images(&self, files: &[PathBuf], side: u32) -> Outcome<Vec<Vec<u8>>> {
        let out = self.folder("vips")?;
        output(vipsthumbnail(&out, side).args(files)).map_err(|_| "vipsthumbnail is not installed")?;
        let read = |file: &PathBuf| Ok(fs::read(out.join(file.file_name().unwrap_or_default()))?);
        files.iter().map(read).collect()
    }

    /// Starts ipx on a folder of photographs.
    pub(crate) async fn ipx(&self, folder: &Path, ready: &str) -> Outcome<Server> {
        let address = server::free_address()?;
        let mut node = Command::new("node");
        node.arg(self.home.join("ipx.mjs"))
            .arg(self.modules()?)
            .arg(folder)
            .arg(address.port().to_string());
        Server::start(node, address, ready, &self.home.join("ipx.log")).await
    }

    fn folder(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.home.join(name);
        fs::create_dir_all(&folder)?;
        for file in fs::read_dir(&folder)? {
            fs::remove_file(file?.path())?;
        }
        Ok(folder)
    }
}

fn vipsthumbnail(out: &Path, side: u32) -> Command {
    let mut command = Command::new("vipsthumbnail");
    command
        .arg("--size")
        .arg(format!("{side}x{side}"))
        .arg("--output")
        .arg(out.join(format!("%s.jpg[Q={QUALITY},strip]")))
        .env("VIPS_CONCURRENCY", "1")
        .stdin(Stdio::null());
    command
}

fn output(command: &mut Command) -> Outcome<String> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let line = errors
        .lines()
        .find(|line| line.contains("rror"))
        .unwrap_or_default();
    Err(format!("{} failed: {line}", command.get_program().to_string_lossy()).into())
}
