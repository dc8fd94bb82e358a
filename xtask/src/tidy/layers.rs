//! The allowed edges between packages, and the diagram of them in `docs/architecture.md`.

use super::{Finding, Source};
use crate::workspace::Workspace;
use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use xtask_support::{Explain as _, Outcome};

/// Every package of the workspace and the ones that it may depend on.
const EDGES: &[(&str, &[&str])] = &[
    ("infravault-kernel", &[]),
    ("infravault-db", &["infravault-kernel"]),
    ("infravault-objects", &["infravault-kernel"]),
    ("infravault-imaging", &[]),
    ("infravault-sandbox", &["infravault-imaging"]),
    ("infravault-jobs", &["infravault-kernel", "infravault-db"]),
    ("infravault-fetch", &["infravault-kernel"]),
    (
        "infravault-auth",
        &["infravault-kernel", "infravault-db", "infravault-auth-queries"],
    ),
    (
        "infravault-users",
        &["infravault-kernel", "infravault-db", "infravault-users-queries"],
    ),
    (
        "infravault-images",
        &[
            "infravault-kernel",
            "infravault-db",
            "infravault-objects",
            "infravault-imaging",
            "infravault-sandbox",
            "infravault-images-queries",
        ],
    ),
    (
        "infravault-api",
        &[
            "infravault-kernel",
            "infravault-db",
            "infravault-objects",
            "infravault-sandbox",
            "infravault-fetch",
            "infravault-jobs",
            "infravault-auth",
            "infravault-users",
            "infravault-images",
        ],
    ),
    ("infravault-auth-queries", &[]),
    ("infravault-users-queries", &[]),
    ("infravault-images-queries", &[]),
    (
        "infravault-testkit",
        &["infravault-kernel", "infravault-db", "infravault-jobs"],
    ),
    ("xtask", &["xtask-support"]),
    ("xtask-support", &[]),
    ("xtask-codegen", &["infravault-db"]),
    (
        "xtask-bench",
        &["xtask-support", "infravault-imaging", "infravault-sandbox"],
    ),
    (
        "xtask-faults",
        &[
            "xtask-support",
            "infravault-kernel",
            "infravault-objects",
            "infravault-api",
            "infravault-testkit",
        ],
    ),
    ("xtask-fuzz", &["infravault-imaging"]),
];

/// What tests may use on top.
const FOR_TESTS: &str = "infravault-testkit";
/// The vocabulary of all packages.
const KERNEL: &str = "infravault-kernel";

/// Third-party packages that belong to one edge.
const VENDORS: &[(&str, &[&str])] = &[
    (
        "actix-web",
        &["infravault-api", "infravault-testkit", "xtask-bench"],
    ),
    ("actix-multipart", &["infravault-api", "xtask-bench"]),
    ("actix-cors", &["infravault-api"]),
    ("utoipa", &["infravault-api"]),
    ("rust-s3", &["infravault-objects"]),
    ("openidconnect", &["infravault-auth"]),
    ("jsonwebtoken", &["infravault-auth", "infravault-testkit"]),
    ("refinery", &["infravault-db"]),
    ("graphile_worker", &["infravault-jobs"]),
    ("seccompiler", &["infravault-sandbox"]),
    ("landlock", &["infravault-sandbox"]),
    ("turbojpeg", &["infravault-imaging", "xtask-bench"]),
    ("webp", &["infravault-imaging"]),
    ("image-webp", &["infravault-imaging"]),
    ("ravif", &["infravault-imaging"]),
    ("png", &["infravault-imaging"]),
    ("gif", &["infravault-imaging"]),
    ("fast_image_resize", &["infravault-imaging", "xtask-bench"]),
    ("moxcms", &["infravault-imaging"]),
    ("image", &["infravault-testkit", "xtask-bench"]),
    ("slog-json", &["infravault-api"]),
    ("slog-term", &["infravault-api", "infravault-testkit"]),
    ("cornucopia", &["xtask-codegen"]),
    ("libfuzzer-sys", &["xtask-fuzz"]),
];

