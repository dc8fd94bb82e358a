//! A bounded reader that knows its position and counts the blocks of the file.

use super::check_count;
use crate::{MediaType, PrescanError};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek};

/// Large enough to search entropy-coded data in long runs, small enough that skipping chunks reads little.
const BUFFER_LEN: usize = 32 * 1024;

/// The file that is scanned. `truncated` parameters are the message if the file ends too early.
pub(super) struct Reader<R> {
    inner: BufReader<R>,
    media_type: MediaType,
    position: u64,
    end: u64,
    blocks: u32,
    max_blocks: u32,
}

impl<R: Read + Seek> Reader<R> {
    pub(super) fn new(inner: R, len: u64, media_type: MediaType, max_blocks: u32) -> Self {
        Self {
            inner: BufReader::with_capacity(BUFFER_LEN, inner),
            media_type,
            position: 0,
            end: len,
            blocks: 0,
            max_blocks,
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

    /// Moves the end of the file forward to `end`, as declared by the container.
    pub(super) fn limit_end(&mut self, end: u64) {
        self.end = self.end.min(end);
    }

    /// Counts one structural block, so that millions of empty blocks cannot delay the scan.
    pub(super) fn count_block(&mut self) -> Result<(), PrescanError> {
        self.blocks = self.blocks.saturating_add(1);
        check_count("structural blocks", self.blocks.into(), self.max_blocks.into())
    }

    pub(super) fn malformed(&self, detail: &'static str) -> PrescanError {
        PrescanError::Malformed {
            media_type: self.media_type,
            detail,
            offset: self.position,
        }
    }

    pub(super) fn read_array<const N: usize>(
        &mut self,
        truncated: &'static str,
    ) -> Result<[u8; N], PrescanError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, truncated)?;
        Ok(bytes)
    }

    pub(super) fn read_byte(&mut self, truncated: &'static str) -> Result<u8, PrescanError> {
        let [byte] = self.read_array(truncated)?;
        Ok(byte)
    }

    /// Reads `len` bytes, which the caller has limited. Allocates no more than the file contains.
    pub(super) fn read_block(&mut self, len: u64, truncated: &'static str) -> Result<Vec<u8>, PrescanError> {
        let Some(len) = usize::try_from(len).ok().filter(|_| len <= self.remaining()) else {
            return Err(self.malformed(truncated));
        };
        let mut block = vec![0; len];
        self.fill(&mut block, truncated)?;
        Ok(block)
    }

    /// Skips `len` bytes without reading those that are not buffered.
    pub(super) fn skip(&mut self, len: u64, truncated: &'static str) -> Result<(), PrescanError> {
        let Some(offset) = i64::try_from(len).ok().filter(|_| len <= self.remaining()) else {
            return Err(self.malformed(truncated));
        };
        self.inner.seek_relative(offset).map_err(PrescanError::Io)?;
        self.position = self.position.saturating_add(len);
        Ok(())
    }

    /// Returns buffered bytes without consuming them; empty at the end of the file.
    pub(super) fn peek(&mut self) -> Result<&[u8], PrescanError> {
        let remaining = usize::try_from(self.remaining()).unwrap_or(usize::MAX);
        let buffer = self.inner.fill_buf().map_err(PrescanError::Io)?;
        Ok(buffer.get(..remaining).unwrap_or(buffer))
    }

    /// Consumes `len` of the bytes that [`Reader::peek`] returned.
    pub(super) fn consume(&mut self, len: usize) {
        self.inner.consume(len);
        self.position = self
            .position
            .saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
    }

    fn fill(&mut self, bytes: &mut [u8], truncated: &'static str) -> Result<(), PrescanError> {
        let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if len > self.remaining() {
            return Err(self.malformed(truncated));
        }
        self.inner.read_exact(bytes).map_err(|error| match error.kind() {
            // The file is shorter than the length given to `prescan`.
            ErrorKind::UnexpectedEof => self.malformed(truncated),
            _ => PrescanError::Io(error),
        })?;
        self.position = self.position.saturating_add(len);
        Ok(())
    }
}
