//! The folder store: every object is a file that is written once and durable when `store` returns.
mod list;

use crate::{
    Error, FsConfig, Listing, ObjectKey, ObjectStat, ObjectStream, Prefix, SpooledFile,
    error::run_blocking,
    spool_dir::{SpoolDir, create_dirs, dir_error},
    stream::FileChunks,
};
use futures_util::TryStreamExt;
use infravault_kernel::{Sha256, crash_point};
use rustix::{fs::OFlags, io::Errno};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

const READING: &str = "read from the object folder";
const STORING: &str = "write to the object folder";
const PROBING: &str = "use the object folder";

/// A folder store.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    min_free: u64,
}

impl Folder {
    pub(crate) fn open(config: &FsConfig) -> Result<Self, Error> {
        create_dirs(&config.dir).map_err(|error| dir_error(&config.dir, &error))?;
        // An absolute path does not depend on the working directory.
        let root = config
            .dir
            .canonicalize()
            .map_err(|error| dir_error(&config.dir, &error))?;
        Ok(Self {
            root,
            min_free: config.min_free,
        })
    }

    /// The spool is on the same file system as the objects, so that storing only links the file.
    pub(crate) fn spool_dir(&self) -> PathBuf {
        self.root.join("spool")
    }

    /// Creates all folders, so that uploads do not have to.
    pub(crate) async fn setup(self: Arc<Self>) -> Result<(), Error> {
        run_blocking(STORING, move || {
            for prefix in Prefix::ALL {
                let dir = self.root.join(prefix.as_str());
                for shard in 0..=u8::MAX {
                    create_dirs(&dir.join(format!("{shard:02x}")))
                        .map_err(|error| Error::io(STORING, error))?;
                }
                sync_dir(&dir)?;
            }
            sync_dir(&self.root)
        })
        .await
    }

    pub(crate) async fn probe(self: Arc<Self>, spool_dir: Arc<SpoolDir>) -> Result<(), Error> {
        run_blocking(PROBING, move || {
            spool_dir
                .create()?
                .file()
                .write_all(b"probe")
                .map_err(|error| Error::io(PROBING, error))?;
            let stat = rustix::fs::statvfs(&self.root).map_err(|error| Error::io(PROBING, error))?;
            if stat.f_bavail.saturating_mul(stat.f_frsize) < self.min_free {
                return Err(Error::Full(io::ErrorKind::StorageFull.into()));
            }
            Ok(())
        })
        .await
    }

    pub(crate) async fn store(self: Arc<Self>, key: ObjectKey, spooled: SpooledFile) -> Result<(), Error> {
        run_blocking(STORING, move || self.store_blocking(&key, &spooled)).await
    }

    fn store_blocking(&self, key: &ObjectKey, spooled: &SpooledFile) -> Result<(), Error> {
        let path = self.path(key)?;
        let dir = path.parent().unwrap_or(&self.root);
        spooled
            .file
            .file()
            .sync_all()
            .map_err(|error| Error::io(STORING, error))?;
        crash_point("mid-store");
        let mut outcome = spooled.file.publish(&path);
        if outcome == Err(Errno::NOENT) {
            self.create_shard(dir)?;
            outcome = spooled.file.publish(&path);
        }
        match outcome {
            Ok(()) => {}
            Err(Errno::EXIST) => sync_existing(key, &path, spooled)?,
            Err(error) => return Err(Error::io(STORING, error)),
        }
        sync_dir(dir)
    }

    /// Like [`Folder::store`], without syncing. A file that a crash of the machine damaged is replaced.
    pub(crate) async fn store_derived(
        self: Arc<Self>,
        key: ObjectKey,
        spooled: SpooledFile,
    ) -> Result<(), Error> {
        run_blocking(STORING, move || {
            let path = self.path(&key)?;
            let mut outcome = spooled.file.publish(&path);
            if outcome == Err(Errno::NOENT) {
                create_dirs(path.parent().unwrap_or(&self.root))
                    .map_err(|error| Error::io(STORING, error))?;
                outcome = spooled.file.publish(&path);
            }
            if outcome == Err(Errno::EXIST) && !has_same_bytes(&path, &spooled)? {
                std::fs::remove_file(&path).map_err(|error| Error::io(STORING, error))?;
                outcome = spooled.file.publish(&path);
            }
            match outcome {
                Ok(()) | Err(Errno::EXIST) => Ok(()),
                Err(error) => Err(Error::io(STORING, error)),
            }
        })
        .await
    }

    /// Creates the folder of a shard durably, with its parents.
    fn create_shard(&self, dir: &Path) -> Result<(), Error> {
        create_dirs(dir).map_err(|error| Error::io(STORING, error))?;
        for parent in dir.ancestors().skip(1) {
            sync_dir(parent)?;
            if parent == self.root {
                break;
            }
        }
        Ok(())
    }