/// The packages whose code people write.
pub(crate) fn packages() -> impl Iterator<Item = &'static str> {
    EDGES
        .iter()
        .map(|(package, _)| *package)
        .filter(|package| !package.ends_with("-queries"))
}

/// The part of a document that is made from the table of allowed edges.
pub(crate) struct Diagram {
    pub(crate) file: &'static str,
    begin: &'static str,
    end: &'static str,
}

/// The diagram of the architecture document.
pub(crate) const DIAGRAM: Diagram = Diagram {
    file: "docs/architecture.md",
    begin: "<!-- begin: written by `cargo xtask docs` from xtask/src/tidy/layers.rs -->\n",
    end: "<!-- end -->",
};

impl Diagram {
    /// The document with the diagram replaced; `None` without the two marks.
    pub(crate) fn update(&self, document: &str) -> Option<String> {
        let (before, rest) = document.split_once(self.begin)?;
        let (_, after) = rest.split_once(self.end)?;
        Some(format!(
            "{before}{}{}{}{after}",
            self.begin,
            draw(EDGES),
            self.end
        ))
    }

    fn finding(&self, files: &[Source]) -> Option<Finding> {
        let document = files.iter().find(|file| file.path == self.file);
        let updated = document.and_then(|document| self.update(&document.text));
        match (document, updated) {
            (Some(document), Some(updated)) if document.text == updated => None,
            (_, Some(_)) => Some(Finding::new(
                self.file,
                "the diagram is out of date; run `cargo xtask docs`",
            )),
            _ => Some(Finding::new(
                self.file,
                format!("the marks of the diagram are missing: {}", self.begin.trim_end()),
            )),
        }
    }
}

/// The edges as a Mermaid diagram. Edges to `kernel` and `testkit` would cover everything else, so text names them.
fn draw(edges: &[(&str, &[&str])]) -> String {
    let short = |name: &str| name.trim_start_matches("infravault-").to_owned();
    let drawn: Vec<String> = edges
        .iter()
        .filter_map(|(from, to)| {
            let to: Vec<String> = to
                .iter()
                .filter(|to| **to != KERNEL)
                .map(|to| short(to))
                .collect();
            (!to.is_empty()).then(|| format!("    {} --> {}\n", short(from), to.join(" & ")))
        })
        .collect();
    let without: Vec<String> = edges
        .iter()
        .filter(|(from, to)| *from != KERNEL && !to.contains(&KERNEL))
        .map(|(from, _)| format!("`{}`", short(from)))
        .collect();
    format!(
        "\n```mermaid\nflowchart TD\n{}```\n\nNot drawn: every package may import `kernel`, except {}.\n\
         The tests of every package may import `testkit`.\n\n",
        drawn.concat(),
        without.join(", ")
    )
}

/// Compares Cargo's view of the workspace with the tables.
pub(crate) fn check(workspace: &Workspace, files: &[Source]) -> Outcome<Vec<Finding>> {
    let metadata = MetadataCommand::new()
        .manifest_path(workspace.path("Cargo.toml"))
        .no_deps()
        .exec()
        .explain(|| "read the workspace by `cargo metadata`".into())?;
    let edges: Vec<Edge> = metadata.packages.iter().flat_map(Edge::of).collect();
    let mut findings: Vec<Finding> = edges.iter().filter_map(Edge::finding).collect();
    findings.extend(unused(EDGES, &edges));
    findings.extend(DIAGRAM.finding(files));
    for package in &metadata.packages {
        let name = package.name.to_string();
        if !EDGES.iter().any(|(known, _)| *known == name) {
            let text = format!(
                "{name} is not in the table of layers; add it to {} and to docs/architecture.md",
                file!()
            );
            findings.push(Finding::new("Cargo.toml", text));
        }
    }
    Ok(findings)
}

/// Edges of the table that no manifest has.
fn unused(table: &[(&str, &[&str])], edges: &[Edge]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (from, to) in table
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| (*from, *to)))
    {
        if !edges
            .iter()
            .any(|edge| edge.from == from && edge.to == to && !edge.test_only)
        {
            let text = format!("{from} does not import {to}; remove the edge from {}", file!());
            findings.push(Finding::new("Cargo.toml", text));
        }
    }
    findings
}

