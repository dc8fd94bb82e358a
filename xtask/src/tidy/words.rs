//! Words that must not appear in code, SQL, documentation, API descriptions and CLI help: `words.txt` lists them.

use super::{
    Finding, Source, has_ending,
    rust_text::{RustText, is_name},
};

const RULES: &str = include_str!("words.txt");
/// The kinds of files that people read.
const ENDINGS: [&str; 12] = [
    "rs", "md", "sql", "json", "toml", "yaml", "yml", "sh", "mjs", "py", "txt", "conf",
];
/// The rules themselves, their test, and lists that other programs write.
const NOT_CHECKED: [&str; 5] = [
    "xtask/src/tidy/words.",
    "xtask/tools/",
    "xtask/bench/src/seed/",
    "Cargo.lock",
    "LICENSE",
];

/// The rules, parsed.
#[derive(Debug)]
pub(super) struct Rules<'a> {
    rules: Vec<Rule<'a>>,
    /// A path and the pattern that is allowed there.
    allowed: Vec<(&'a str, &'a str)>,
}

#[derive(Debug)]
struct Rule<'a> {
    pattern: &'a str,
    words: Vec<&'a str>,
    unless: Vec<&'a str>,
    advice: &'a str,
}

/// A lower-case word: a part of an identifier counts as one.
#[derive(Debug)]
struct Word {
    text: String,
    line: usize,
    /// Separated from the word before by spaces or line breaks only.
    follows: bool,
}

impl Rules<'static> {
    pub(super) fn load() -> Self {
        Self::parse(RULES)
    }
}

impl<'a> Rules<'a> {
    fn parse(text: &'a str) -> Self {
        let lines = || {
            text.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with("# "))
        };
        let allowed = lines().filter_map(|line| line.strip_prefix("allow ")?.split_once(' '));
        Self {
            rules: lines().filter_map(Rule::parse).collect(),
            allowed: allowed.collect(),
        }
    }

    /// Checks one file.
    pub(super) fn check(&self, file: &Source, rust: Option<&RustText>) -> Vec<Finding> {
        let is_text =
            ENDINGS.iter().any(|ending| has_ending(&file.path, ending)) || file.path.starts_with("deploy/");
        if !is_text || NOT_CHECKED.iter().any(|path| file.path.starts_with(path)) {
            return Vec::new();
        }
        let words = words(&file.text);
        let all_names = names(&file.text);
        let code_names = match rust {
            Some(rust) => [names(&rust.code), quoted_names(&rust.prose)].concat(),
            None => quoted_names(&file.text),
        };
        let mut findings = Vec::new();
        for rule in self.rules.iter().filter(|rule| !self.allows(&file.path, rule)) {
            let lines = match rule.kind() {
                Kind::Code => rule.find_names(&all_names),
                Kind::Name => rule.find_names(&code_names),
                Kind::Words => rule.find_words(&words),
            };
            findings.extend(
                lines.into_iter().map(|line| {
                    Finding::at(&file.path, line, format!("`{}`: {}", rule.pattern, rule.advice))
                }),
            );
        }
        findings
    }

    fn allows(&self, path: &str, rule: &Rule<'_>) -> bool {
        self.allowed
            .iter()
            .any(|(place, pattern)| path.starts_with(place) && *pattern == rule.pattern)
    }
}

/// Where a rule's pattern is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Numbers of lists: in every identifier.
    Code,
    /// Whole identifiers.
    Name,
    /// Words of texts and parts of identifiers.
    Words,
}

impl<'a> Rule<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (left, advice) = line.split_once(" => ")?;
        let (pattern, unless) = match left.split_once(" (unless ") {
            Some((pattern, unless)) => (pattern, unless.trim_end_matches(')').split(", ").collect()),
            None => (left, Vec::new()),
        };
        Some(Self {
            pattern,
            words: pattern.split(' ').collect(),
            unless,
            advice,
        })
    }

    fn kind(&self) -> Kind {
        if self.pattern.contains('#') {
            Kind::Code
        } else if self.pattern.contains('_') || self.pattern.contains(char::is_uppercase) {
            Kind::Name
        } else {
            Kind::Words
        }
    }

    fn find_names(&self, names: &[(String, usize)]) -> Vec<usize> {
        let found = names.iter().filter(|(name, _)| fits(self.pattern, name));
        found.map(|(_, line)| *line).collect()
    }

    fn find_words(&self, words: &[Word]) -> Vec<usize> {
        let mut lines = Vec::new();
        for start in 0..words.len() {
            let end = start + self.words.len();
            let Some([first, rest @ ..]) = words.get(start..end) else {
                break;
            };
            let found = [first].into_iter().chain(rest).zip(&self.words);
            let all = found.into_iter().all(|(word, pattern)| fits(pattern, &word.text));
            let next = words.get(end).map_or("", |word| word.text.as_str());
            if all && rest.iter().all(|word| word.follows) && !self.unless.contains(&next) {
                lines.push(first.line);
            }
        }
        lines
    }
}

