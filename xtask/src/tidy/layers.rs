//! Who may import whom, as the table of `docs/architecture.md` says.

use super::Finding;
use crate::{
    failure::{Explain as _, Outcome},
    workspace::Workspace,
};
use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Every package of the workspace and the ones that it may depend on.
const EDGES: &[(&str, &[&str])] = &[
    ("infravault-kernel", &[]),
    ("infravault-db", &["infravault-kernel"]),
    ("infravault-objects", &["infravault-kernel"]),
    ("infravault-imaging", &["infravault-kernel"]),
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
    ("xtask", &[]),
    ("xtask-codegen", &["infravault-db"]),
    ("xtask-bench", &["infravault-imaging", "infravault-sandbox"]),
    (
        "xtask-faults",
        &[
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

/// Packages of others that live at one edge only.
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

/// Compares Cargo's view of the workspace with the tables.
pub(crate) fn check(workspace: &Workspace) -> Outcome<Vec<Finding>> {
    let metadata = MetadataCommand::new()
        .manifest_path(workspace.path("Cargo.toml"))
        .no_deps()
        .exec()
        .explain(|| "read the workspace by `cargo metadata`".into())?;
    let edges: Vec<Edge> = metadata.packages.iter().flat_map(Edge::of).collect();
    let mut findings: Vec<Finding> = edges.iter().filter_map(Edge::finding).collect();
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
    use super::Edge;

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
