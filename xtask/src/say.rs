//! What the commands print: steps, notes and tables, in color only on a terminal.

use std::{
    io::{IsTerminal, Write as _},
    time::Duration,
};

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const CYAN: &str = "36";

/// Prints a line as it is.
pub(crate) fn line(text: &str) {
    write(text);
}

/// Announces work that may take a while.
pub(crate) fn step(text: &str) {
    write(&format!("{} {}", paint(CYAN, "==>"), paint(BOLD, text)));
}

/// Prints a remark that may be skipped by a reader in a hurry.
pub(crate) fn note(text: &str) {
    write(&paint(DIM, &format!("    {text}")));
}

/// Prints something that needs attention but stops nothing.
pub(crate) fn warn(text: &str) {
    write(&format!("{} {text}", paint(YELLOW, "warning:")));
}

/// Prints what was achieved.
pub(crate) fn done(text: &str) {
    write(&format!("{} {text}", paint(GREEN, "ok")));
}

/// Prints the failure that ends a command.
pub(crate) fn fail(text: &str) {
    write(&format!("{} {text}", paint(RED, "error:")));
}

/// Prints rows in aligned columns.
pub(crate) fn table(rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}", width = *width))
            .collect();
        write(format!("  {}", cells.join("  ")).trim_end());
    }
}

/// Seconds with one decimal, minutes when there are many.
pub(crate) fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole >= 120 {
        format!("{} min {:02} s", whole / 60, whole % 60)
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

fn paint(color: &str, text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain || !std::io::stdout().is_terminal() {
        text.to_owned()
    } else {
        format!("\u{1b}[{color}m{text}\u{1b}[0m")
    }
}

/// A closed pipe (`| head`) is no reason to die in the middle of work that must be cleaned up.
fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
