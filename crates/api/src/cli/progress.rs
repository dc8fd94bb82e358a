//! Tells people how far something has come: one line that is written over on a terminal, a line now and then elsewhere.
use std::{
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

const WIDTH: u64 = 30;

/// A bar on standard error, so that what a command prints can be kept.
pub(super) struct Progress {
    /// What is counted, where it is known how much there is.
    total: Option<u64>,
    shown: Option<Instant>,
    terminal: bool,
}

impl Progress {
    pub(super) fn of(total: Option<u64>) -> Self {
        Self {
            total: total.filter(|total| *total > 0),
            shown: None,
            terminal: stderr().is_terminal(),
        }
    }

    /// Shows how far it has come, unless that was shown a moment ago.
    pub(super) fn show(&mut self, done: u64, text: impl FnOnce() -> String) {
        let pause = if self.terminal {
            Duration::from_millis(100)
        } else {
            Duration::from_secs(15)
        };
        if self.shown.is_some_and(|shown| shown.elapsed() < pause) {
            return;
        }
        // The first line of a log would say nothing.
        let first = self.shown.replace(Instant::now()).is_none();
        if self.terminal {
            write(&format!("\r\x1b[K{}{}", self.bar(done), text()));
        } else if !first {
            write(&format!("{}{}\n", self.bar(done), text()));
        }
    }

    /// Makes room for what is printed next.
    pub(super) fn end(&self) {
        if self.terminal && self.shown.is_some() {
            write("\r\x1b[K");
        }
    }

    /// How much is done may be more than was thought there is: it grows meanwhile.
    fn bar(&self, done: u64) -> String {
        let Some(total) = self.total else {
            return String::new();
        };
        let done = done.min(total);
        let filled = usize::try_from(done * WIDTH / total).unwrap_or_default();
        let empty = usize::try_from(WIDTH).unwrap_or_default().saturating_sub(filled);
        format!(
            "[{}{}] {:>3} %  ",
            "#".repeat(filled),
            ".".repeat(empty),
            done * 100 / total
        )
    }
}

fn write(text: &str) {
    let mut stderr = stderr();
    // Who cannot be told is not told.
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// A number of bytes for people.
pub(super) fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    let mut scaled = (bytes, "B");
    let mut tenths = 0;
    for unit in units {
        if scaled.0 < 1024 {
            break;
        }
        tenths = scaled.0 % 1024 * 10 / 1024;
        scaled = (scaled.0 / 1024, unit);
    }
    match scaled {
        (bytes, "B") => format!("{bytes} B"),
        (number, unit) => format!("{number}.{tenths} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (5 << 20, "5.0 MiB"),
            (3 << 40, "3.0 TiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn a_bar_never_runs_over() {
        let bar = Progress::of(Some(10));
        assert_eq!(
            bar.bar(5),
            format!("[{}{}]  50 %  ", "#".repeat(15), ".".repeat(15))
        );
        assert_eq!(bar.bar(50), format!("[{}] 100 %  ", "#".repeat(30)));
        assert_eq!(Progress::of(Some(0)).bar(5), "");
    }
}
