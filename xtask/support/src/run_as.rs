//! The user that runs PostgreSQL: the caller, or an unprivileged user if the caller is root.

use crate::{
    error::{CommandError, Explain as _, Outcome},
    process,
};
use std::{
    fmt, fs,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

/// The user that the cluster's processes and files belong to.
#[derive(Debug, Clone)]
pub enum RunAs {
    /// The caller is not root.
    Caller,
    /// PostgreSQL refuses to run as root.
    Other {
        /// The user name, for messages.
        name: String,
        /// The user id.
        uid: u32,
        /// The group id.
        gid: u32,
    },
}

impl RunAs {
    /// `postgres` or `nobody` for root, else the caller.
    pub fn find() -> Outcome<Self> {
        let me = fs::metadata("/proc/self").map(|entry| entry.uid());
        let me = match me {
            Ok(uid) => uid,
            Err(_) => number(&["-u"])?,
        };
        if me != 0 {
            return Ok(Self::Caller);
        }
        for name in ["postgres", "nobody"] {
            if let (Ok(uid), Ok(gid)) = (number(&["-u", name]), number(&["-g", name])) {
                return Ok(Self::Other {
                    name: name.to_owned(),
                    uid,
                    gid,
                });
            }
        }
        Err(
            CommandError::new("PostgreSQL does not run as root, and no other user exists")
                .hint("useradd --system nobody"),
        )
    }

    /// A command that runs as this user, in a folder that it can enter.
    pub fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env("HOME", folder)
            .env("LC_ALL", "C")
            .env_remove("LD_LIBRARY_PATH");
        for name in ["PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGOPTIONS"] {
            command.env_remove(name);
        }
        if let Self::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Whether this user can enter a folder, asked of the system itself.
    pub fn can_enter(&self, folder: &Path) -> bool {
        let mut command = self.command(Path::new("sh"), Path::new("/"));
        command
            .args(["-c", "test -x \"$1\" && test -r \"$1\"", "sh"])
            .arg(folder);
        command.status().is_ok_and(|status| status.success())
    }

    /// Gives a file or folder to this user.
    pub fn own(&self, path: &Path) -> Outcome {
        match self {
            Self::Caller => Ok(()),
            Self::Other { uid, gid, .. } => {
                chown(path, Some(*uid), Some(*gid)).explain(|| format!("give {} to {self}", path.display()))
            }
        }
    }
}

impl fmt::Display for RunAs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller => out.write_str("the current user"),
            Self::Other { name, .. } => write!(out, "user {name}"),
        }
    }
}

fn number(arguments: &[&str]) -> Outcome<u32> {
    let text = process::capture(Command::new("id").args(arguments))?;
    text.trim()
        .parse()
        .explain(|| format!("read a user number from '{}'", text.trim()))
}
