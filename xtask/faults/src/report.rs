//! The table: fault, cycles, acknowledged, lost, longest recovery.

use crate::{epilogue::Verdict, faults::position, world::Kind};
use std::time::Duration;
use xtask_support::console;

/// What a fault did.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    /// How often it was provoked.
    pub(crate) cycles: u32,
    /// The longest time from its end until a new image was taken.
    pub(crate) recovery: Duration,
    /// What did not hold.
    pub(crate) broken: Vec<String>,
    /// What is worth saying.
    pub(crate) note: String,
}

impl Ran {
    /// Notes the time of a recovery.
    pub(crate) fn recovered(&mut self, after: Duration) {
        self.recovery = self.recovery.max(after);
    }

    /// Notes what does not hold.
    pub(crate) fn expect(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.broken.push(otherwise());
        }
    }
}

/// A line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    fault: &'static str,
    what: &'static str,
    store: Option<Kind>,
    outcome: Ended,
    took: Duration,
}

/// How a fault ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// It ran, and this was found.
    Ran(Ran, Verdict),
    /// It cannot be provoked here.
    Skipped(String),
    /// The suite itself went wrong.
    Failed(String),
}

impl Row {
    /// A line.
    pub(crate) fn new(
        fault: &'static str,
        what: &'static str,
        store: Option<Kind>,
        outcome: Ended,
        took: Duration,
    ) -> Self {
        Self {
            fault,
            what,
            store,
            outcome,
            took,
        }
    }

    /// What does not hold.
    pub(crate) fn broken(&self) -> Vec<String> {
        match &self.outcome {
            Ended::Ran(ran, verdict) => ran.broken.iter().chain(&verdict.broken).cloned().collect(),
            Ended::Skipped(_) => Vec::new(),
            Ended::Failed(reason) => vec![reason.clone()],
        }
    }

    /// Its name for people.
    pub(crate) fn name(&self) -> String {
        let store = self.store.map_or("", Kind::name);
        format!("{} {} {store}", self.fault, self.what).trim().to_owned()
    }

    fn cells(&self) -> [String; 8] {
        let store = self.store.map_or("–", Kind::name).to_owned();
        let start = [self.fault.to_owned(), self.what.to_owned(), store];
        let end = match &self.outcome {
            Ended::Ran(ran, verdict) => [
                ran.cycles.to_string(),
                verdict.acknowledged.to_string(),
                verdict.lost.to_string(),
                if ran.recovery.is_zero() {
                    "–".to_owned()
                } else {
                    format!("{:.1} s", ran.recovery.as_secs_f64())
                },
                if self.broken().is_empty() {
                    ran.note.clone()
                } else {
                    "BROKEN".to_owned()
                },
            ],
            Ended::Skipped(reason) => ["–", "–", "–", "–", reason].map(str::to_owned),
            Ended::Failed(_) => ["–", "–", "–", "–", "FAILED"].map(str::to_owned),
        };
        let [fault, what, store] = start;
        let [cycles, acknowledged, lost, recovery, note] = end;
        [fault, what, store, cycles, acknowledged, lost, recovery, note]
    }
}

const HEAD: [&str; 8] = [
    "",
    "fault",
    "store",
    "cycles",
    "acknowledged",
    "lost",
    "longest recovery",
    "",
];

/// Prints the table; whether everything held.
pub(crate) fn print(rows: &mut [Row], markdown: bool) -> bool {
    rows.sort_by_key(|row| (position(row.fault), row.store.map(Kind::name)));
    let mut table = vec![HEAD.map(str::to_owned)];
    table.extend(rows.iter().map(Row::cells));
    let mut widths = [0_usize; 8];
    for cells in &table {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for (number, cells) in table.iter().enumerate() {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.chars().count()))))
            .collect();
        if markdown {
            console::line(&format!("| {} |", padded.join(" | ")));
            if number == 0 {
                console::line("| --- | --- | --- | ---: | ---: | ---: | ---: | --- |");
            }
        } else {
            console::line(padded.join("  ").trim_end());
        }
    }
    let mut good = true;
    for row in rows.iter() {
        for broken in row.broken() {
            good = false;
            console::line(&format!("{}: {broken}", row.name()));
        }
        console::note(&format!("{} took {:.0} s", row.name(), row.took.as_secs_f64()));
    }
    good
}
