//! What the kernel says of the memory of a process.

use std::fs;

/// What is assumed to be mapped where the kernel does not say: more than the program has.
const GUESS: u64 = 256 * 1024 * 1024;

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// The most that was resident since the last [`reset_peak`].
    pub(crate) peak: u64,
    /// What is resident.
    pub(crate) resident: u64,
}

/// Bytes that this process has mapped.
pub(crate) fn mapped() -> u64 {
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
    let pages = fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    pages.map_or(GUESS, |pages| pages.saturating_mul(page))
}

/// Forgets the peak of a process. Where that is not allowed, the peak is that of its whole life.
pub(crate) fn reset_peak(process: u32) {
    let _unless_forbidden = fs::write(format!("/proc/{process}/clear_refs"), "5");
}

/// What a process uses; zeros where the kernel does not say.
pub(crate) fn of(process: u32) -> Memory {
    fs::read_to_string(format!("/proc/{process}/status"))
        .map_or_else(|_| Memory::default(), |text| parse(&text))
}

/// Reads the status text of a process (proc(5)).
fn parse(status: &str) -> Memory {
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
    fn status_texts() {
        for (text, peak, resident) in [
            (
                "Name:\tx\nVmHWM:\t    1896 kB\nVmRSS:\t     100 kB\n",
                1896 * 1024,
                100 * 1024,
            ),
            ("Name:\tx\nState:\tZ (zombie)\n", 0, 0),
            ("VmHWM: lots kB\n", 0, 0),
        ] {
            assert_eq!(parse(text), Memory { peak, resident }, "{text}");
        }
    }
}
