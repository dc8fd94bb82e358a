//! Every code that an error may have is explained in `docs/problems.md`.

use super::{Finding, Source, has_ending};

const CATALOG: &str = "docs/problems.md";
/// Their codes are stored as the failure of an image and are not problem codes.
const OTHER_CODES: [&str; 2] = ["crates/imaging/", "crates/sandbox/"];

/// Finds the codes in the `fn code` of each error and looks them up.
pub(crate) fn check(files: &[Source]) -> Vec<Finding> {
    let Some(catalog) = files.iter().find(|file| file.path == CATALOG) else {
        return vec![Finding::new(CATALOG, "is missing; run `cargo xtask docs`")];
    };
    files
        .iter()
        .filter(|file| {
            file.path.starts_with("crates/")
                && file.path.contains("/src/")
                && has_ending(&file.path, "rs")
                && !OTHER_CODES.iter().any(|path| file.path.starts_with(path))
        })
        .flat_map(|file| codes(&file.text).into_iter().map(move |code| (file, code)))
        .filter(|(_, code)| !catalog.text.contains(&format!("`{code}`")))
        .map(|(file, code)| {
            Finding::new(
                &file.path,
                format!("`{code}` is not in {CATALOG}; describe it and run `cargo xtask docs`"),
            )
        })
        .collect()
}

/// The kebab-case literals inside `fn code(…) { … }`.
fn codes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        if line.contains("fn code(") && line.trim_end().ends_with('{') {
            inside = Some(indent);
        } else if inside == Some(indent) && line.trim() == "}" {
            inside = None;
        } else if inside.is_some() {
            found.extend(
                line.split('"')
                    .skip(1)
                    .step_by(2)
                    .filter(|word| is_code(word))
                    .map(str::to_owned),
            );
        }
    }
    found
}

fn is_code(word: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !word.is_empty() && word.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::{Source, check, codes};

    const ERROR: &str = "impl E {\n    fn code(&self) -> &str {\n        match self {\n            Self::A => \"not-found\",\n        \
                         }\n    }\n    fn other() { \"else\" }\n}\n";

    #[test]
    fn codes_come_from_the_function_only() {
        assert_eq!(codes(ERROR), ["not-found"]);
    }

    #[test]
    fn a_code_without_an_explanation_is_found() {
        let file = |path: &str, text: &str| Source {
            path: path.into(),
            text: text.into(),
        };
        let code = file("crates/auth/src/error.rs", ERROR);
        assert_eq!(check(&[code, file("docs/problems.md", "## `conflict`")]).len(), 1);
        let code = file("crates/auth/src/error.rs", ERROR);
        assert!(check(&[code, file("docs/problems.md", "## `not-found`")]).is_empty());
    }
}
