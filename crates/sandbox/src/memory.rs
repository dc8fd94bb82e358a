//! Reads the memory usage of a process from procfs.

use std::fs;

/// The assumed size of mapped memory if procfs is not available; more than the program needs.
const DEFAULT_MAPPED: u64 = 256 * 1024 * 1024;

/// The memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Peak resident memory since the last [`reset_peak`].
    pub(crate) peak: u64,
    /// Resident memory.
    pub(crate) resident: u64,
}

/// Bytes that this process has mapped.
pub(crate) fn mapped_bytes() -> u64 {
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
    let pages = fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    pages.map_or(DEFAULT_MAPPED, |pages| pages.saturating_mul(page))
}

/// Resets the peak of a process. If that is not permitted, the peak is that of its lifetime.
pub(crate) fn reset_peak(process: u32) {
    let _not_permitted = fs::write(format!("/proc/{process}/clear_refs"), "5");
}

/// Reads the memory of a process; 0 if unknown.
pub(crate) fn read_usage(process: u32) -> Memory {
    fs::read_to_string(format!("/proc/{process}/status"))
        .map_or_else(|_| Memory::default(), |text| parse_status(&text))
}

/// Parses `/proc/<pid>/status` (proc(5)).
fn parse_status(status: &str) -> Memory {
    let kibibytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
    };
    let bytes = |name| kibibytes(name).unwrap_or(0).saturating_mul(1024);
    Memory {
        peak: bytes("VmHWM:"),
        resident: bytes("VmRSS:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_parsed() {
        for (text, peak, resident) in [
            (
                "Name:\tx\nVmHWM:\t    1896 kB\nVmRSS:\t     100 kB\n",
                1896 * 1024,
                100 * 1024,
            ),
            ("Name:\tx\nState:\tZ (zombie)\n", 0, 0),
            ("VmHWM: lots kB\n", 0, 0),
        ] {
            assert_eq!(parse_status(text), Memory { peak, resident }, "{text}");
        }
    }
}
