//! What the fuzzer starts from: one small image of each type, and the small ones of the corpus where it was fetched.

use super::Target;
use crate::workspace::Workspace;
use std::{
    fs::{self, File},
    io::Read as _,
    path::Path,
};
use xtask_support::{Explain as _, Outcome};

/// Larger images make every try slow.
const LARGEST: u64 = 4096;
/// More make the start slow.
const MOST: usize = 400;

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\xFF\0\0\0\0\xFF!\xF9\x04\x01\x0A\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x04\0\0\0\xB5\x1C\x0C\x02\
    \0\0\0\x0BIDATx\xDAcd`\0\0\0\x06\0\x020\x81\xD0/\0\0\0\0IEND\xAEB`\x82";
const WEBP: &[u8] = b"RIFF\x1A\0\0\0WEBPVP8L\x0D\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88\xFE\x07\0";
/// Gray, baseline: quantization, frame, two tables with one code each, scan.
const JPEG: &[&[u8]] = &[
    b"\xFF\xD8\xFF\xDB\0\x43\0",
    &[1; 64],
    b"\xFF\xC0\0\x0B\x08\0\x08\0\x08\x01\x01\x11\0",
    b"\xFF\xC4\0\x14\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"\xFF\xC4\0\x14\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"\xFF\xDA\0\x08\x01\x01\0\0\x3F\0\x3F\xFF\xD9",
];

/// Puts the seeds of a target into its folder.
pub(super) fn plant(workspace: &Workspace, target: Target, folder: &Path) -> Outcome {
    let write = |name: &str, bytes: &[u8]| {
        let file = folder.join(name);
        fs::write(&file, bytes).explain(|| format!("write {}", file.display()))
    };
    let jpeg = JPEG.concat();
    for (name, bytes) in [("gif", GIF), ("png", PNG), ("webp", WEBP), ("jpeg", &jpeg)] {
        if suits(target, bytes) {
            write(name, bytes)?;
        }
    }
    let images = fs::read_dir(workspace.target().join("corpus/images"));
    let mut small = Vec::new();
    for entry in images.into_iter().flatten().flatten() {
        if entry.metadata().is_ok_and(|facts| facts.len() <= LARGEST) {
            small.push(entry.path());
        }
    }
    small.sort();
    let read = |path: &Path| -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path).ok()?.read_to_end(&mut bytes).ok()?;
        suits(target, &bytes).then_some(bytes)
    };
    let chosen = small.iter().filter_map(|path| read(path)).take(MOST);
    for (number, bytes) in chosen.enumerate() {
        write(&format!("corpus-{number}"), &bytes)?;
    }
    Ok(())
}

/// Whether an image is of the type that the target decodes.
fn suits(target: Target, bytes: &[u8]) -> bool {
    match target {
        Target::Prescan | Target::Probe => true,
        Target::Jpeg => bytes.starts_with(&[0xFF, 0xD8, 0xFF]),
        Target::Png => bytes.starts_with(b"\x89PNG"),
        Target::Gif => bytes.starts_with(b"GIF8"),
        Target::Webp => bytes.starts_with(b"RIFF"),
    }
}
