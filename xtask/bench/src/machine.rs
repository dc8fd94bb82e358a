//! What the operating system knows: CPU time and memory of processes, and what kind of machine this is.

use std::{fs, thread};
use xtask_support::service::children;

/// Clock ticks per second in `/proc` (`USER_HZ`), 100 on every Linux that people run.
const TICKS: f64 = 100.0;

/// Seconds of CPU that a process has used.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    Stat::read(pid).map_or(0.0, |stat| stat.own / TICKS)
}

/// Seconds of CPU that a process and all its children have used, those that ended included.
pub(crate) fn family_cpu_seconds(pid: u32) -> f64 {
    let Some(parent) = Stat::read(pid) else { return 0.0 };
    let children: f64 = children(pid)
        .into_iter()
        .filter_map(Stat::read)
        .map(|stat| stat.own)
        .sum();
    (parent.own + parent.ended_children + children) / TICKS
}

/// Megabytes that a process adds to what the machine holds: pages that it shares count in parts (PSS).
pub(crate) fn proportional_mb(pid: u32) -> f64 {
    kilobytes(&format!("/proc/{pid}/smaps_rollup"), "Pss:") * 1024.0 / 1e6
}

/// The most megabytes that a process has held at once.
pub(crate) fn highest_mb(pid: u32) -> f64 {
    kilobytes(&format!("/proc/{pid}/status"), "VmHWM:") * 1024.0 / 1e6
}

/// Seconds of CPU that all processes of the machine have used.
pub(crate) fn busy_seconds() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
    // user, nice, system; then idle and waiting, which are not busy; then interrupts.
    let numbers: Vec<f64> = fields.take(7).filter_map(|field| field.parse().ok()).collect();
    let idle: f64 = numbers.iter().skip(3).take(2).sum();
    (numbers.iter().sum::<f64>() - idle) / TICKS
}

/// Megabytes (10^6 bytes) of memory that a process holds.
pub(crate) fn resident_mb(pid: u32) -> f64 {
    kilobytes(&format!("/proc/{pid}/status"), "VmRSS:") * 1024.0 / 1e6
}

/// The parent of a process on this machine.
pub(crate) fn parent(pid: u32) -> Option<u32> {
    Stat::read(pid).map(|stat| stat.parent)
}

/// The machine in a few words.
pub(crate) fn describe() -> String {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim() == "model name")
        .map_or("unknown CPU", |(_, model)| model.trim());
    let memory = kilobytes("/proc/meminfo", "MemTotal:") / 1024.0 / 1024.0;
    format!("{cores} cores ({model}), {memory:.0} GiB")
}

fn kilobytes(file: &str, label: &str) -> f64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(label));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0.0)
}

/// Fields of `/proc/<pid>/stat`, in ticks.
#[derive(Debug, PartialEq)]
struct Stat {
    parent: u32,
    own: f64,
    ended_children: f64,
}

impl Stat {
    fn read(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The name may hold spaces and parentheses, so what counts begins after the last of them.
    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.rsplit_once(") ")?.1.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own: ticks(11)? + ticks(12)?,
            ended_children: ticks(13)? + ticks(14)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_process_are_found() {
        let text = "77 (a (b) c) S 1 77 77 0 -1 4194560 1 2 3 4 250 50 7 3 20 0 1 0 12345 1 2";
        let read = Stat {
            parent: 1,
            own: 300.0,
            ended_children: 10.0,
        };
        assert_eq!(Stat::parse(text), Some(read));
        assert_eq!(Stat::parse("77 (x"), None);
    }

    #[test]
    fn this_process_is_seen() {
        let pid = std::process::id();
        assert!(resident_mb(pid) > 0.5 && parent(pid).is_some());
        assert!(busy_seconds() >= cpu_seconds(pid));
    }
}