/// One package depends on another.
struct Edge {
    from: String,
    to: String,
    test_only: bool,
}

impl Edge {
    fn of(package: &Package) -> Vec<Self> {
        let edge = |dependency: &cargo_metadata::Dependency| Self {
            from: package.name.to_string(),
            to: dependency.name.clone(),
            test_only: dependency.kind == DependencyKind::Development,
        };
        package.dependencies.iter().map(edge).collect()
    }

    fn finding(&self) -> Option<Finding> {
        let Self { from, to, test_only } = self;
        if let Some((_, owners)) = VENDORS.iter().find(|(vendor, _)| vendor == to) {
            let allowed = *test_only || owners.contains(&from.as_str());
            let text = format!(
                "{from} may not use {to}: it belongs to {}; put the code that needs it there",
                owners.join(", ")
            );
            return (!allowed).then(|| Finding::new(format!("{from}/Cargo.toml"), text));
        }
        if !EDGES.iter().any(|(known, _)| known == to) {
            return None;
        }
        let allowed = EDGES
            .iter()
            .find(|(known, _)| known == from)
            .is_some_and(|(_, allowed)| allowed.contains(&to.as_str()));
        // A package may test itself with another feature.
        let good = allowed || (*test_only && (to == FOR_TESTS || to == from));
        let text = format!(
            "{from} may not import {to}; pass a kernel type or a plain value through infravault-api, \
             or change the table in {} and docs/architecture.md",
            file!()
        );
        (!good).then(|| Finding::new(format!("{from}/Cargo.toml"), text))
    }
}

#[cfg(test)]
mod tests {
    use super::{DIAGRAM, Edge, Source, draw, unused};

    #[test]
    fn the_diagram_shows_every_edge_but_those_to_the_kernel() {
        let drawn = draw(&[
            ("infravault-kernel", &[]),
            ("infravault-db", &["infravault-kernel"]),
            (
                "infravault-auth",
                &["infravault-kernel", "infravault-db", "infravault-auth-queries"],
            ),
            ("xtask", &[]),
        ]);
        assert!(drawn.contains("    auth --> db & auth-queries\n"), "{drawn}");
        assert!(!drawn.contains("db -->"), "{drawn}");
        assert!(drawn.contains("except `xtask`."), "{drawn}");
    }

    #[test]
    fn a_stale_or_missing_diagram_is_found() {
        let finding = |text: &str| {
            let file = Source {
                path: DIAGRAM.file.into(),
                text: text.into(),
            };
            DIAGRAM.finding(&[file]).map(|finding| finding.text)
        };
        let stale = format!("# A\n\n{}old\n{}\n", DIAGRAM.begin, DIAGRAM.end);
        assert!(finding(&stale).is_some_and(|text| text.contains("out of date")));
        assert!(finding("# A\n").is_some_and(|text| text.contains("missing")));
        assert_eq!(DIAGRAM.update(&stale).and_then(|fresh| finding(&fresh)), None);
    }

    #[test]
    fn edges_that_no_manifest_has_are_found() {
        let edge = |to: &str, test_only| Edge {
            from: "a".into(),
            to: to.into(),
            test_only,
        };
        let table: &[(&str, &[&str])] = &[("a", &["b", "c"])];
        assert_eq!(unused(table, &[edge("b", false), edge("c", false)]).len(), 0);
        assert_eq!(unused(table, &[edge("b", false), edge("c", true)]).len(), 1);
    }

    #[test]
    fn edges_outside_the_tables_are_found() {
        let cases = [
            ("infravault-auth", "infravault-db", false, true),
            ("infravault-auth", "infravault-users", false, false),
            ("infravault-auth", "infravault-testkit", true, true),
            ("infravault-auth", "infravault-testkit", false, false),
            ("infravault-images", "actix-web", false, false),
            ("infravault-images", "serde", false, true),
            ("infravault-api", "actix-web", false, true),
        ];
        for (from, to, test_only, good) in cases {
            let edge = Edge {
                from: from.into(),
                to: to.into(),
                test_only,
            };
            assert_eq!(edge.finding().is_none(), good, "{from} -> {to}");
        }
    }
}
