//! A bounded reader that knows where it is, and turns an early end into a refusal.

use crate::{MediaType, Refusal};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek};

/// Large enough that entropy-coded data is searched in long runs, small enough that hopping over chunks reads little.
const BUFFER_LEN: usize = 32 * 1024;

/// The file being walked.
pub(super) struct Source<R> {
    reader: BufReader<R>,
    media_type: MediaType,
    position: u64,
    end: u64,
    parts: u32,
    max_parts: u32,
}

impl<R: Read + Seek> Source<R> {
    pub(super) fn new(reader: R, len: u64, media_type: MediaType, max_parts: u32) -> Self {
        let reader = BufReader::with_capacity(BUFFER_LEN, reader);
        Self {
            reader,
            media_type,
            position: 0,
            end: len,
            parts: 0,
            max_parts,
        }
    }

    pub(super) fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// Bytes from the start of the file.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn remaining(&self) -> u64 {
        self.end.saturating_sub(self.position)
    }

    /// Lets the file end at `end`, where the container says so; never later than before.
    pub(super) fn end_at(&mut self, end: u64) {
        self.end = self.end.min(end);
    }

    /// Counts one structural part, so that millions of empty ones cannot hold the walk up.
    pub(super) fn count_part(&mut self) -> Result<(), Refusal> {
        self.parts = self.parts.saturating_add(1);
        super::check_count(
            "structural parts",
            u64::from(self.parts),
            u64::from(self.max_parts),
        )
    }

    pub(super) fn broken(&self, what: &'static str) -> Refusal {
        Refusal::Broken {
            media_type: self.media_type,
            what,
            offset: self.position,
        }
    }

    /// The next `N` bytes; `cut` says what is missing when the file ends before.
    pub(super) fn bytes<const N: usize>(&mut self, cut: &'static str) -> Result<[u8; N], Refusal> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, cut)?;
        Ok(bytes)
    }

    pub(super) fn byte(&mut self, cut: &'static str) -> Result<u8, Refusal> {
        let [byte] = self.bytes(cut)?;
        Ok(byte)
    }

    /// The next `len` bytes, which the caller has bounded; nothing is reserved that the file does not have.
    pub(super) fn block(&mut self, len: u64, cut: &'static str) -> Result<Vec<u8>, Refusal> {
        let Some(len) = usize::try_from(len).ok().filter(|_| len <= self.remaining()) else {
            return Err(self.broken(cut));
        };
        let mut block = vec![0; len];
        self.fill(&mut block, cut)?;
        Ok(block)
    }

    /// Jumps over `len` bytes, without reading those that are not in the buffer.
    pub(super) fn skip(&mut self, len: u64, cut: &'static str) -> Result<(), Refusal> {
        let Some(offset) = i64::try_from(len).ok().filter(|_| len <= self.remaining()) else {
            return Err(self.broken(cut));
        };
        self.reader.seek_relative(offset).map_err(Refusal::Unreadable)?;
        self.position = self.position.saturating_add(len);
        Ok(())
    }

    /// The bytes at hand without consuming them; empty at the end of the file.
    pub(super) fn peek(&mut self) -> Result<&[u8], Refusal> {
        let remaining = usize::try_from(self.remaining()).unwrap_or(usize::MAX);
        let buffer = self.reader.fill_buf().map_err(Refusal::Unreadable)?;
        Ok(buffer.get(..remaining).unwrap_or(buffer))
    }

    /// Consumes `len` of the bytes that [`Source::peek`] showed.
    pub(super) fn consume(&mut self, len: usize) {
        self.reader.consume(len);
        self.position = self
            .position
            .saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
    }

    fn fill(&mut self, bytes: &mut [u8], cut: &'static str) -> Result<(), Refusal> {
        let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if len > self.remaining() {
            return Err(self.broken(cut));
        }
        self.reader
            .read_exact(bytes)
            .map_err(|error| self.failed(error, cut))?;
        self.position = self.position.saturating_add(len);
        Ok(())
    }

    /// A reader that ends before the length it was given is a file cut short.
    fn failed(&self, error: io::Error, cut: &'static str) -> Refusal {
        if error.kind() == ErrorKind::UnexpectedEof {
            self.broken(cut)
        } else {
            Refusal::Unreadable(error)
        }
    }
}
