//! Source packages of this machine's distribution, by its own client, without touching the client's own state.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use xtask_support::{CommandError, Explain as _, Outcome, console, process};

/// Where the client keeps the list of its mirrors.
const SETTINGS: &str = "/etc/apt";

/// The client with lists and settings of its own.
pub(super) struct Apt {
    home: PathBuf,
}

impl Apt {
    /// Derives where sources are from where this machine gets its packages, and fetches the list of them.
    pub(super) fn open(home: &Path) -> Outcome<Self> {
        process::require("apt-get")
            .map_err(|_| CommandError::new("apt-get is not installed: no source packages here"))?;
        let apt = Self {
            home: home.to_path_buf(),
        };
        for folder in ["sources.list.d", "lists/partial", "archives/partial"] {
            let folder = home.join(folder);
            fs::create_dir_all(&folder).explain(|| format!("create {}", folder.display()))?;
        }
        apt.write_sources()?;
        console::note("fetching the list of source packages by apt-get");
        process::quietly(apt.command().arg("update"))?;
        Ok(apt)
    }

    /// Fetches a source package; gives the archives of its authors.
    pub(super) fn source(&self, package: &str) -> Outcome<Vec<PathBuf>> {
        let folder = self.home.join("packages").join(package);
        fs::create_dir_all(&folder).explain(|| format!("create {}", folder.display()))?;
        let mut command = self.command();
        command
            .args(["source", "--download-only", "--tar-only", package])
            .current_dir(&folder);
        process::quietly(&mut command)
            .map_err(|failure| CommandError::new(format!("{package}: {failure}")))?;
        let entries = fs::read_dir(&folder).explain(|| format!("read {}", folder.display()))?;
        let archives = entries.flatten().map(|entry| entry.path());
        Ok(archives
            .filter(|path| path.to_string_lossy().contains(".tar."))
            .filter(|path| path.extension().is_some_and(|ending| ending != "asc"))
            .collect())
    }

    /// Removes what was fetched of a package.
    pub(super) fn forget(&self, package: &str) {
        let _ = fs::remove_dir_all(self.home.join("packages").join(package));
    }

    fn write_sources(&self) -> Outcome {
        let settings = Path::new(SETTINGS);
        let parts = fs::read_dir(settings.join("sources.list.d"))
            .into_iter()
            .flatten();
        let parts = parts.flatten().map(|entry| entry.path());
        let mut found = false;
        for path in parts.chain([settings.join("sources.list")]) {
            let ending = path.extension().and_then(|ending| ending.to_str());
            let Some(name) = path
                .file_name()
                .filter(|_| matches!(ending, Some("list" | "sources")))
            else {
                continue;
            };
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let copy = self.home.join("sources.list.d").join(name);
            fs::write(&copy, of_sources(&text)).explain(|| format!("write {}", copy.display()))?;
            found = true;
        }
        let nothing = || CommandError::new(format!("{SETTINGS} names no place to fetch packages from"));
        found.then_some(()).ok_or_else(nothing)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("apt-get");
        let path = |name: &str| self.home.join(name).display().to_string();
        let options = [
            "Dir::Etc::sourcelist=/dev/null".to_owned(),
            format!("Dir::Etc::sourceparts={}", path("sources.list.d")),
            format!("Dir::State::lists={}", path("lists")),
            format!("Dir::Cache={}", self.home.display()),
            // The user that fetches for root can seldom enter a checkout.
            "APT::Sandbox::User=root".to_owned(),
            "Acquire::Languages=none".to_owned(),
            "Acquire::http::Timeout=20".to_owned(),
            "Acquire::Retries=2".to_owned(),
        ];
        command.arg("--quiet");
        for option in options {
            command.args(["--option", &option]);
        }
        command
    }
}

/// A list of places for packages turned into one for sources, in both forms that the client reads.
fn of_sources(text: &str) -> String {
    let line = |line: &str| {
        let of_packages = line.strip_prefix("deb ").or_else(|| line.strip_prefix("deb\t"));
        match of_packages {
            Some(rest) => format!("deb-src {rest}\n"),
            None if line.starts_with("Types:") => "Types: deb-src\n".to_owned(),
            None if line.starts_with("deb-src") => "\n".to_owned(),
            None => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::of_sources;

    #[test]
    fn places_for_packages_become_places_for_sources() {
        let cases = [
            (
                "deb [signed-by=/k] http://a/b main",
                "deb-src [signed-by=/k] http://a/b main\n",
            ),
            ("deb\thttp://a/b main", "deb-src http://a/b main\n"),
            ("deb-src http://a/b main", "\n"),
            ("# deb http://a/b main", "# deb http://a/b main\n"),
            (
                "Types: deb\nURIs: http://a/b\n\nTypes: deb deb-src\n",
                "Types: deb-src\nURIs: http://a/b\n\nTypes: deb-src\n",
            ),
        ];
        for (packages, sources) in cases {
            assert_eq!(of_sources(packages), sources, "{packages}");
        }
    }
}
