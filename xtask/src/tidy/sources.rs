//! Rules about Rust files: first line, length, names, notes to oneself, no SQL, and no examples that are never run.

use super::{Finding, Source, has_ending};
use std::path::Path;

/// Lines of a file without its tests.
const LIMIT: usize = 400;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = [
    "utils", "util", "helpers", "helper", "common", "manager", "managers", "misc",
];
/// Written in two halves, so that this file does not find itself.
const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
/// How a statement begins, and the word that tells it from prose ("update the name").
const STATEMENTS: [(&str, &str); 9] = [
    ("select ", " from "),
    ("insert into ", "values"),
    ("insert into ", "select"),
    ("update ", " set "),
    ("delete from ", " where "),
    ("create table ", "("),
    ("alter table ", " add "),
    ("drop table ", ""),
    ("truncate ", "."),
];
/// Where statements may stand: connections and migrations, tests, and tools that make databases.
const MAY_HOLD_SQL: [&str; 3] = ["crates/db/src/", "crates/testkit/", "xtask/"];

/// Checks all Rust files that people wrote, and what they include as documentation.
pub(crate) fn check(files: &[Source]) -> Vec<Finding> {
    let (rust, other): (Vec<&Source>, Vec<&Source>) =
        files.iter().partition(|file| has_ending(&file.path, "rs"));
    let readmes = other
        .into_iter()
        .filter(|file| file.path.starts_with("crates/") && file.path.ends_with("/README.md"));
    rust.into_iter()
        .filter(|file| !is_generated(&file.path))
        .flat_map(one)
        .chain(readmes.flat_map(|file| examples(&file.path, file.text.lines().map(Some))))
        .collect()
}

/// Examples in the documentation would be compiled crate by crate for minutes, and there were none: what shows how
/// something is used is a test, and what else stands between fences says what it is.
fn examples<'a>(path: &str, documentation: impl Iterator<Item = Option<&'a str>>) -> Vec<Finding> {
    let mut inside = false;
    let mut findings = Vec::new();
    for (number, line) in documentation.enumerate() {
        let Some(language) = line.and_then(|line| line.trim_start().strip_prefix("```")) else {
            continue;
        };
        inside = !inside;
        if inside && matches!(language.trim(), "" | "rust" | "no_run" | "should_panic") {
            let text = "an example that is never run; write a test, or mark it as ```text";
            findings.push(Finding::at(path, number + 1, text));
        }
    }
    findings
}

/// The query crates are written by `cargo xtask codegen`.
pub(super) fn is_generated(path: &str) -> bool {
    path.starts_with("crates/") && path.contains("/queries/")
}

fn one(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let path = file.path.as_str();
    let is_test = path.contains("/tests/");
    if !file.text.starts_with("//! ") {
        findings.push(Finding::at(
            path,
            1,
            "begin the file with one `//!` sentence that says what it is for",
        ));
    }
    let own = without_tests(&file.text);
    let count = own.lines().count();
    if !is_test && count > LIMIT {
        let text = format!("{count} lines without tests; split it by use case (limit {LIMIT})");
        findings.push(Finding::new(path, text));
    }
    let stem = Path::new(path)
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let folders = Path::new(path)
        .parent()
        .into_iter()
        .flat_map(Path::iter)
        .map(|part| part.to_string_lossy().into_owned());
    for name in folders
        .chain([stem])
        .filter(|name| EMPTY_NAMES.contains(&name.as_str()))
    {
        findings.push(Finding::new(
            path,
            format!("`{name}` says nothing; name it after what it holds"),
        ));
    }
    for (number, line) in file.text.lines().enumerate() {
        if let Some(note) = NOTES.iter().find(|note| line.contains(*note)) {
            findings.push(Finding::at(
                path,
                number + 1,
                format!("{note}: do it now, or open an issue and name it"),
            ));
        }
    }
    let documentation = file.text.lines().map(|line| {
        let line = line.trim_start();
        line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))
    });
    findings.extend(examples(path, documentation));
    if !is_test && !MAY_HOLD_SQL.iter().any(|place| path.starts_with(place)) {
        findings.extend(statements(path, own));
    }
    findings
}

/// The text before the first test module.
pub(super) fn without_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod ")
        .and_then(|end| text.get(..end))
        .unwrap_or(text)
}

fn statements(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        let mut literals = line.split('"').skip(1).step_by(2);
        if literals.any(is_statement) {
            findings.push(Finding::at(
                path,
                number + 1,
                "SQL in Rust; move it to queries/<context>/*.sql",
            ));
        }
    }
    findings
}

/// Keywords in capitals are always SQL here; small ones need their second word.
fn is_statement(literal: &str) -> bool {
    let literal = literal.trim_start();
    let small = literal.to_ascii_lowercase();
    STATEMENTS.iter().any(|(start, second)| {
        literal.starts_with(&start.to_ascii_uppercase())
            || (small.starts_with(start) && small.contains(second))
    })
}

#[cfg(test)]
mod tests {
    use super::{Source, one};

    fn texts(path: &str, text: &str) -> usize {
        one(&Source {
            path: path.into(),
            text: text.into(),
        })
        .len()
    }

    #[test]
    fn each_rule_finds_its_fault() {
        let cases = [
            (
                "crates/auth/src/revoke.rs",
                "//! Revokes.\nfn f() {}\n".to_owned(),
                0,
            ),
            ("crates/auth/src/revoke.rs", "fn f() {}\n".to_owned(), 1),
            ("crates/auth/src/utils.rs", "//! Things.\n".to_owned(), 1),
            ("crates/auth/src/common/x.rs", "//! Things.\n".to_owned(), 1),
            (
                "crates/auth/src/a.rs",
                format!("//! A.\n// {}: later\n", concat!("TO", "DO")),
                1,
            ),
            (
                "crates/auth/src/a.rs",
                "//! A.\nlet q = \"SELECT a FROM b\";\n".to_owned(),
                1,
            ),
            (
                "crates/auth/src/a.rs",
                "//! A.\nlet q = \"delete from the folder\";\n".to_owned(),
                0,
            ),
            (
                "crates/auth/src/a.rs",
                "//! A.\n\n#[cfg(test)]\nmod tests {\n\"SELECT a FROM b\"\n}\n".to_owned(),
                0,
            ),
            (
                "crates/auth/src/a.rs",
                "//! A.\n/// ```\n/// f();\n/// ```\n/// ```text\n/// x\n/// ```\nfn f() {}\n".to_owned(),
                1,
            ),
            (
                "crates/auth/tests/it/main.rs",
                "//! A.\n\"DELETE FROM b\"\n".to_owned(),
                0,
            ),
            (
                "crates/auth/src/a.rs",
                format!("//! A.\n{}", "x\n".repeat(400)),
                1,
            ),
        ];
        for (path, text, expected) in cases {
            assert_eq!(texts(path, &text), expected, "{path}: {text}");
        }
    }
}
