//! The folder of spool files: unnamed files if the file system supports them, else named ones.
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
        fd::{AsFd, AsRawFd, BorrowedFd},
        unix::fs::{DirBuilderExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, SystemTime},
};

/// Named spool files of this age do not belong to a running upload.
const ABANDONED: Duration = Duration::from_hours(24);
const PREFIX: &str = "upload-";

/// A folder for spool files.
#[derive(Debug)]
pub(crate) struct SpoolDir {
    dir: PathBuf,
    unnamed: AtomicBool,
    /// Whether files will be published with [`SpoolFile::publish`]. Otherwise named files are unlinked at once.
    publishes: bool,
}

impl SpoolDir {
    /// Creates the folder and removes abandoned files of killed processes.
    pub(crate) fn open(dir: PathBuf, unnamed: bool, publishes: bool) -> Result<Self, Error> {
        create_dirs(&dir).map_err(|error| dir_error(&dir, &error))?;
        remove_abandoned(&dir).map_err(|error| dir_error(&dir, &error))?;
        Ok(Self {
            dir,
            unnamed: AtomicBool::new(unnamed),
            publishes,
        })
    }

    /// Creates an empty file that only this user can read.
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
                // Kernels and file systems without `O_TMPFILE`.
                Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => {
                    self.unnamed.store(false, Ordering::Relaxed);
                }
                Err(error) => return Err(Error::io("create a spool file", error)),
            }
        }
        self.create_named()
            .map_err(|error| Error::io("create a spool file", error))
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

/// A file that is removed when dropped, unless it was published.
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

    /// Links the file to its final path. Returns `EXIST` instead of replacing a file.
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
        // As described in open(2): unlike `AT_EMPTY_PATH`, this needs no privilege, only /proc.
        let from = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        match rustix::fs::linkat(CWD, from, CWD, to, AtFlags::SYMLINK_FOLLOW) {
            Err(Errno::NOENT) => rustix::fs::linkat(&self.file, "", CWD, to, AtFlags::EMPTY_PATH),
            outcome => outcome,
        }
    }

    fn remove_name(&mut self) {
        if let Some(name) = self.name.take() {
            // After a rename the name no longer exists. Files that cannot be removed are removed at a later start.
            let _ = std::fs::remove_file(name);
        }
    }
}

impl AsFd for SpoolFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Drop for SpoolFile {
    fn drop(&mut self) {
        self.remove_name();
    }
}

/// Creates a folder and its parents, accessible only by this user.
pub(crate) fn create_dirs(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

pub(crate) fn dir_error(dir: &Path, error: &io::Error) -> Error {
    Error::Config(format!("cannot use the folder {}: {error}", dir.display()))
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
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| io::Error::other("the system provides no random bytes"))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_abandoned_spool_files_are_removed() {
        let dir = std::env::temp_dir().join(format!("iv-spool-{}", random_name().unwrap()));
        create_dirs(&dir).unwrap();
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
