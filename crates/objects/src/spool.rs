//! Receives an upload into a temporary file, and hashes and counts its bytes.
use crate::{
    Error,
    error::run_blocking,
    spool_dir::{SpoolDir, SpoolFile},
};
use bytes::{Bytes, BytesMut};
use infravault_kernel::{Hasher, Sha256};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::task::JoinHandle;

/// At this size a batch is written, after waiting for the previous one.
const MAX_BATCH: usize = 256 << 10;
/// At this size a batch is written if no other one is being written.
const MIN_BATCH: usize = 64 << 10;
/// Smaller chunks are copied together, so that tiny chunks do not waste memory.
const SMALL_CHUNK: usize = 4 << 10;
/// Number of first bytes to keep in memory.
const HEAD_LEN: usize = 64;
const WRITING: &str = "write to the spool";

/// Limits the bytes of all uploads in progress.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    limit: u64,
    used: Arc<AtomicU64>,
}

impl Budget {
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit,
            used: Arc::default(),
        }
    }

    /// Admits an upload that fits into the free budget. Only received bytes count, so that slow uploads of announced large
    /// bodies do not block others.
    fn admit(&self, wanted: u64) -> Result<BudgetShare, Error> {
        let used = self.used.load(Ordering::Relaxed);
        if used.saturating_add(wanted) > self.limit {
            return Err(Error::Busy);
        }
        Ok(BudgetShare {
            budget: self.clone(),
            held: AtomicU64::new(0),
        })
    }
}

/// The bytes that one upload takes from the budget until it is dropped.
#[derive(Debug)]
struct BudgetShare {
    budget: Budget,
    held: AtomicU64,
}

impl BudgetShare {
    fn grow(&self, by: u64) -> Result<(), Error> {
        self.budget
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(by).filter(|sum| *sum <= self.budget.limit)
            })
            .map_err(|_| Error::Busy)?;
        self.held.fetch_add(by, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for BudgetShare {
    fn drop(&mut self) {
        let held = *self.held.get_mut();
        self.budget.used.fetch_sub(held, Ordering::Relaxed);
    }
}

/// An upload that is being received. Dropping it deletes its bytes.
#[derive(Debug)]
pub struct Spool {
    limit: u64,
    received: u64,
    pending: Vec<Bytes>,
    /// The last small chunks, copied together; they follow `pending`.
    tail: BytesMut,
    pending_len: usize,
    writer: Option<Writer>,
    write_task: Option<JoinHandle<Result<Writer, Error>>>,
    share: Arc<BudgetShare>,
}

impl Spool {
    pub(crate) fn new(spool_dir: &Arc<SpoolDir>, budget: &Budget, limit: u64) -> Result<Self, Error> {
        let share = Arc::new(budget.admit(limit)?);
        Ok(Self {
            limit,
            received: 0,
            pending: Vec::new(),
            tail: BytesMut::new(),
            pending_len: 0,
            writer: Some(Writer::new(Arc::clone(spool_dir), Arc::clone(&share))),
            write_task: None,
            share,
        })
    }

    /// The number of bytes received so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Adds bytes. Waits while two batches are pending. Write errors of earlier batches are returned here or by
    /// [`Spool::finish`].
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.received.saturating_add(len) > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        self.share.grow(len)?;
        self.received += len;
        self.push(bytes);
        let idle = self.write_task.as_ref().is_none_or(JoinHandle::is_finished);
        if self.pending_len >= MAX_BATCH || (idle && self.pending_len >= MIN_BATCH) {
            self.start_write().await?;
        }
        Ok(())
    }

    /// Finishes the upload: all bytes are in the file. An empty upload is an [`Error::Empty`].
    pub async fn finish(mut self) -> Result<SpooledFile, Error> {
        if self.received == 0 {
            return Err(Error::Empty);
        }
        if self.pending_len > 0 {
            self.start_write().await?;
        }
        self.take_writer().await?.finish()
    }

    fn push(&mut self, bytes: Bytes) {
        self.pending_len += bytes.len();
        if bytes.len() < SMALL_CHUNK {
            self.tail.extend_from_slice(&bytes);
            return;
        }
        self.push_tail();
        self.pending.push(bytes);
    }

    fn push_tail(&mut self) {
        if !self.tail.is_empty() {
            self.pending.push(self.tail.split().freeze());
        }
    }

    /// Waits for the batch being written and starts writing the next one.
    async fn start_write(&mut self) -> Result<(), Error> {
        let mut writer = self.take_writer().await?;
        self.push_tail();
        let batch = std::mem::take(&mut self.pending);
        self.pending_len = 0;
        self.write_task = Some(tokio::task::spawn_blocking(move || {
            writer.write(&batch)?;
            Ok(writer)
        }));
        Ok(())
    }

    async fn take_writer(&mut self) -> Result<Writer, Error> {
        if let Some(task) = &mut self.write_task {
            let outcome = task.await;
            self.write_task = None;
            self.writer = Some(outcome.map_err(|error| Error::unavailable(WRITING, error))??);
        }
        self.writer
            .take()
            .ok_or_else(|| Error::unavailable(WRITING, "an earlier write failed"))
    }
}

