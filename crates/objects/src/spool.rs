//! Receives an upload's bytes into a file that leaves nothing behind, hashing and counting on the way.
use crate::{
    Error,
    error::blocking,
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

/// A batch of this size is written even if that means waiting for the one before.
const BATCH: usize = 256 << 10;
/// A batch of this size is written when nothing else of this upload is being written.
const EARLY: usize = 64 << 10;
/// Smaller pieces are copied together, so that a body in tiny chunks costs no more than its bytes.
const SMALL: usize = 4 << 10;
/// How many first bytes are kept at hand.
const HEAD: usize = 64;
const WRITING: &str = "write to the spool";

/// Counts the bytes that all uploads in progress take.
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

    /// Admits an upload that fits into what is free now. Only bytes that come are counted, so that slow uploads that
    /// announce much do not keep others out.
    fn admit(&self, wanted: u64) -> Result<Reservation, Error> {
        let used = self.used.load(Ordering::Relaxed);
        if used.saturating_add(wanted) > self.limit {
            return Err(Error::Busy);
        }
        Ok(Reservation {
            budget: self.clone(),
            held: AtomicU64::new(0),
        })
    }
}

/// The part of the budget that one upload holds until it is dropped.
#[derive(Debug)]
struct Reservation {
    budget: Budget,
    held: AtomicU64,
}

impl Reservation {
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

impl Drop for Reservation {
    fn drop(&mut self) {
        let held = *self.held.get_mut();
        self.budget.used.fetch_sub(held, Ordering::Relaxed);
    }
}

/// An upload that is being received. Dropping it leaves nothing behind.
#[derive(Debug)]
pub struct Spool {
    limit: u64,
    received: u64,
    pending: Vec<Bytes>,
    /// The last small pieces, copied together; they follow `pending`.
    tail: BytesMut,
    pending_len: usize,
    writer: Option<Writer>,
    running: Option<JoinHandle<Result<Writer, Error>>>,
    reservation: Arc<Reservation>,
}

impl Spool {
    pub(crate) fn new(place: &Arc<SpoolDir>, budget: &Budget, limit: u64) -> Result<Self, Error> {
        let reservation = Arc::new(budget.admit(limit)?);
        Ok(Self {
            limit,
            received: 0,
            pending: Vec::new(),
            tail: BytesMut::new(),
            pending_len: 0,
            writer: Some(Writer::new(Arc::clone(place), Arc::clone(&reservation))),
            running: None,
            reservation,
        })
    }

    /// How many bytes came so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Takes the next bytes. Waits while two batches are on their way to the disk; a failure to write an earlier batch
    /// shows here or in [`Spool::finish`].
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.received.saturating_add(len) > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        self.reservation.grow(len)?;
        self.received += len;
        self.push(bytes);
        let idle = self.running.as_ref().is_none_or(JoinHandle::is_finished);
        if self.pending_len >= BATCH || (idle && self.pending_len >= EARLY) {
            self.start().await?;
        }
        Ok(())
    }

    /// Ends the upload: all bytes are in the file. An upload without bytes is refused.
    pub async fn finish(mut self) -> Result<SpooledFile, Error> {
        if self.received == 0 {
            return Err(Error::Empty);
        }
        if self.pending_len > 0 {
            self.start().await?;
        }
        self.take_writer().await?.finish()
    }

    fn push(&mut self, bytes: Bytes) {
        self.pending_len += bytes.len();
        if bytes.len() < SMALL {
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

    /// Waits for the batch that is being written and sends the next one after it.
    async fn start(&mut self) -> Result<(), Error> {
        let mut writer = self.take_writer().await?;
        self.push_tail();
        let batch = std::mem::take(&mut self.pending);
        self.pending_len = 0;
        self.running = Some(tokio::task::spawn_blocking(move || {
            writer.write(&batch)?;
            Ok(writer)
        }));
        Ok(())
    }

    async fn take_writer(&mut self) -> Result<Writer, Error> {
        if let Some(running) = &mut self.running {
            let outcome = running.await;
            self.running = None;
            self.writer = Some(outcome.map_err(|error| Error::unavailable(WRITING, error))??);
        }
        self.writer
            .take()
            .ok_or_else(|| Error::unavailable(WRITING, "an earlier write failed"))
    }
}

/// The blocking half: the file, and what is learned of the bytes on their way into it.
#[derive(Debug)]
struct Writer {
    place: Arc<SpoolDir>,
    file: Option<SpoolFile>,
    hasher: Hashing,
    head: Vec<u8>,
    len: u64,
    // The budget stays held until the last batch is written, even if the upload was dropped meanwhile.
    reservation: Arc<Reservation>,
}

/// A hasher in a type that can be shown.
struct Hashing(Hasher);

impl std::fmt::Debug for Hashing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hashing")
    }
}

impl Writer {
    fn new(place: Arc<SpoolDir>, reservation: Arc<Reservation>) -> Self {
        Self {
            place,
            file: None,
            hasher: Hashing(Sha256::hasher()),
            head: Vec::with_capacity(HEAD),
            len: 0,
            reservation,
        }
    }

    fn write(&mut self, batch: &[Bytes]) -> Result<(), Error> {
        let spool_file = match self.file.take() {
            Some(file) => file,
            None => self.place.create()?,
        };
        let mut file = spool_file.file();
        for bytes in batch {
            file.write_all(bytes).map_err(|error| Error::io(WRITING, error))?;
            self.hasher.0.update(bytes);
            let missing = HEAD.saturating_sub(self.head.len());
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
            sha256: self.hasher.0.finish(),
            head: self.head.into(),
            _reservation: self.reservation,
        })
    }
}

/// An upload that was received whole. Dropping it leaves nothing behind, except what was stored of it.
#[derive(Clone, Debug)]
pub struct SpooledFile {
    pub(crate) file: Arc<SpoolFile>,
    len: u64,
    sha256: Sha256,
    head: Bytes,
    _reservation: Arc<Reservation>,
}

impl SpooledFile {
    /// How many bytes there are; never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an empty upload is refused")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The SHA-256 of all bytes.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// The first bytes, at most 64, for sniffing the type.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Reads the bytes from the start. It blocks: use it on a blocking thread. Readers do not disturb each other.
    #[must_use]
    pub fn reader(&self) -> SpoolReader {
        SpoolReader {
            file: Arc::clone(&self.file),
            at: 0,
            len: self.len,
        }
    }

    /// The file, for another process to read. Only reading at a position is safe: the position is shared.
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
        blocking("read the spool", move || {
            let mut bytes = Vec::with_capacity(len);
            reader
                .read_to_end(&mut bytes)
                .map_err(|error| Error::io("read the spool", error))?;
            Ok(bytes)
        })
        .await
    }
}

/// A blocking reader of an upload, with a position of its own.
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
    fn the_budget_counts_bytes_that_came_and_gets_them_back() {
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
