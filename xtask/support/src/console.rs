//! What the commands print: results to standard output, progress to standard error, in color only on a terminal.

use std::{
    io::{IsTerminal as _, Write},
    time::Duration,
};

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const CYAN: &str = "36";

/// Prints a line of the result to standard output.
pub fn line(text: &str) {
    write(&mut std::io::stdout().lock(), text);
}

/// Announces work that may take a while.
pub fn step(text: &str) {
    progress(&format!("{} {}", paint(CYAN, "==>"), paint(BOLD, text)));
}

/// Prints a detail of the current step.
pub fn note(text: &str) {
    progress(&paint(DIM, &format!("    {text}")));
}

/// Prints a problem that does not stop the command.
pub fn warn(text: &str) {
    progress(&format!("{} {text}", paint(YELLOW, "warning:")));
}

/// Prints a success.
pub fn done(text: &str) {
    progress(&format!("{} {text}", paint(GREEN, "ok")));
}

/// Prints the error that ends a command or a step.
pub fn error(text: &str) {
    progress(&format!("{} {text}", paint(RED, "error:")));
}

/// Prints rows in aligned columns.
pub fn table(rows: &[Vec<String>]) {
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
        line(format!("  {}", cells.join("  ")).trim_end());
    }
}

/// Seconds with one decimal, minutes when there are many.
pub fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole >= 120 {
        format!("{} min {:02} s", whole / 60, whole % 60)
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

fn paint(color: &str, text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain || !std::io::stderr().is_terminal() {
        text.to_owned()
    } else {
        format!("\u{1b}[{color}m{text}\u{1b}[0m")
    }
}

fn progress(text: &str) {
    write(&mut std::io::stderr().lock(), text);
}

/// Ignores a closed pipe (`| head`), so that servers are still stopped.
fn write(out: &mut impl Write, text: &str) {
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
