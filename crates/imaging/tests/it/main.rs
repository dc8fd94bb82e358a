//! Tests of the public API with images that are built in code.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod accept;
mod animate;
mod bombs;
mod build;
mod damage;
mod golden;
mod limits;
mod orientation;
mod probe;
mod reject;

use infravault_imaging::{ImageInfo, Limits, PrescanError, prescan};
use std::io::{Cursor, Read, Seek, SeekFrom};

fn scan(file: &[u8]) -> Result<ImageInfo, PrescanError> {
    scan_with(file, &Limits::default())
}

fn scan_with(file: &[u8], limits: &Limits) -> Result<ImageInfo, PrescanError> {
    prescan(Cursor::new(file), u64::try_from(file.len()).unwrap(), limits)
}

/// Counts the bytes that are read.
struct Counting<'a> {
    file: Cursor<&'a [u8]>,
    read: usize,
}

impl<'a> Counting<'a> {
    fn new(file: &'a [u8]) -> Self {
        Self {
            file: Cursor::new(file),
            read: 0,
        }
    }
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += read;
        Ok(read)
    }
}

impl Seek for Counting<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}