/// The blocking half: writes and hashes the bytes.
#[derive(Debug)]
struct Writer {
    spool_dir: Arc<SpoolDir>,
    file: Option<SpoolFile>,
    hasher: Hasher,
    head: Vec<u8>,
    len: u64,
    // Held until the last batch is written, even if the upload is dropped in the meantime.
    share: Arc<BudgetShare>,
}

impl Writer {
    fn new(spool_dir: Arc<SpoolDir>, share: Arc<BudgetShare>) -> Self {
        Self {
            spool_dir,
            file: None,
            hasher: Sha256::hasher(),
            head: Vec::with_capacity(HEAD_LEN),
            len: 0,
            share,
        }
    }

    fn write(&mut self, batch: &[Bytes]) -> Result<(), Error> {
        let spool_file = match self.file.take() {
            Some(file) => file,
            None => self.spool_dir.create()?,
        };
        let mut file = spool_file.file();
        for bytes in batch {
            file.write_all(bytes).map_err(|error| Error::io(WRITING, error))?;
            self.hasher.update(bytes);
            let missing = HEAD_LEN.saturating_sub(self.head.len());
            self.head.extend(bytes.iter().take(missing));
            self.len += u64::try_from(bytes.len()).unwrap_or_default();
        }
        self.file = Some(spool_file);
        Ok(())
    }

    fn finish(self) -> Result<SpooledFile, Error> {
        Ok(SpooledFile {
            file: Arc::new(self.file.ok_or(Error::Empty)?),
            len: self.len,
            sha256: self.hasher.finish(),
            head: self.head.into(),
            _share: self.share,
        })
    }
}

/// A completely received upload. Dropping it deletes the file unless it was stored.
#[derive(Clone, Debug)]
pub struct SpooledFile {
    pub(crate) file: Arc<SpoolFile>,
    len: u64,
    sha256: Sha256,
    head: Bytes,
    _share: Arc<BudgetShare>,
}

impl SpooledFile {
    /// The number of bytes, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "empty uploads are rejected")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The SHA-256 of all bytes.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// The first bytes, at most 64, for detecting the media type.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Returns a blocking reader of the bytes. Readers are independent of each other.
    #[must_use]
    pub fn reader(&self) -> SpoolReader {
        SpoolReader {
            file: Arc::clone(&self.file),
            at: 0,
            len: self.len,
        }
    }

    /// Duplicates the file for another process. The position is shared, so use only positioned reads.
    pub(crate) fn open_file(&self) -> Result<File, Error> {
        self.file
            .file()
            .try_clone()
            .map_err(|error| Error::io("read the spool", error))
    }

    /// Reads all bytes into memory, on a blocking thread.
    pub async fn read(&self) -> Result<Vec<u8>, Error> {
        let mut reader = self.reader();
        let len = usize::try_from(self.len).map_err(|error| Error::unavailable("read the spool", error))?;
        run_blocking("read the spool", move || {
            let mut bytes = Vec::with_capacity(len);
            reader
                .read_to_end(&mut bytes)
                .map_err(|error| Error::io("read the spool", error))?;
            Ok(bytes)
        })
        .await
    }
}

/// A blocking reader of an upload with its own position.
#[derive(Debug)]
pub struct SpoolReader {
    file: Arc<SpoolFile>,
    at: u64,
    len: u64,
}

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.file().read_at(buffer, self.at)?;
        self.at += u64::try_from(count).map_err(io::Error::other)?;
        Ok(count)
    }
}

impl Seek for SpoolReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budget_counts_received_bytes_until_they_are_dropped() {
        let budget = Budget::new(100);
        let first = budget.admit(80).unwrap();
        first.grow(60).unwrap();
        assert!(matches!(budget.admit(41), Err(Error::Busy)));
        let second = budget.admit(40).unwrap();
        second.grow(40).unwrap();
        assert!(matches!(first.grow(1), Err(Error::Busy)));
        drop(second);
        first.grow(40).unwrap();
        drop(first);
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }
}
