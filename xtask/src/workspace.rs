//! Where things are: the repository, its target folder, and a place that an unprivileged user can reach.

use std::{
    collections::hash_map::DefaultHasher,
    env,
    ffi::OsStr,
    fs,
    hash::{Hash as _, Hasher as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::Command,
};
use xtask_support::{CommandError, Explain as _, Outcome, run_as::RunAs};

/// The checkout that the command runs in.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the checkout by this package's own folder, so that any working directory will do.
    pub(crate) fn find() -> Outcome<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest
            .parent()
            .ok_or_else(|| CommandError::new("xtask has no parent folder"))?
            .to_path_buf();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        fs::create_dir_all(&target).explain(|| format!("create {}", target.display()))?;
        Ok(Self { root, target })
    }

    /// The repository's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the repository.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Cargo's target folder, where all state of the commands lives.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// A program that Cargo built for development.
    pub(crate) fn built(&self, program: &str) -> PathBuf {
        self.target.join("debug").join(program)
    }

    /// A `cargo` command in the repository.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// A command in the repository without this process's own package variables, which would
    /// make build scripts run again.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name.as_ref());
            }
        }
        command
    }

    /// The target folder when `user` can enter it; otherwise a folder of this checkout under the
    /// system's temporary folder. PostgreSQL refuses to run as root, and a checkout in root's own
    /// home folder is closed to everybody else.
    pub(crate) fn reachable(&self, user: &RunAs) -> Outcome<PathBuf> {
        if user.can_enter(&self.target) {
            return Ok(self.target.clone());
        }
        let mut hasher = DefaultHasher::new();
        self.root.hash(&mut hasher);
        let folder = env::temp_dir().join(format!("infravault-{:016x}", hasher.finish()));
        fs::create_dir_all(&folder).explain(|| format!("create {}", folder.display()))?;
        let mine = fs::metadata(&self.target)
            .explain(|| "read the target folder".into())?
            .uid();
        let owner = fs::symlink_metadata(&folder).explain(|| format!("read {}", folder.display()))?;
        if owner.uid() != mine || !owner.is_dir() {
            return Err(
                CommandError::new(format!("{} belongs to another user", folder.display()))
                    .hint("set TMPDIR to a folder of your own"),
            );
        }
        if !user.can_enter(&folder) {
            return Err(CommandError::new(format!(
                "{user} can reach neither the target folder nor {}",
                folder.display()
            ))
            .hint("set TMPDIR to a folder that every user can enter"));
        }
        Ok(folder)
    }
}
