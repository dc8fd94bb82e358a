//! The files of a backup: a dump, the manifest of its objects, and its metadata, which is written last.
use futures_util::{Stream, stream};
use infravault_images::ReferencedObject;
use infravault_kernel::{Hasher, Sha256};
use infravault_objects::ObjectKey;
use serde::{Deserialize, Serialize};
use std::{
    error::Error,
    fs::{self, DirBuilder, File},
    io::{BufRead, BufReader, BufWriter, Read, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};
use time::{OffsetDateTime, macros::format_description};

/// Version of the file format; others cannot be read.
pub(in crate::cli) const FORMAT: u32 = 1;
/// Directory of the object store that all backups share.
pub(in crate::cli) const OBJECTS: &str = "objects";
const SETS: &str = "sets";
/// Suffix of an incomplete backup.
const PARTIAL: &str = ".partial";
const DUMP: &str = "database.dump";
const MANIFEST: &str = "objects.jsonl";
const METADATA: &str = "backup.json";

/// The metadata of a backup (`backup.json`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::cli) struct BackupMetadata {
    pub(in crate::cli) format: u32,
    #[serde(with = "time::serde::rfc3339")]
    pub(in crate::cli) created_at: OffsetDateTime,
    /// Version of InfraVault.
    pub(in crate::cli) version: String,
    /// Version of the schema in the dump.
    pub(in crate::cli) schema: i32,
    /// Version of PostgreSQL.
    pub(in crate::cli) postgres: String,
    /// Whether the backup has renditions.
    pub(in crate::cli) renditions: bool,
    pub(in crate::cli) objects: u64,
    pub(in crate::cli) bytes: u64,
    pub(in crate::cli) manifest_sha256: String,
    pub(in crate::cli) dump_sha256: String,
    /// Statements that restore the owners of views and functions.
    pub(in crate::cli) owners: Vec<String>,
    /// Originals that were missing or damaged at the time of the backup.
    pub(in crate::cli) damaged_originals: Vec<String>,
}

/// A line of the manifest: one object.
#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    len: u64,
    sha256: String,
    media_type: String,
}

/// An incomplete backup.
pub(in crate::cli) struct BackupWriter {
    sets: PathBuf,
    name: String,
}

impl BackupWriter {
    /// Creates the directory with access for this user only, because the dump has personal data. Deletes incomplete
    /// backups; the caller makes sure that no other backup is running.
    pub(in crate::cli) fn create(to: &Path, now: OffsetDateTime) -> Result<Self, Box<dyn Error>> {
        let sets = to.join(SETS);
        DirBuilder::new().recursive(true).mode(0o700).create(&sets)?;
        for entry in fs::read_dir(&sets)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(PARTIAL) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        let format = format_description!("[year]-[month]-[day]T[hour][minute][second].[subsecond digits:3]Z");
        let name = now.format(&format)?;
        let backup = Self { sets, name };
        DirBuilder::new().mode(0o700).create(backup.folder())?;
        Ok(backup)
    }

    fn folder(&self) -> PathBuf {
        self.sets.join(format!("{}{PARTIAL}", self.name))
    }

    pub(in crate::cli) fn dump(&self) -> PathBuf {
        self.folder().join(DUMP)
    }

    pub(in crate::cli) fn manifest(&self) -> PathBuf {
        self.folder().join(MANIFEST)
    }

    /// Writes the metadata and renames the directory, which makes the backup complete.
    pub(in crate::cli) fn finish(self, metadata: &BackupMetadata) -> Result<String, Box<dyn Error>> {
        let mut file = File::create_new(self.folder().join(METADATA))?;
        serde_json::to_writer_pretty(&mut file, metadata)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        File::open(self.folder())?.sync_all()?;
        fs::rename(self.folder(), self.sets.join(&self.name))?;
        File::open(&self.sets)?.sync_all()?;
        Ok(self.name)
    }
}

/// Writes the manifest.
pub(in crate::cli) struct ManifestWriter {
    file: BufWriter<File>,
    hasher: Hasher,
    objects: u64,
    bytes: u64,
}

/// Totals of a manifest.
pub(in crate::cli) struct ManifestSummary {
    pub(in crate::cli) objects: u64,
    pub(in crate::cli) bytes: u64,
    pub(in crate::cli) sha256: String,
}