    pub(crate) async fn head(self: Arc<Self>, key: ObjectKey) -> Result<Option<ObjectStat>, Error> {
        run_blocking(READING, move || {
            match std::fs::symlink_metadata(self.path(&key)?) {
                Ok(data) if data.is_file() => Ok(Some(ObjectStat {
                    len: data.len(),
                    sha256: None,
                })),
                Ok(_) => Err(Error::corrupt(&key.path(), "is not a file")),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(Error::io(READING, error)),
            }
        })
        .await
    }

    pub(crate) async fn read(
        self: Arc<Self>,
        key: ObjectKey,
        len: u64,
        start: u64,
        count: u64,
    ) -> Result<ObjectStream, Error> {
        run_blocking(READING, move || {
            let name = key.path();
            let file = self.open_checked(&key, len)?;
            // Reading the first chunk here saves a switch to a blocking thread.
            let chunks = FileChunks::new(Arc::new(file), start, count)
                .read_first()
                .map_err(|error| Error::io(READING, error))?;
            let chunks = chunks.map_err(|error| Error::io(READING, error));
            Ok(ObjectStream::new(name, count, chunks))
        })
        .await
    }

    pub(crate) async fn open_file(self: Arc<Self>, key: ObjectKey, len: u64) -> Result<File, Error> {
        run_blocking(READING, move || self.open_checked(&key, len)).await
    }

    /// Opens the file of an object and checks its length.
    fn open_checked(&self, key: &ObjectKey, len: u64) -> Result<File, Error> {
        let file = open_file(&self.path(key)?).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::Missing(key.path()),
            _ => Error::io(READING, error),
        })?;
        let data = file.metadata().map_err(|error| Error::io(READING, error))?;
        if !data.is_file() || data.len() != len {
            let reason = format!("has {} bytes instead of {len}", data.len());
            return Err(Error::corrupt(&key.path(), reason));
        }
        Ok(file)
    }

    /// Deletes without syncing: if the machine crashes, the object may reappear without a row, and the integrity check
    /// deletes it.
    pub(crate) async fn delete(self: Arc<Self>, key: ObjectKey) -> Result<(), Error> {
        run_blocking(
            "delete from the object folder",
            move || match std::fs::remove_file(self.path(&key)?) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(Error::io("delete from the object folder", error))
                }
                _ => Ok(()),
            },
        )
        .await
    }

    pub(crate) async fn list(
        self: Arc<Self>,
        prefix: Prefix,
        after: Option<String>,
        limit: usize,
    ) -> Result<Listing, Error> {
        run_blocking(READING, move || {
            list::list_page(&self.root, prefix, after.as_deref(), limit)
                .map_err(|error| Error::io(READING, error))
        })
        .await
    }

    fn path(&self, key: &ObjectKey) -> Result<PathBuf, Error> {
        join_inside(&self.root, &key.path())
            .ok_or_else(|| Error::corrupt(&key.path(), "does not name a file in the store"))
    }
}

/// Joins a path to the root unless it would leave it. Keys consist of IDs, so this is a second line of defense.
fn join_inside(root: &Path, path: &str) -> Option<PathBuf> {
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    (plain && !path.is_empty() && !path.contains('\0')).then(|| root.join(path))
}

fn open_file(path: &Path) -> io::Result<File> {
    // Does not follow symbolic links out of the store, and does not block on pipes.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(flags.bits()).map_err(io::Error::other)?)
        .open(path)
}

fn sync_dir(dir: &Path) -> Result<(), Error> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(|error| Error::io(STORING, error))
}

/// Syncs an existing file if it has the same bytes.
fn sync_existing(key: &ObjectKey, path: &Path, spooled: &SpooledFile) -> Result<(), Error> {
    if !has_same_bytes(path, spooled)? {
        return Err(Error::Conflict(key.path()));
    }
    open_file(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| Error::io(STORING, error))
}

/// Whether a file has the bytes of an upload.
fn has_same_bytes(path: &Path, spooled: &SpooledFile) -> Result<bool, Error> {
    let mut file = open_file(path).map_err(|error| Error::io(STORING, error))?;
    let data = file.metadata().map_err(|error| Error::io(STORING, error))?;
    Ok(data.len() == spooled.len()
        && hash_file(&mut file).map_err(|error| Error::io(STORING, error))? == spooled.sha256())
}

fn hash_file(file: &mut File) -> io::Result<Sha256> {
    let mut hasher = Sha256::hasher();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        match buffer.get(..count) {
            Some([]) | None => return Ok(hasher.finish()),
            Some(bytes) => hasher.update(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_cannot_leave_the_folder() {
        let root = Path::new("/store");
        assert_eq!(join_inside(root, "a/b"), Some(PathBuf::from("/store/a/b")));
        for path in ["", "/etc/passwd", "..", "a/../../b", "./a", "a/\0"] {
            assert_eq!(join_inside(root, path), None, "{path:?}");
        }
    }
}
