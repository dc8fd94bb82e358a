//! Rules about `queries/**/*.sql`: one doc line per statement, every table with its schema.

use super::{Finding, Source, has_ending};

/// Functions whose arguments are separated by the word FROM.
const FROM_INSIDE: [&str; 5] = ["extract", "substring", "trim", "overlay", "position"];

/// Statements of the migration runner, whose own table lies where the search path says.
const OF_THE_RUNNER: &str = "queries/db/";

/// Checks all query files.
pub(crate) fn check(files: &[Source]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.path.starts_with("queries/") && has_ending(&file.path, "sql"))
        .flat_map(|file| {
            let mut findings = documented(file);
            if !file.path.starts_with(OF_THE_RUNNER) {
                findings.extend(unqualified(file));
            }
            findings
        })
        .collect()
}

/// A `--!` line that names a statement stands next to its `---` lines.
fn documented(file: &Source) -> Vec<Finding> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut findings = Vec::new();
    for (number, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts_with("--!"))
    {
        let next = lines.get(number + 1).is_some_and(|line| line.starts_with("---"));
        let before = number
            .checked_sub(1)
            .and_then(|at| lines.get(at))
            .is_some_and(|line| line.starts_with("---"));
        if !next && !before {
            let name = line
                .trim_start_matches("--!")
                .split_whitespace()
                .next()
                .unwrap_or("the query");
            findings.push(Finding::at(
                &file.path,
                number + 1,
                format!("say in one `---` line what {name} is for"),
            ));
        }
    }
    findings
}

/// Tables without a schema, in each statement by itself.
fn unqualified(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for statement in words(&file.text).split(|(_, word)| word == ";") {
        let mut parentheses: Vec<bool> = Vec::new();
        for (index, (line, word)) in statement.iter().enumerate() {
            let before = |back: usize| {
                index
                    .checked_sub(back)
                    .and_then(|at| statement.get(at))
                    .map_or("", |(_, word)| word)
            };
            match word.as_str() {
                "(" => parentheses.push(FROM_INSIDE.contains(&before(1))),
                ")" => {
                    parentheses.pop();
                }
                "from" | "join" | "into" | "update" => {
                    let not_a_table = parentheses.last() == Some(&true)
                        || (word == "from" && before(1) == "distinct")
                        || (word == "update" && ["for", "key", "do"].contains(&before(1)));
                    let (name, after) = target(statement, index);
                    if !not_a_table && is_bare(name, after) && !is_local(statement, name) {
                        let text = format!("`{name}` has no schema; write `<schema>.{name}`");
                        findings.push(Finding::at(&file.path, *line, text));
                    }
                }
                _ => {}
            }
        }
    }
    findings
}

/// The word after FROM, JOIN, INTO or UPDATE, past ONLY and LATERAL, and the word after it.
fn target(statement: &[(usize, String)], index: usize) -> (&str, &str) {
    let mut rest = statement.iter().skip(index + 1).map(|(_, word)| word.as_str());
    let first = rest
        .find(|word| !["only", "lateral"].contains(word))
        .unwrap_or_default();
    (first, rest.next().unwrap_or_default())
}

/// Not a sub-select, not a function, not `schema.table`.
fn is_bare(name: &str, after: &str) -> bool {
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    is_name && !name.contains('.') && after != "("
}

/// A name that WITH defines in the same statement: `name AS (`, `name AS MATERIALIZED (`, `name (a, b) AS (`.
fn is_local(statement: &[(usize, String)], name: &str) -> bool {
    let word = |at: usize| statement.get(at).map_or("", |(_, word)| word.as_str());
    (1..statement.len()).any(|at| {
        word(at) == name
            && ["with", "recursive", ","].contains(&word(at - 1))
            && (word(at + 1) == "("
                || (word(at + 1) == "as" && ["(", "materialized", "not"].contains(&word(at + 2))))
    })
}

/// Lower-case words and signs with their line; comments and texts in quotes are left out.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut quoted = false;
    for (number, line) in text.lines().enumerate() {
        let mut open = String::new();
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == '\'' {
                quoted = !quoted;
            } else if quoted {
                continue;
            } else if letter == '-' && letters.peek() == Some(&'-') {
                break;
            } else if letter.is_alphanumeric() || matches!(letter, '_' | '.' | ':') {
                open.extend(letter.to_lowercase());
                continue;
            }
            if !open.is_empty() {
                found.push((number + 1, std::mem::take(&mut open)));
            }
            if matches!(letter, '(' | ')' | ';' | ',') {
                found.push((number + 1, letter.to_string()));
            }
        }
        if !open.is_empty() {
            found.push((number + 1, open));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Source, check};

    #[test]
    fn tables_without_a_schema_are_found() {
        let cases = [
            ("SELECT a FROM images.images i JOIN users.accounts u ON true;", 0),
            ("SELECT a FROM images;", 1),
            ("SELECT a FROM images.images JOIN accounts ON true;", 1),
            (
                "WITH old AS (DELETE FROM images.images RETURNING id) SELECT id FROM old;",
                0,
            ),
            (
                "WITH a AS (SELECT 1), b (x) AS MATERIALIZED (SELECT 2) SELECT * FROM a, b;",
                0,
            ),
            ("SELECT extract(epoch FROM created_at) FROM images.images;", 0),
            ("SELECT a IS DISTINCT FROM b FROM images.images;", 0),
            (
                "INSERT INTO images.images (id) SELECT u FROM unnest(:ids::uuid[]) u ON CONFLICT (id) DO UPDATE SET a = 1;",
                0,
            ),
            ("UPDATE images SET a = 'from nowhere';", 1),
            ("SELECT a FROM images.images FOR UPDATE SKIP LOCKED;", 0),
            ("SELECT a FROM images.images FOR NO KEY UPDATE OF images;", 0),
            ("SELECT a FROM LATERAL (SELECT 1) x -- from somewhere\n;", 0),
        ];
        for (sql, expected) in cases {
            let file = Source {
                path: "queries/images/list.sql".into(),
                text: sql.into(),
            };
            assert_eq!(check(&[file]).len(), expected, "{sql}");
        }
    }

    #[test]
    fn every_query_has_a_doc_line() {
        let good = "--! find_image (x?)\n--- Finds one.\nSELECT 1;\n";
        let bad = "--! find_image\nSELECT 1;\n";
        let count = |text: &str| {
            check(&[Source {
                path: "queries/a/b.sql".into(),
                text: text.into(),
            }])
            .len()
        };
        assert_eq!((count(good), count(bad)), (0, 1));
    }
}
