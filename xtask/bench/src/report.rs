//! The table: for a terminal, as Markdown for the documentation, as a record to compare with later.

use crate::{
    Options, Outcome,
    table::{Cpu, Goal, Row},
};
use serde::{Deserialize, Serialize};
use std::{fmt::Write as _, fs, path::Path};
use xtask_support::console;

/// Everything about one bench.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The day.
    pub(crate) date: String,
    /// The machine in a few words.
    pub(crate) machine: String,
    /// PostgreSQL's version.
    pub(crate) postgres: String,
    /// Images in the database.
    pub(crate) rows: i64,
    /// Repeats, of which medians were taken.
    pub(crate) repeats: u8,
    /// Seconds of one measurement.
    pub(crate) seconds: u8,
    /// Cores that other programs used meanwhile, median of all runs.
    pub(crate) foreign_cores: f64,
    /// The lines.
    pub(crate) table: Vec<Row>,
}

impl Record {
    fn conditions(&self) -> String {
        // Rows in this process have no load whose surroundings were watched.
        let others = if self.foreign_cores.is_nan() {
            String::new()
        } else {
            format!("; others used {:.2} cores meanwhile", self.foreign_cores)
        };
        format!(
            "{}, {}, PostgreSQL {}, {} images, medians of {} × {} s{others}",
            self.date, self.machine, self.postgres, self.rows, self.repeats, self.seconds
        )
    }

    fn verdict(&self) -> String {
        let judged: Vec<bool> = self.table.iter().filter_map(Row::met).collect();
        let met = judged.iter().filter(|met| **met).count();
        format!("{met} of {} goals met", judged.len())
    }
}

/// Prints the record as the options ask for, compares it and keeps it.
pub(crate) fn show(record: &Record, options: &Options, home: &Path) -> Outcome {
    let file = |name: &str| -> Outcome<_> {
        if name.is_empty() || name.contains(['/', '\\', '.']) {
            return Err(format!("`{name}` is not a valid name for a record; use letters and digits").into());
        }
        Ok(home.join(format!("record-{name}.json")))
    };
    let earlier: Option<Record> = match &options.compare {
        None => None,
        Some(name) => {
            let text = fs::read(file(name)?).map_err(|error| format!("no record `{name}`: {error}"))?;
            Some(serde_json::from_slice(&text)?)
        }
    };
    // After the earlier one was read: both may have the same name.
    if let Some(name) = &options.save {
        fs::write(file(name)?, serde_json::to_vec_pretty(record)?)?;
    }
    let lines = lines(record, earlier.as_ref());
    let text = if options.markdown {
        markdown(&lines)
    } else {
        columns(&lines)
    };
    console::line(&format!(
        "{}\n\n{text}\n{}",
        record.conditions(),
        record.verdict()
    ));
    for row in &record.table {
        if let Some(fault) = &row.fault {
            console::line(&format!("{}: {fault}", row.operation));
        }
    }
    if let Some(earlier) = &earlier {
        console::line(&format!("compared with: {}", earlier.conditions()));
    }
    Ok(())
}

/// The cells, the head first.
fn lines(record: &Record, earlier: Option<&Record>) -> Vec<Vec<String>> {
    let mut head = vec![
        "#",
        "operation",
        "InfraVault",
        "baseline",
        "ratio",
        "goal",
        "met",
        "CPU ms",
        "baseline's",
    ];
    if earlier.is_some() {
        head.extend(["before", "change"]);
    }
    let head = head.into_iter().map(str::to_owned).collect();
    let body = record.table.iter().map(|row| {
        let mut cells = cells(row);
        if let Some(earlier) = earlier {
            cells.extend(change(row, &earlier.table));
        }
        cells
    });
    std::iter::once(head).chain(body).collect()
}

