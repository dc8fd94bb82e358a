//! Third-party images that are known to break decoders, fetched into `target/corpus`.
//!
//! They are test data that stays on this machine, so their licenses do not matter; they must not be committed. Pillow's
//! are pinned by checksum. The others come in source packages that this machine's distribution signs.

mod apt;

use crate::{tools, workspace::Workspace};
use apt::Apt;
use std::{
    collections::HashSet,
    fs::{self, File},
    hash::{DefaultHasher, Hasher as _},
    io::Read as _,
    path::{Path, PathBuf},
    process::Command,
};
use xtask_support::{CommandError, Explain as _, Outcome, console, process};

/// With fewer images the suite proves nothing.
const ENOUGH: usize = 2000;

/// Source packages whose tests or documents bring images, the most hostile ones first. Mirrors and releases differ;
/// whichever are there are used, as long as they bring enough.
const PACKAGES: [&str; 22] = [
    "exiv2",
    "libpng1.6",
    "libspng",
    "giflib",
    "netsurf",
    "libwebp",
    "gdk-pixbuf",
    "libgd2",
    "jhead",
    "libexif",
    "golang-github-rwcarlsen-goexif",
    "libimage-exiftool-perl",
    "libmetadata-extractor-java",
    "libjpeg-turbo",
    "imagemagick",
    "graphicsmagick",
    "leptonlib",
    "tiff",
    "exempi",
    "gifsicle",
    "tk8.6",
    "vips",
];

/// The folder of the images, complete. A later run uses what is there and asks no network.
pub(crate) fn fetch(workspace: &Workspace) -> Outcome<PathBuf> {
    let home = workspace.target().join("corpus");
    let lock = workspace.path("xtask/tools/pillow-tests/requirements.txt");
    let lock = fs::read_to_string(&lock).explain(|| format!("read {}", lock.display()))?;
    let wanted = format!("{lock}{}\n", PACKAGES.join("\n"));
    let complete = home.join("complete");
    let mut images = Images::open(home.join("images"))?;
    if fs::read_to_string(&complete).is_ok_and(|present| present == wanted) && images.len() >= ENOUGH {
        return Ok(images.folder);
    }
    let scratch = home.join("scratch");
    let mut missing = Vec::new();
    let mut note = |failure: &CommandError| missing.push(failure.to_string());
    let archive = tools::fetch(workspace, &tools::PILLOW_TESTS);
    let taken = archive.and_then(|archive| images.take("pillow", &archive, &scratch));
    taken.unwrap_or_else(|failure| note(&failure));
    match Apt::open(&home.join("apt")) {
        Ok(apt) => {
            for package in PACKAGES {
                let taken = apt.source(package).and_then(|archives| {
                    let mut archives = archives.iter();
                    archives.try_for_each(|archive| images.take(package, archive, &scratch))
                });
                apt.forget(package);
                taken.unwrap_or_else(|failure| note(&failure));
            }
        }
        Err(failure) => note(&failure),
    }
    let _ = fs::remove_dir_all(&scratch);
    let count = images.len();
    if count < ENOUGH {
        let missing = missing.join("\n");
        return Err(CommandError::new(format!(
            "{count} images where {ENOUGH} are wanted:\n{missing}"
        )));
    }
    console::note(&format!(
        "{count} images; {} of {} sources could not be had",
        missing.len(),
        PACKAGES.len() + 1
    ));
    fs::write(&complete, wanted).explain(|| format!("write {}", complete.display()))?;
    Ok(images.folder)
}

/// The images so far, each content once: `<hash>-<source>-<name>`.
struct Images {
    folder: PathBuf,
    known: HashSet<u64>,
}

impl Images {
    fn open(folder: PathBuf) -> Outcome<Self> {
        fs::create_dir_all(&folder).explain(|| format!("create {}", folder.display()))?;
        let entries = fs::read_dir(&folder).explain(|| format!("read {}", folder.display()))?;
        let known = entries.flatten().filter_map(|entry| {
            let name = entry.file_name();
            let (hash, _) = name.to_str()?.split_once('-')?;
            u64::from_str_radix(hash, 16).ok()
        });
        let known = known.collect();
        Ok(Self { folder, known })
    }

    fn len(&self) -> usize {
        self.known.len()
    }

    /// Unpacks an archive and keeps what looks like an image of an accepted type.
    fn take(&mut self, source: &str, archive: &Path, scratch: &Path) -> Outcome {
        let _ = fs::remove_dir_all(scratch);
        fs::create_dir_all(scratch).explain(|| format!("create {}", scratch.display()))?;
        let mut tar = Command::new("tar");
        tar.args(["--extract", "--no-same-owner", "--no-same-permissions", "--file"])
            .arg(archive)
            .arg("--directory")
            .arg(scratch);
        process::quietly(&mut tar)?;
        let mut folders = vec![scratch.to_path_buf()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).explain(|| format!("read {}", folder.display()))?;
            for entry in entries.flatten() {
                // The type of the entry itself: a link that leads out of the folder is not followed.
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(kind) if kind.is_file() => self.keep(source, &entry.path())?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, source: &str, file: &Path) -> Outcome {
        let doing = || format!("read {}", file.display());
        let mut head = Vec::new();
        File::open(file)
            .explain(doing)?
            .take(12)
            .read_to_end(&mut head)
            .explain(doing)?;
        let name = file
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("unnamed");
        if !looks_like_an_image(&head, name) {
            return Ok(());
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(&fs::read(file).explain(doing)?);
        let hash = hasher.finish();
        if !self.known.insert(hash) {
            return Ok(());
        }
        let kept = self.folder.join(format!("{hash:016x}-{source}-{name}"));
        fs::rename(file, &kept).explain(|| format!("create {}", kept.display()))
    }
}

/// Whether a file begins or is named like an image of one of the four types that are accepted.
fn looks_like_an_image(head: &[u8], name: &str) -> bool {
    const BEGINNINGS: [&[u8]; 4] = [&[0xFF, 0xD8, 0xFF], b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"];
    const ENDINGS: [&str; 7] = ["jpg", "jpeg", "jpe", "png", "apng", "gif", "webp"];
    let webp = head.starts_with(b"RIFF") && head.ends_with(b"WEBP");
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    webp || BEGINNINGS.iter().any(|beginning| head.starts_with(beginning))
        || ending.is_some_and(|ending| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

#[cfg(test)]
mod tests {
    use super::looks_like_an_image;

    #[test]
    fn images_are_known_by_their_beginning_or_their_name() {
        let cases: [(&[u8], &str, bool); 7] = [
            (b"\xFF\xD8\xFF\xE0", "POC-7", true),
            (b"GIF89a", "id_000,orig", true),
            (b"RIFF\0\0\0\0WEBP", "a", true),
            (b"RIFF\0\0\0\0WAVE", "a", false),
            (b"", "empty.PNG", true),
            (b"int main", "png.c", false),
            (b"II*\0", "a.tiff", false),
        ];
        for (head, name, expected) in cases {
            assert_eq!(looks_like_an_image(head, name), expected, "{name}");
        }
    }
}
