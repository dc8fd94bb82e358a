//! Import style: one `use` per crate and visibility, as rustfmt's `imports_granularity = "Crate"` writes it.

use super::{Finding, Source, rust_text::RustText};

/// A `use` item outside of any module or function.
#[derive(Debug, PartialEq, Eq)]
struct Import<'a> {
    /// Counted from 1.
    line: usize,
    last_line: usize,
    attribute: Option<&'a str>,
    visibility: &'a str,
    root: &'a str,
}

/// Checks the `use` items at the top level of one file.
pub(super) fn check(file: &Source, text: &RustText) -> Vec<Finding> {
    let lines: Vec<&str> = text.code.lines().collect();
    let imports = imports(&lines);
    let mut findings = Vec::new();
    for (index, import) in imports.iter().enumerate() {
        let earlier = imports.iter().take(index).find(|earlier| {
            (earlier.root, earlier.visibility, earlier.attribute)
                == (import.root, import.visibility, import.attribute)
        });
        if let Some(earlier) = earlier {
            let text = format!(
                "a second `{}use {}`; merge it into the one in line {}",
                import.visibility, import.root, earlier.line
            );
            findings.push(Finding::at(&file.path, import.line, text));
        }
    }
    for pair in imports.windows(2) {
        let [first, second] = pair else { continue };
        let between = lines.get(first.last_line..second.line - 1).unwrap_or_default();
        let is_blank = between.iter().all(|line| line.trim().is_empty());
        if !between.is_empty()
            && is_blank
            && first.visibility == second.visibility
            && !has_comment(file, first, second)
        {
            findings.push(Finding::at(
                &file.path,
                second.line,
                "a blank line between imports; remove it",
            ));
        }
    }
    findings
}

/// A comment between two imports explains the second one and may stand apart.
fn has_comment(file: &Source, first: &Import<'_>, second: &Import<'_>) -> bool {
    let between = file.text.lines().take(second.line - 1).skip(first.last_line);
    between.into_iter().any(|line| !line.trim().is_empty())
}

fn imports<'a>(lines: &[&'a str]) -> Vec<Import<'a>> {
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some((visibility, path)) = split_use(line) else {
            continue;
        };
        let length = lines
            .iter()
            .skip(index)
            .take_while(|line| !line.trim_end().ends_with(';'))
            .count();
        let before = index.checked_sub(1).and_then(|before| lines.get(before));
        found.push(Import {
            line: index + 1,
            last_line: index + length + 1,
            attribute: before.copied().filter(|line| line.starts_with("#[")),
            visibility,
            root: root(path),
        });
    }
    found
}

/// The visibility with its space, and the path, of a line that begins a `use` item at the top level.
fn split_use(line: &str) -> Option<(&str, &str)> {
    let start = line.find("use ")?;
    let (visibility, item) = line.split_at(start);
    let fits = visibility.is_empty()
        || (visibility.starts_with("pub") && visibility.ends_with(' ') && !visibility.contains('{'));
    fits.then_some((visibility, item.get("use ".len()..)?))
}

/// The first segment of a path; all of them when it begins with `super::super`.
fn root(path: &str) -> &str {
    let mut end = 0;
    let after_supers = path.trim_start_matches("super::");
    if after_supers.len() < path.len() {
        end = path.len() - after_supers.len() - "::".len();
    }
    if end == 0 {
        end = path.find([':', ';', ' ', '{']).unwrap_or(path.len());
    }
    path.get(..end).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{RustText, Source, check};

    #[test]
    fn separate_imports_of_one_crate_are_found() {
        let cases = [
            (
                "use crate::{a::B, c};\nuse std::{fs, io};\npub use crate::d;\n",
                0,
            ),
            ("use crate::a::B;\nuse crate::c;\n", 1),
            ("use std::fs;\n\nuse serde::Serialize;\n", 1),
            ("mod a;\n\npub(crate) use a::B;\n\nuse std::fs;\n", 0),
            ("#[cfg(test)]\nuse std::fs;\nuse std::io;\n", 0),
            ("use super::a;\nuse super::super::b;\n", 0),
            ("use std::fs;\n// \"use std::io;\"\n", 0),
            ("use std::fs;\nuse std::{\n    io,\n    path::Path,\n};\n", 1),
            ("use std::fs;\n\nmod tests {\n    use std::fs;\n}\n", 0),
        ];
        for (text, expected) in cases {
            let file = Source {
                path: "crates/auth/src/a.rs".into(),
                text: text.into(),
            };
            assert_eq!(check(&file, &RustText::parse(text)).len(), expected, "{text}");
        }
    }
}
