//! Objects as byte streams of an exact length.
use crate::Error;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::BoxStream};
use infravault_kernel::{Hasher, Sha256};
use rustix::buffer::spare_capacity;
use std::{
    fmt,
    future::Future,
    io,
    ops::RangeInclusive,
    os::fd::AsFd,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::task::JoinHandle;

/// Bytes per read from a file. With one chunk read ahead, a slow reader holds two chunks in memory.
pub(crate) const CHUNK: u64 = 256 << 10;

/// The bytes of an object or of a range of it. Yields exactly [`ObjectStream::len`] bytes or ends with an error.
pub struct ObjectStream {
    key: String,
    len: u64,
    left: u64,
    failed: bool,
    /// The expected SHA-256 of all bytes, and the hasher of the bytes so far.
    expected: Option<(Sha256, Hasher)>,
    inner: BoxStream<'static, Result<Bytes, Error>>,
}

impl ObjectStream {
    pub(crate) fn new(
        key: String,
        len: u64,
        inner: impl Stream<Item = Result<Bytes, Error>> + Send + 'static,
    ) -> Self {
        Self {
            key,
            len,
            left: len,
            failed: false,
            expected: None,
            inner: inner.boxed(),
        }
    }

    /// Withholds the last chunk unless the SHA-256 of all bytes matches.
    pub(crate) fn with_expected_digest(mut self, sha256: Sha256) -> Self {
        self.expected = Some((sha256, Sha256::hasher()));
        self
    }

    /// The number of bytes of the whole stream.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an object is never empty")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Reads all bytes into memory.
    pub async fn read(mut self) -> Result<Vec<u8>, Error> {
        let mut all = Vec::with_capacity(usize::try_from(self.len).unwrap_or_default());
        while let Some(bytes) = self.next().await {
            all.extend_from_slice(&bytes?);
        }
        Ok(all)
    }

    /// Checks the length and the digest.
    fn check(&mut self, item: Option<Result<Bytes, Error>>) -> Option<Result<Bytes, Error>> {
        match item {
            Some(Ok(bytes)) => {
                let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                let Some(left) = self.left.checked_sub(len) else {
                    return Some(Err(Error::corrupt(&self.key, "has more bytes than recorded")));
                };
                self.left = left;
                if let Some((_, hasher)) = &mut self.expected {
                    hasher.update(&bytes);
                }
                if left == 0
                    && let Some((expected, hasher)) = self.expected.take()
                    && hasher.finish() != expected
                {
                    return Some(Err(Error::corrupt(
                        &self.key,
                        "has another SHA-256 than recorded",
                    )));
                }
                Some(Ok(bytes))
            }
            None if self.left > 0 => {
                let reason = format!("ended {} bytes early", self.left);
                Some(Err(Error::corrupt(&self.key, reason)))
            }
            other => other,
        }
    }
}

impl Stream for ObjectStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let item = ready!(self.inner.poll_next_unpin(cx));
        let item = self.check(item);
        self.failed = matches!(item, Some(Err(_)));
        Poll::Ready(item)
    }
}

impl fmt::Debug for ObjectStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStream")
            .field("key", &self.key)
            .field("len", &self.len)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// Resolves a range to its first byte and length. Returns an error unless the range lies wholly inside the object.
pub(crate) fn resolve_range(len: u64, range: Option<&RangeInclusive<u64>>) -> Result<(u64, u64), Error> {
    let (first, last) = match range {
        Some(range) => (*range.start(), *range.end()),
        None => (0, len.saturating_sub(1)),
    };
    if first > last || last >= len {
        return Err(Error::OutOfRange { len });
    }
    Ok((first, last - first + 1))
}

