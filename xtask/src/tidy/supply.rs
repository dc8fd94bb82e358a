//! Where things come from: one TLS stack, one HTTP client, no registry host and no machine's path in the repository.

use super::{Finding, Source};
use crate::workspace::Workspace;
use xtask_support::{Outcome, process};

/// Packages that must not be linked, and why.
const BANNED: [(&str, &str); 4] = [
    (
        "ring",
        "TLS and digests come from aws-lc-rs; switch off the feature that brings it",
    ),
    (
        "native-tls",
        "TLS is rustls; switch off the default features of the package that brings it",
    ),
    (
        "openssl",
        "TLS is rustls; switch off the default features of the package that brings it",
    ),
    (
        "openssl-sys",
        "TLS is rustls; switch off the default features of the package that brings it",
    ),
];

/// Registry hosts and folders of single machines; in two halves, so that this file does not find itself.
const HOSTS: [&str; 9] = [
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("deb.debian", ".org"),
    concat!("proxy.golang", ".org"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
];

/// Checks what the product links and what the files name.
pub(crate) fn check(workspace: &Workspace, files: &[Source]) -> Outcome<Vec<Finding>> {
    let mut cargo = workspace.cargo();
    cargo.args([
        "tree",
        "--workspace",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let mut findings = linked(&process::capture(&mut cargo)?);
    findings.extend(
        files
            .iter()
            .filter(|file| file.path != "Cargo.lock")
            .flat_map(named),
    );
    Ok(findings)
}

fn linked(tree: &str) -> Vec<Finding> {
    let mut packages: Vec<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .collect();
    packages.sort_unstable();
    packages.dedup();
    let mut findings = Vec::new();
    for (name, why) in BANNED {
        if packages.iter().any(|(package, _)| *package == name) {
            findings.push(Finding::new(
                "Cargo.toml",
                format!("{name} is linked: {why} (cargo tree -i {name})"),
            ));
        }
    }
    let versions: Vec<&str> = packages
        .iter()
        .filter(|(name, _)| *name == "reqwest")
        .map(|(_, version)| *version)
        .collect();
    if versions.len() > 1 {
        findings.push(Finding::new(
            "Cargo.toml",
            format!("reqwest is linked as {versions:?}; keep one version"),
        ));
    }
    if packages
        .iter()
        .any(|(name, version)| *name == "h2" && version.starts_with("v0.3"))
    {
        findings.push(Finding::new(
            "Cargo.toml",
            "h2 0.3 has open advisories; switch off the feature that brings it",
        ));
    }
    findings
}

fn named(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for host in HOSTS.iter().filter(|host| line.contains(**host)) {
            let text = format!(
                "names {host}; say which package, not where it is fetched from or where it lies here"
            );
            findings.push(Finding::at(&file.path, number + 1, text));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Source, linked, named};

    #[test]
    fn banned_and_doubled_packages_are_found() {
        assert!(linked("rustls v0.23.46\nreqwest v0.12.28\nreqwest v0.12.28 (*)\n").is_empty());
        assert_eq!(linked("ring v0.17.14\n").len(), 1);
        assert_eq!(linked("reqwest v0.12.28\nreqwest v0.13.1\n").len(), 1);
        assert_eq!(linked("h2 v0.3.27\nh2 v0.4.1\n").len(), 1);
    }

    #[test]
    fn hosts_are_found() {
        let text = format!("see {}\n", concat!("crates", ".io"));
        assert_eq!(
            named(&Source {
                path: "README.md".into(),
                text
            })
            .len(),
            1
        );
    }
}
