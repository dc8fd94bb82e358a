//! Where spool files are made: files without a name where the file system can, named ones elsewhere.
use crate::Error;
use infravault_kernel::Clock;
use rustix::{
    fs::{AtFlags, CWD, Mode, OFlags, RenameFlags},
    io::Errno,
};
use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    os::{
        fd::AsRawFd,
        unix::fs::{DirBuilderExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, SystemTime},
};

/// A named spool file this old belongs to no living upload.
const ABANDONED: Duration = Duration::from_hours(24);
const PREFIX: &str = "upload-";

/// A folder for spool files.
#[derive(Debug)]
pub(crate) struct SpoolDir {
    dir: PathBuf,
    unnamed: AtomicBool,
    /// Whether a file will get another name by [`SpoolFile::publish`]; otherwise a name is taken off at once.
    publishes: bool,
}

impl SpoolDir {
    /// Makes the folder and removes what a killed process may have left there.
    pub(crate) fn open(dir: PathBuf, unnamed: bool, publishes: bool) -> Result<Self, Error> {
        make_dirs(&dir).map_err(|error| unusable(&dir, &error))?;
        remove_abandoned(&dir).map_err(|error| unusable(&dir, &error))?;
        Ok(Self {
            dir,
            unnamed: AtomicBool::new(unnamed),
            publishes,
        })
    }

    /// A new, empty file that only this process can read.
    pub(crate) fn create(&self) -> Result<SpoolFile, Error> {
        if self.unnamed.load(Ordering::Relaxed) {
            let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
            match rustix::fs::open(&self.dir, flags, Mode::RUSR | Mode::WUSR) {
                Ok(fd) => {
                    return Ok(SpoolFile {
                        file: File::from(fd),
                        name: None,
                    });
                }
                // What kernels and file systems answer that do not know the flag.
                Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => {
                    self.unnamed.store(false, Ordering::Relaxed);
                }
                Err(error) => return Err(Error::io("make a spool file", error)),
            }
        }
        self.create_named()
            .map_err(|error| Error::io("make a spool file", error))
    }

    fn create_named(&self) -> io::Result<SpoolFile> {
        let name = self.dir.join(format!("{PREFIX}{}", random_name()?));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&name)?;
        let mut spool_file = SpoolFile {
            file,
            name: Some(name),
        };
        if !self.publishes {
            spool_file.remove_name();
        }
        Ok(spool_file)
    }
}

/// A file that disappears when it is dropped, unless it was published.
#[derive(Debug)]
pub(crate) struct SpoolFile {
    file: File,
    name: Option<PathBuf>,
}

impl SpoolFile {
    /// The open file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its final name; fails with `AlreadyExists` rather than replace another.
    pub(crate) fn publish(&self, to: &Path) -> Result<(), Errno> {
        let Some(name) = &self.name else {
            return self.publish_unnamed(to);
        };
        match rustix::fs::linkat(CWD, name, CWD, to, AtFlags::empty()) {
            // File systems without hard links.
            Err(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS) => {
                rustix::fs::renameat_with(CWD, name, CWD, to, RenameFlags::NOREPLACE)
            }
            outcome => outcome,
        }
    }

    fn publish_unnamed(&self, to: &Path) -> Result<(), Errno> {
        // The way of open(2): unlike `AT_EMPTY_PATH` it needs no privilege, only /proc.
        let from = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        match rustix::fs::linkat(CWD, from, CWD, to, AtFlags::SYMLINK_FOLLOW) {
            Err(Errno::NOENT) => rustix::fs::linkat(&self.file, "", CWD, to, AtFlags::EMPTY_PATH),
            outcome => outcome,
        }
    }

    fn remove_name(&mut self) {
        if let Some(name) = self.name.take() {
            // A name that a rename took away is gone already; one that stays is removed by a later start.
            let _ = std::fs::remove_file(name);
        }
    }
}

impl Drop for SpoolFile {
    fn drop(&mut self) {
        self.remove_name();
    }
}

/// Makes a folder and those above it, readable by this user only.
pub(crate) fn make_dirs(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

pub(crate) fn unusable(dir: &Path, error: &io::Error) -> Error {
    Error::Config(format!("the folder {} cannot be used: {error}", dir.display()))
}

fn remove_abandoned(dir: &Path) -> io::Result<()> {
    let now = SystemTime::from(Clock::System.now());
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if !entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(PREFIX.as_bytes())
        {
            continue;
        }
        let Ok(modified) = entry.metadata().and_then(|data| data.modified()) else {
            continue;
        };
        if now.duration_since(modified).is_ok_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    Ok(())
}

fn random_name() -> io::Result<String> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_abandoned_spool_files_are_removed() {
        let dir = std::env::temp_dir().join(format!("iv-place-{}", random_name().unwrap()));
        make_dirs(&dir).unwrap();
        let old = SystemTime::from(Clock::System.now()) - ABANDONED - Duration::from_mins(1);
        for (name, age) in [
            ("upload-old", Some(old)),
            ("upload-new", None),
            ("other", Some(old)),
        ] {
            let file = File::create(dir.join(name)).unwrap();
            if let Some(age) = age {
                file.set_modified(age).unwrap();
            }
        }
        SpoolDir::open(dir.clone(), true, true).unwrap();
        let mut left: Vec<_> = std::fs::read_dir(&dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["other", "upload-new"]);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
