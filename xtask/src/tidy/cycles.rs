//! Import cycles between the files of a crate; a module and its own children do not count.

use super::{
    Finding, Source,
    rust_text::{RustText, is_name},
    sources,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The segments of a path from the crate's root.
type Segments = Vec<String>;

/// How often an import of an import is followed.
const MOST_HOPS: usize = 8;

/// The modules of one crate that have a file.
#[derive(Debug, Default)]
struct Crate<'a> {
    modules: BTreeMap<Segments, Module<'a>>,
}

#[derive(Debug)]
struct Module<'a> {
    file: &'a str,
    /// Every path that begins with `crate`, `super` or `self`.
    references: Vec<Segments>,
    /// The names that its `use` items bring in, with what they stand for.
    names: BTreeMap<String, Segments>,
}

/// Checks one crate, such as `auth`.
pub(super) fn check(name: &str, files: &[Source]) -> Vec<Finding> {
    let folder = format!("crates/{name}/src/");
    let parsed = Crate::parse(&folder, files);
    let edges = parsed.edges();
    let mut findings = Vec::new();
    let mut reported: BTreeSet<&str> = BTreeSet::new();
    for start in edges.keys() {
        if reported.contains(start) {
            continue;
        }
        if let Some(cycle) = shortest_cycle(&edges, start) {
            reported.extend(&cycle);
            let mut shown: Vec<&str> = cycle
                .iter()
                .map(|file| file.trim_start_matches(folder.as_str()))
                .collect();
            shown.extend(shown.first().copied());
            let text = format!(
                "import cycle: {}; move what both need into a file of its own",
                shown.join(" → ")
            );
            findings.push(Finding::new(*start, text));
        }
    }
    findings
}

impl<'a> Crate<'a> {
    fn parse(folder: &str, files: &'a [Source]) -> Self {
        let mut parsed = Self::default();
        let mut texts = Vec::new();
        for file in files {
            let Some(path) = file
                .path
                .strip_prefix(folder)
                .and_then(|path| path.strip_suffix(".rs"))
            else {
                continue;
            };
            let mut module: Segments = path.split('/').map(str::to_owned).collect();
            if module
                .last()
                .is_some_and(|last| last == "mod" || (module.len() == 1 && last == "lib"))
            {
                module.pop();
            }
            if !module.iter().any(|part| part == "tests") {
                texts.push((
                    module,
                    &file.path,
                    RustText::parse(sources::without_tests(&file.text)).code,
                ));
            }
        }
        let known: BTreeSet<Segments> = texts.iter().map(|(module, _, _)| module.clone()).collect();
        for (module, file, code) in texts {
            let (references, names) = paths(&code, &module, &known);
            parsed.modules.insert(
                module,
                Module {
                    file,
                    references,
                    names,
                },
            );
        }
        parsed
    }

    /// Which file imports which, without a module and its own descendants.
    fn edges(&self) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, module) in &self.modules {
            for reference in &module.references {
                let Some((to, target)) = self.resolve(reference.clone()) else {
                    continue;
                };
                if !from.starts_with(to) && !to.starts_with(from) {
                    edges.entry(module.file).or_default().insert(target.file);
                }
            }
        }
        edges
    }

    /// The module that defines what a path names, through the imports of other modules.
    fn resolve(&self, mut path: Segments) -> Option<(&Segments, &Module<'a>)> {
        for _ in 0..MOST_HOPS {
            let (length, found) = (0..=path.len())
                .rev()
                .find_map(|length| Some((length, self.modules.get_key_value(path.get(..length)?)?)))?;
            let name = path.get(length);
            match name.and_then(|name| found.1.names.get(name)) {
                Some(target) => {
                    path = target
                        .iter()
                        .chain(path.iter().skip(length + 1))
                        .cloned()
                        .collect();
                }
                None => return Some(found),
            }
        }
        None
    }
}

/// All paths in a module's code from the crate's root, and the names of its `use` items.
fn paths(
    code: &str,
    module: &[String],
    known: &BTreeSet<Segments>,
) -> (Vec<Segments>, BTreeMap<String, Segments>) {
    let (mut references, mut names) = (Vec::new(), BTreeMap::new());
    let letters: Vec<char> = code.chars().collect();
    let (mut at, mut in_use) = (0, false);
    while at < letters.len() {
        let rest = letters.get(at..).unwrap_or_default();
        let word: String = rest.iter().take_while(|letter| is_name(**letter)).collect();
        let before = at
            .checked_sub(1)
            .and_then(|before| letters.get(before))
            .copied()
            .unwrap_or(' ');
        let length = word.chars().count().max(1);
        let child: Segments = module.iter().cloned().chain([word.clone()]).collect();
        let is_path =
            ["crate", "super", "self"].contains(&word.as_str()) || (in_use && known.contains(&child));
        if is_path && before != ':' && before != '$' {
            let (end, found) = expand(rest, module);
            for (path, name) in found {
                if in_use {
                    names.insert(name, path.clone());
                }
                references.push(path);
            }
            (at, in_use) = (at + end.max(length), false);
        } else {
            in_use = word == "use" || (in_use && rest.first().is_some_and(|letter| letter.is_whitespace()));
            at += length;
        }
    }
    names.retain(|name, path| path.last() != Some(&"*".to_owned()) && !name.is_empty());
    (references, names)
}