/// Whether a word is what the pattern describes.
fn fits(pattern: &str, word: &str) -> bool {
    if let Some(ending) = pattern.strip_prefix('*') {
        return word.len() > ending.len() && word.ends_with(ending);
    }
    let (start, is_open) = pattern
        .strip_suffix('*')
        .map_or((pattern, false), |start| (start, true));
    let mut letters = word.chars();
    let same = start.chars().all(|wanted| match letters.next() {
        Some(letter) if wanted == '#' => letter.is_ascii_digit(),
        letter => letter == Some(wanted),
    });
    same && (is_open || letters.next().is_none())
}

/// The words of a text, with identifiers split into their parts, and without the marks of comments.
fn words(text: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut follows = false;
    for (index, line) in text.lines().enumerate() {
        let marks = |letter: char| letter.is_whitespace() || "/!*#->|\\".contains(letter);
        let line = line.trim_start_matches(marks).trim_end_matches(['\\', ' ']);
        let mut part = String::new();
        let mut before = ' ';
        for letter in line.chars().chain([' ']) {
            let is_word = letter.is_alphanumeric() || letter == '\'' || letter == '’';
            let is_hump = letter.is_uppercase() && before.is_lowercase();
            if (!is_word || is_hump) && !part.is_empty() {
                found.push(Word {
                    text: std::mem::take(&mut part),
                    line: index + 1,
                    follows,
                });
                follows = true;
            }
            if is_word {
                part.extend(letter.to_lowercase());
            }
            if is_hump || (!is_word && !letter.is_whitespace()) {
                follows = false;
            }
            before = letter;
        }
    }
    found
}

/// Every identifier with its line.
fn names(text: &str) -> Vec<(String, usize)> {
    let lines = text.lines().enumerate();
    let found = lines.flat_map(|(index, line)| {
        let names = line
            .split(|letter| !is_name(letter))
            .filter(|name| !name.is_empty());
        names.map(move |name| (name.to_owned(), index + 1))
    });
    found.collect()
}

/// The identifiers between backticks.
fn quoted_names(text: &str) -> Vec<(String, usize)> {
    let lines = text.lines().enumerate();
    let found = lines.flat_map(|(index, line)| {
        let quoted = line.split('`').skip(1).step_by(2);
        quoted.flat_map(names).map(move |(name, _)| (name, index + 1))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::{RULES, Rules, RustText, Source, has_ending};

    fn findings(path: &str, text: &str) -> Vec<String> {
        let file = Source {
            path: path.into(),
            text: text.into(),
        };
        let rust = has_ending(path, "rs").then(|| RustText::parse(text));
        let found = Rules::load().check(&file, rust.as_ref());
        found
            .into_iter()
            .map(|finding| format!("{}: {}", finding.place, finding.text))
            .collect()
    }

    #[test]
    fn every_rule_is_read() {
        let lines = RULES
            .lines()
            .filter(|line| line.contains(" => ") && !line.starts_with("# "));
        assert_eq!(Rules::load().rules.len(), lines.count());
    }

    #[test]
    fn banned_words_are_found_with_line_and_advice() {
        let found = findings("docs/a.md", "One line.\nA picture of it.\n");
        assert_eq!(found, ["docs/a.md:2: `picture*`: image"]);
    }

    #[test]
    fn words_are_found_where_people_read_them() {
        let cases = [
            ("a.md", "A value that will not\ndo stops it.", 1),
            ("a.rs", "/// A value that will not\n/// do stops it.\n", 1),
            ("a.rs", "//! It is no file.\n", 1),
            ("a.rs", "//! It is no longer there.\n", 0),
            ("a.rs", "fn is_no_file() {}\n", 0),
            ("a.rs", "struct CageDir { package: u8 }\n", 1),
            ("a.rs", "// amend the package\n", 0),
            ("a.rs", "fn take_in() { Once }\n", 2),
            ("a.rs", "//! Once it is done.\n", 0),
            ("a.md", "The type `Once`.\n", 1),
            ("a.rs", "enum SpoolFault { Full }\nenum Fault {}\n", 1),
            ("a.rs", "async fn n39_images_are_upright() { 1_f32; }\n", 1),
            ("a.md", "The fault F22.\n", 1),
            ("a.sql", "-- Whoever asks.\nSELECT 1;\n", 1),
            ("openapi.json", "\"description\": \"Nobody else\"", 1),
            ("a.lock", "nobody", 0),
        ];
        for (path, text, expected) in cases {
            let found = findings(path, text);
            assert_eq!(found.len(), expected, "{path}: {text}: {found:?}");
        }
    }

    #[test]
    fn a_rule_can_be_excepted_for_one_path() {
        assert!(findings("xtask/support/src/run_as.rs", "const NAME: &str = \"nobody\";\n").is_empty());
        assert_eq!(
            findings("xtask/support/src/run_as.rs", "// nobody, anew\n").len(),
            1
        );
    }
}