/// Reads a range of a file in chunks on blocking threads, one chunk ahead of the reader. Ends early at the end of the file;
/// [`ObjectStream`] checks the length.
pub(crate) struct FileChunks<F> {
    file: Arc<F>,
    at: u64,
    end: u64,
    ready: Option<Bytes>,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl<F: AsFd + Send + Sync + 'static> FileChunks<F> {
    pub(crate) fn new(file: Arc<F>, start: u64, len: u64) -> Self {
        Self {
            file,
            at: start,
            end: start.saturating_add(len),
            ready: None,
            reading: None,
        }
    }

    /// Reads the first chunk now; for callers on a blocking thread.
    pub(crate) fn read_first(mut self) -> io::Result<Self> {
        let first = read_chunk(&*self.file, self.at, self.end)?;
        self.advance(&first);
        self.ready = Some(first);
        Ok(self)
    }

    fn advance(&mut self, read: &Bytes) {
        if read.is_empty() {
            self.end = self.at;
        }
        self.at += u64::try_from(read.len()).unwrap_or_default();
    }

    fn read_ahead(&mut self) {
        if self.at < self.end && self.reading.is_none() {
            let (file, at, end) = (Arc::clone(&self.file), self.at, self.end);
            self.reading = Some(tokio::task::spawn_blocking(move || read_chunk(&*file, at, end)));
        }
    }
}

impl<F: AsFd + Send + Sync + 'static> Stream for FileChunks<F> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.read_ahead();
        if let Some(first) = self.ready.take() {
            return Poll::Ready(
                Some(Ok(first)).filter(|item| !matches!(item, Ok(bytes) if bytes.is_empty())),
            );
        }
        let Some(reading) = &mut self.reading else {
            return Poll::Ready(None);
        };
        let outcome = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        let outcome = outcome.map_err(io::Error::other).flatten();
        if let Ok(read) = &outcome {
            self.advance(read);
            if read.is_empty() {
                return Poll::Ready(None);
            }
        } else {
            self.end = self.at;
        }
        self.read_ahead();
        Poll::Ready(Some(outcome))
    }
}

/// Reads up to one chunk; less only at the end of the file.
fn read_chunk(file: impl AsFd, at: u64, end: u64) -> io::Result<Bytes> {
    let want = usize::try_from(end.saturating_sub(at).min(CHUNK)).map_err(io::Error::other)?;
    let mut buffer = Vec::with_capacity(want);
    while buffer.len() < want {
        let offset = at + u64::try_from(buffer.len()).map_err(io::Error::other)?;
        // Reads into the spare capacity, which avoids zeroing. The allocator may provide more than `want`.
        match rustix::io::pread(&file, spare_capacity(&mut buffer), offset) {
            Ok(0) => break,
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    buffer.truncate(want);
    Ok(buffer.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_must_lie_inside_the_object() {
        for (len, range, expected) in [
            (10, None, Some((0, 10))),
            (10, Some(0..=0), Some((0, 1))),
            (10, Some(9..=9), Some((9, 1))),
            (10, Some(3..=7), Some((3, 5))),
            (10, Some(0..=9), Some((0, 10))),
            (10, Some(0..=10), None),
            (10, Some(10..=10), None),
            #[expect(clippy::reversed_empty_ranges, reason = "the test covers reversed ranges")]
            (10, Some(5..=4), None),
            (0, None, None),
            (u64::MAX, Some(0..=u64::MAX), None),
        ] {
            assert_eq!(
                resolve_range(len, range.as_ref()).ok(),
                expected,
                "{range:?} of {len}"
            );
        }
    }

    #[tokio::test]
    async fn wrong_length_is_an_error() {
        for (expected, chunks, ok) in [
            (4, vec!["ab", "cd"], true),
            (5, vec!["ab", "cd"], false),
            (3, vec!["ab", "cd"], false),
            (1, vec![], false),
        ] {
            let inner = futures_util::stream::iter(chunks.clone().into_iter().map(|chunk| Ok(chunk.into())));
            let outcome = ObjectStream::new("key".to_owned(), expected, inner).read().await;
            assert_eq!(outcome.is_ok(), ok, "{expected} of {chunks:?}");
        }
    }
}