impl ManifestWriter {
    pub(in crate::cli) fn create(path: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            file: BufWriter::new(File::create_new(path)?),
            hasher: Sha256::hasher(),
            objects: 0,
            bytes: 0,
        })
    }

    pub(in crate::cli) fn add(&mut self, object: &ReferencedObject) -> Result<(), Box<dyn Error>> {
        let mut line = serde_json::to_vec(&Line {
            path: object.key.path(),
            len: object.len,
            sha256: object.sha256.to_string(),
            media_type: object.media_type.clone(),
        })?;
        line.push(b'\n');
        self.hasher.update(&line);
        self.file.write_all(&line)?;
        self.objects += 1;
        self.bytes += object.len;
        Ok(())
    }

    pub(in crate::cli) fn finish(self) -> Result<ManifestSummary, Box<dyn Error>> {
        let file = self.file.into_inner()?;
        file.sync_all()?;
        Ok(ManifestSummary {
            objects: self.objects,
            bytes: self.bytes,
            sha256: self.hasher.finish().to_string(),
        })
    }
}

/// Reads the objects of a manifest.
pub(in crate::cli) fn read_manifest(
    manifest: &Path,
) -> Result<impl Stream<Item = Result<ReferencedObject, Box<dyn Error>>> + use<>, Box<dyn Error>> {
    let lines = BufReader::new(File::open(manifest)?).lines();
    Ok(stream::iter(lines.map(|line| parse_line(&line?))))
}

fn parse_line(line: &str) -> Result<ReferencedObject, Box<dyn Error>> {
    let line: Line = serde_json::from_str(line)?;
    let key = ObjectKey::parse(&line.path).ok_or_else(|| format!("`{}` is not an object key", line.path))?;
    Ok(ReferencedObject {
        key,
        len: line.len,
        sha256: line.sha256.parse()?,
        media_type: line.media_type,
    })
}

/// A complete backup.
pub(in crate::cli) struct BackupSet {
    folder: PathBuf,
    pub(in crate::cli) name: String,
    pub(in crate::cli) metadata: BackupMetadata,
}

impl BackupSet {
    /// Opens the backup with this name, or the newest one, and verifies the checksums of its files.
    pub(in crate::cli) fn open(from: &Path, name: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let sets = from.join(SETS);
        let name = match name {
            Some(name) => name.to_owned(),
            None => newest(&sets)?.ok_or_else(|| format!("{} has no complete backup", from.display()))?,
        };
        let folder = sets.join(&name);
        let text = fs::read(folder.join(METADATA))
            .map_err(|error| format!("{} is not a complete backup: {error}", folder.display()))?;
        let metadata: BackupMetadata = serde_json::from_slice(&text)?;
        if metadata.format != FORMAT {
            return Err(format!(
                "{name} has the format version {}, but this program supports only {FORMAT}",
                metadata.format
            )
            .into());
        }
        let set = Self {
            folder,
            name,
            metadata,
        };
        for (file, expected) in [
            (set.dump(), &set.metadata.dump_sha256),
            (set.manifest(), &set.metadata.manifest_sha256),
        ] {
            if file_sha256(&file)? != *expected {
                return Err(
                    format!("{} is damaged; select another backup with --set", file.display()).into(),
                );
            }
        }
        Ok(set)
    }

    pub(in crate::cli) fn dump(&self) -> PathBuf {
        self.folder.join(DUMP)
    }

    pub(in crate::cli) fn manifest(&self) -> PathBuf {
        self.folder.join(MANIFEST)
    }
}

/// The name of the newest complete backup; names sort by time.
fn newest(sets: &Path) -> Result<Option<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(sets).map_err(|error| format!("{} cannot be read: {error}", sets.display()))? {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.retain(|name| !name.ends_with(PARTIAL));
    Ok(names.into_iter().max())
}

/// Computes the SHA-256 of a file.
pub(in crate::cli) fn file_sha256(path: &Path) -> Result<String, Box<dyn Error>> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::hasher();
    let mut buffer = vec![0; 256 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        match buffer.get(..count) {
            Some([]) | None => return Ok(hasher.finish().to_string()),
            Some(bytes) => hasher.update(bytes),
        }
    }
}
