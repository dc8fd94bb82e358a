//! A list of suites or steps with result and seconds, printed as a table at the end.

use std::time::{Duration, Instant};
use xtask_support::{CommandError, Outcome, console};

/// How one suite ended, when it did not fail.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It ran and everything held.
    Passed,
    /// It could not run here; the text names what is missing.
    Skipped(String),
}

/// The rows so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: String,
    result: Result<Verdict, CommandError>,
    took: Duration,
}

impl Report {
    /// Runs one suite and keeps its result; tells whether it may be counted as passed.
    pub(crate) fn run(&mut self, name: &str, work: impl FnOnce() -> Outcome<Verdict>) -> bool {
        console::step(name);
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        let good = match &result {
            Ok(Verdict::Passed) => {
                console::done(&format!("{name} ({})", console::seconds(took)));
                true
            }
            Ok(Verdict::Skipped(reason)) => {
                console::warn(&format!("{name} skipped: {reason}"));
                !in_ci()
            }
            Err(failure) => {
                console::error(&format!("{name}: {failure}"));
                false
            }
        };
        self.rows.push(Row {
            name: name.to_owned(),
            result,
            took,
        });
        good
    }

    /// Prints the table; fails when a row failed, or was skipped in CI.
    pub(crate) fn finish(self) -> Outcome {
        console::line("");
        let total: Duration = self.rows.iter().map(|row| row.took).sum();
        let mut table: Vec<Vec<String>> = self.rows.iter().map(Row::cells).collect();
        table.push(vec!["total".into(), String::new(), console::seconds(total)]);
        console::table(&table);
        for row in &self.rows {
            if let Ok(Verdict::Skipped(reason)) = &row.result {
                console::warn(&format!("skipped {}: {reason}", row.name));
            }
        }
        let bad: Vec<&str> = self
            .rows
            .iter()
            .filter(|row| row.is_bad())
            .map(|row| row.name.as_str())
            .collect();
        if bad.is_empty() {
            Ok(())
        } else {
            let skipped = self
                .rows
                .iter()
                .any(|row| matches!(row.result, Ok(Verdict::Skipped(_))));
            let skip = if skipped && in_ci() {
                " (in CI a skipped suite is a failure)"
            } else {
                ""
            };
            Err(CommandError::new(format!("not passed: {}{skip}", bad.join(", "))))
        }
    }
}

impl Row {
    fn cells(&self) -> Vec<String> {
        let result = match &self.result {
            Ok(Verdict::Passed) => "passed",
            Ok(Verdict::Skipped(_)) => "skipped",
            Err(_) => "FAILED",
        };
        vec![self.name.clone(), result.into(), console::seconds(self.took)]
    }

    fn is_bad(&self) -> bool {
        match self.result {
            Ok(Verdict::Passed) => false,
            Ok(Verdict::Skipped(_)) => in_ci(),
            Err(_) => true,
        }
    }
}

/// Whether this run is CI's, where nothing may be left out.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}
