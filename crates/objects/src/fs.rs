//! The folder store: every object is a file, written once, durable when `store` returns.
mod list;

use crate::{
    Error, FsConfig, Listing, ObjectKey, ObjectStat, ObjectStream, Prefix, SpooledFile,
    error::blocking,
    spool_dir::{SpoolDir, make_dirs, unusable},
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

/// A folder as a store.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    min_free: u64,
}

impl Folder {
    pub(crate) fn open(config: &FsConfig) -> Result<Self, Error> {
        make_dirs(&config.dir).map_err(|error| unusable(&config.dir, &error))?;
        // Absolute, so that a later change of the working directory does not move the store.
        let root = config
            .dir
            .canonicalize()
            .map_err(|error| unusable(&config.dir, &error))?;
        Ok(Self {
            root,
            min_free: config.min_free,
        })
    }

    /// On the same file system as the objects, so that storing is a link.
    pub(crate) fn spool_dir(&self) -> PathBuf {
        self.root.join("spool")
    }

    /// Makes the folders of every prefix, so that no upload has to.
    pub(crate) async fn setup(self: Arc<Self>) -> Result<(), Error> {
        blocking(STORING, move || {
            for prefix in Prefix::ALL {
                let dir = self.root.join(prefix.as_str());
                for shard in 0..=u8::MAX {
                    make_dirs(&dir.join(format!("{shard:02x}")))
                        .map_err(|error| Error::io(STORING, error))?;
                }
                sync_dir(&dir)?;
            }
            sync_dir(&self.root)
        })
        .await
    }

    pub(crate) async fn probe(self: Arc<Self>, place: Arc<SpoolDir>) -> Result<(), Error> {
        blocking(PROBING, move || {
            place
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
        blocking(STORING, move || self.store_now(&key, &spooled)).await
    }

    fn store_now(&self, key: &ObjectKey, spooled: &SpooledFile) -> Result<(), Error> {
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
            self.make_shard(dir)?;
            outcome = spooled.file.publish(&path);
        }
        match outcome {
            Ok(()) => {}
            Err(Errno::EXIST) => same_bytes(key, &path, spooled)?,
            Err(error) => return Err(Error::io(STORING, error)),
        }
        sync_dir(dir)
    }

    /// Like [`Folder::store`], without waiting for the disk. A file that a stop of the machine left damaged is replaced.
    pub(crate) async fn store_derived(
        self: Arc<Self>,
        key: ObjectKey,
        spooled: SpooledFile,
    ) -> Result<(), Error> {
        blocking(STORING, move || {
            let path = self.path(&key)?;
            let mut outcome = spooled.file.publish(&path);
            if outcome == Err(Errno::NOENT) {
                make_dirs(path.parent().unwrap_or(&self.root)).map_err(|error| Error::io(STORING, error))?;
                outcome = spooled.file.publish(&path);
            }
            if outcome == Err(Errno::EXIST) && !holds(&path, &spooled)? {
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

    /// Makes the folder of a shard durable, with those above it.
    fn make_shard(&self, dir: &Path) -> Result<(), Error> {
        make_dirs(dir).map_err(|error| Error::io(STORING, error))?;
        for above in dir.ancestors().skip(1) {
            sync_dir(above)?;
            if above == self.root {
                break;
            }
        }
        Ok(())
    }

    pub(crate) async fn head(self: Arc<Self>, key: ObjectKey) -> Result<Option<ObjectStat>, Error> {
        blocking(READING, move || {
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
        blocking(READING, move || {
            let name = key.path();
            let file = self.open_whole(&key, len)?;
            // The first chunk comes with the same visit to the blocking thread.
            let chunks = FileChunks::new(Arc::new(file), start, count)
                .with_first()
                .map_err(|error| Error::io(READING, error))?;
            let chunks = chunks.map_err(|error| Error::io(READING, error));
            Ok(ObjectStream::new(name, count, chunks))
        })
        .await
    }

    pub(crate) async fn open_file(self: Arc<Self>, key: ObjectKey, len: u64) -> Result<File, Error> {
        blocking(READING, move || self.open_whole(&key, len)).await
    }

    /// Opens the file of an object, which has as many bytes as were stored.
    fn open_whole(&self, key: &ObjectKey, len: u64) -> Result<File, Error> {
        let file = open_file(&self.path(key)?).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::Missing(key.path()),
            _ => Error::io(READING, error),
        })?;
        let data = file.metadata().map_err(|error| Error::io(READING, error))?;
        if !data.is_file() || data.len() != len {
            let fault = format!("has {} bytes instead of {len}", data.len());
            return Err(Error::corrupt(&key.path(), fault));
        }
        Ok(file)
    }

    /// Not made durable at once: if the machine stops now the object is there again, without a row, and the integrity
    /// job deletes it.
    pub(crate) async fn delete(self: Arc<Self>, key: ObjectKey) -> Result<(), Error> {
        blocking(
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
        blocking(READING, move || {
            list::list(&self.root, prefix, after.as_deref(), limit).map_err(|error| Error::io(READING, error))
        })
        .await
    }

    fn path(&self, key: &ObjectKey) -> Result<PathBuf, Error> {
        inside(&self.root, &key.path())
            .ok_or_else(|| Error::corrupt(&key.path(), "does not name a file in the store"))
    }
}

/// Joins a path to the root if it cannot leave it. Keys are made of ids, so this only guards against a mistake of ours.
fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    (plain && !path.is_empty() && !path.contains('\0')).then(|| root.join(path))
}

fn open_file(path: &Path) -> io::Result<File> {
    // A link put into the store's place does not lead out of it, and a pipe does not make the reader wait.
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

/// Makes the file durable that is there already, if it holds what was to be stored.
fn same_bytes(key: &ObjectKey, path: &Path, spooled: &SpooledFile) -> Result<(), Error> {
    if !holds(path, spooled)? {
        return Err(Error::Conflict(key.path()));
    }
    open_file(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| Error::io(STORING, error))
}

/// Whether a file holds what was to be stored.
fn holds(path: &Path, spooled: &SpooledFile) -> Result<bool, Error> {
    let mut file = open_file(path).map_err(|error| Error::io(STORING, error))?;
    let data = file.metadata().map_err(|error| Error::io(STORING, error))?;
    Ok(data.len() == spooled.len()
        && hash(&mut file).map_err(|error| Error::io(STORING, error))? == spooled.sha256())
}

fn hash(file: &mut File) -> io::Result<Sha256> {
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
    fn no_path_leaves_the_folder() {
        let root = Path::new("/store");
        assert_eq!(inside(root, "a/b"), Some(PathBuf::from("/store/a/b")));
        for path in ["", "/etc/passwd", "..", "a/../../b", "./a", "a/\0"] {
            assert_eq!(inside(root, path), None, "{path:?}");
        }
    }
}
