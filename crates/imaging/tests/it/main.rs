//! The pre-scan seen from outside: images made in code go in, facts and refusals come out.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod accept;
mod animate;
mod bombs;
mod build;
mod damage;
mod golden;
mod limits;
mod orientation;
mod probe;
mod refuse;

use infravault_imaging::{Facts, Limits, Refusal, prescan};
use std::io::{Cursor, Read, Seek, SeekFrom};

fn scan(file: &[u8]) -> Result<Facts, Refusal> {
    scan_with(file, &Limits::default())
}

fn scan_with(file: &[u8], limits: &Limits) -> Result<Facts, Refusal> {
    prescan(Cursor::new(file), u64::try_from(file.len()).unwrap(), limits)
}

/// Counts the bytes that the pre-scan really reads.
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