fn cells(row: &Row) -> Vec<String> {
    if row.fault.is_some() {
        let empty = String::new;
        let missing = "not measured".to_owned();
        let operation = row.operation.clone();
        let number = row.number.clone();
        return vec![
            number,
            operation,
            missing,
            empty(),
            empty(),
            empty(),
            "NO".into(),
            empty(),
            empty(),
        ];
    }
    let value = |value: Option<f64>| {
        value.map_or_else(String::new, |value| format!("{} {}", figure(value), row.unit))
    };
    let met = match row.met() {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "",
    };
    vec![
        row.number.clone(),
        row.operation.clone(),
        value(row.ours),
        value(row.baseline),
        row.ratio()
            .map_or_else(String::new, |ratio| format!("{ratio:.2}")),
        goal(row),
        met.to_owned(),
        row.cpu.map_or_else(String::new, cpu),
        row.baseline_cpu.map_or_else(String::new, cpu),
    ]
}

fn goal(row: &Row) -> String {
    match row.goal {
        Goal::RatioAtLeast(least) => format!("≥ {least:.2} ×"),
        Goal::RatioAtMost(most) => format!("≤ {most:.2} ×"),
        Goal::AtLeast(least) => format!("≥ {} {}", figure(least), row.unit),
        Goal::AtMostBelow(gap) => format!("≥ −{gap:.1} {}", row.unit),
        Goal::AtMost(most) => format!("≤ {} {}", figure(most), row.unit),
        Goal::Nothing => String::new(),
    }
}

/// Server and PostgreSQL, where that had a part.
fn cpu(cpu: Cpu) -> String {
    if cpu.postgres <= 0.0 {
        return figure(cpu.server);
    }
    format!("{} + {}", figure(cpu.server), figure(cpu.postgres))
}

/// Three significant digits at least.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// What the same line was before, and how much it changed. Ratios are compared where there are any: the machine may
/// have been faster or slower that day.
fn change(row: &Row, earlier: &[Row]) -> [String; 2] {
    let before = earlier
        .iter()
        .find(|other| (&other.number, &other.operation) == (&row.number, &row.operation));
    let figures = before.and_then(|before| match (row.ratio(), before.ratio()) {
        (Some(now), Some(then)) => Some((format!("{then:.2} ×"), now / then)),
        _ => Some((figure(before.ours?), row.ours? / before.ours?)),
    });
    figures.map_or_else(
        || [String::new(), "new".to_owned()],
        |(then, factor)| [then, format!("{:+.0} %", (factor - 1.0) * 100.0)],
    )
}

fn markdown(lines: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let _ = writeln!(text, "| {} |", line.join(" | "));
        if number == 0 {
            let _ = writeln!(text, "|{}", " --- |".repeat(line.len()));
        }
    }
    text
}

fn columns(lines: &[Vec<String>]) -> String {
    let count = lines.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..count)
        .map(|column| width(column).unwrap_or_default())
        .collect();
    let mut text = String::new();
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}", width = *width))
            .collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ours: f64) -> Row {
        Row {
            baseline: Some(1000.0),
            ..Row::value("1", "list", "/s", ours, Goal::RatioAtLeast(0.8))
        }
    }

    #[test]
    fn a_line_says_what_was_reached() {
        let expected = ["1", "list", "750 /s", "1000 /s", "0.75", "≥ 0.80 ×", "NO", "", ""];
        assert_eq!(cells(&row(750.0)), expected);
        let fault = cells(&Row::failed("list", "it broke".into()));
        assert_eq!(fault.get(1..3).unwrap(), ["list", "not measured"]);
    }

    #[test]
    fn ratios_are_compared_before_values() {
        let cases = [
            (row(900.0), vec![row(600.0)], ["0.60 ×", "+50 %"]),
            (
                Row {
                    baseline: None,
                    ..row(50.0)
                },
                vec![row(100.0)],
                ["100", "-50 %"],
            ),
            (row(900.0), Vec::new(), ["", "new"]),
        ];
        for (now, then, expected) in cases {
            assert_eq!(change(&now, &then), expected);
        }
    }

    #[test]
    fn markdown_has_a_rule_below_its_head() {
        let lines = [
            vec!["a".to_owned(), "b".to_owned()],
            vec!["1".to_owned(), "2".to_owned()],
        ];
        assert_eq!(markdown(&lines), "| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    }
}