/// Reads one tree such as `crate::a::{self, b::C as D}`; gives how many characters it has, and each path from the
/// crate's root with the name that it brings in.
fn expand(letters: &[char], module: &[String]) -> (usize, Vec<(Segments, String)>) {
    let mut reader = Tree {
        letters,
        at: 0,
        found: Vec::new(),
    };
    reader.read(&[]);
    let found = reader.found.into_iter();
    let absolute = found
        .map(|(path, name)| (absolute(&path, module), name))
        .collect();
    (reader.at, absolute)
}

/// A reader of `use` trees.
struct Tree<'a> {
    letters: &'a [char],
    at: usize,
    found: Vec<(Segments, String)>,
}

impl Tree<'_> {
    fn read(&mut self, prefix: &[String]) {
        let mut path = prefix.to_vec();
        loop {
            self.skip_space();
            match self.letters.get(self.at) {
                Some('{') => {
                    self.at += 1;
                    return self.read_group(&path);
                }
                Some('*') => {
                    self.at += 1;
                    path.push("*".into());
                    break;
                }
                _ => {}
            }
            let word = self.word();
            if word.is_empty() {
                break;
            }
            path.push(word);
            if self.letters.get(self.at..self.at + 2) != Some([':', ':'].as_slice()) {
                break;
            }
            self.at += 2;
        }
        let is_self = path.len() > 1 && path.last().is_some_and(|last| last == "self");
        if is_self {
            path.pop();
        }
        let name = self.alias().or_else(|| path.last().cloned()).unwrap_or_default();
        self.found.push((path, name));
    }

    fn read_group(&mut self, path: &[String]) {
        loop {
            self.skip_space();
            match self.letters.get(self.at) {
                None => return,
                Some('}') => {
                    self.at += 1;
                    return;
                }
                Some(letter) if *letter == '*' || *letter == '{' || is_name(*letter) => self.read(path),
                Some(_) => self.at += 1,
            }
        }
    }

    /// The name after `as`, when there is one.
    fn alias(&mut self) -> Option<String> {
        let start = self.at;
        self.skip_space();
        if self.word() == "as" {
            self.skip_space();
            return Some(self.word());
        }
        self.at = start;
        None
    }

    fn skip_space(&mut self) {
        let rest = self.letters.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|letter| letter.is_whitespace()).count();
    }

    fn word(&mut self) -> String {
        let rest = self.letters.get(self.at..).unwrap_or_default();
        let word: String = rest.iter().take_while(|letter| is_name(**letter)).collect();
        self.at += word.chars().count();
        word
    }
}

/// The path from the crate's root.
fn absolute(path: &[String], module: &[String]) -> Segments {
    let mut base = module.to_vec();
    let mut rest = path;
    loop {
        match rest.split_first() {
            Some((first, tail)) if first == "crate" => (base, rest) = (Vec::new(), tail),
            Some((first, tail)) if first == "super" => {
                base.pop();
                rest = tail;
            }
            Some((first, tail)) if first == "self" => rest = tail,
            _ => break,
        }
    }
    base.extend(rest.iter().cloned());
    base
}

/// The shortest way from a file back to itself.
fn shortest_cycle<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for next in edges.get(file).into_iter().flatten() {
            if *next == start {
                let mut cycle = vec![file];
                while let Some(before) = cycle
                    .last()
                    .filter(|last| **last != start)
                    .and_then(|last| came_from.get(*last))
                {
                    cycle.push(before);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if !came_from.contains_key(next) {
                came_from.insert(next, file);
                queue.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Source, check};

    fn cycles(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source {
                path: format!("crates/auth/src/{path}"),
                text: (*text).into(),
            })
            .collect();
        check("auth", &files)
            .into_iter()
            .map(|finding| finding.text)
            .collect()
    }

    #[test]
    fn cycles_between_files_are_found() {
        let found = cycles(&[
            ("lib.rs", "mod a;\nmod b;\nmod c;\n"),
            ("a.rs", "use crate::{b::B, Error};\n"),
            ("b.rs", "fn b() { super::c::f() }\n"),
            ("c.rs", "use std::fs;\nuse crate::{a, c};\n"),
        ]);
        assert_eq!(found.len(), 1);
        assert!(
            found
                .iter()
                .all(|text| text.contains("a.rs → b.rs → c.rs → a.rs")),
            "{found:?}"
        );
    }

    #[test]
    fn imports_are_followed_through_other_modules() {
        let found = cycles(&[
            ("lib.rs", "mod a;\nmod b;\npub use b::{B, C as D};\n"),
            ("a.rs", "use crate::D;\n"),
            ("b.rs", "use super::a::A;\n"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn parents_and_tests_do_not_count() {
        let found = cycles(&[
            ("lib.rs", "mod a;\nuse a::A;\npub struct Auth;\n"),
            ("a/mod.rs", "mod b;\nuse crate::Auth;\nuse self::b::B;\n"),
            ("a/b.rs", "use super::A; // crate::c::C\n"),
            (
                "c.rs",
                "use crate::a::b::B;\n\n#[cfg(test)]\nmod tests {\n    use crate::d;\n}\n",
            ),
            ("d.rs", "use crate::c;\n"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }
}
