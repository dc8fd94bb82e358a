//! What one backup consists of: a dump, the list of its objects, and a page of facts that is written last.
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

/// How the files of a backup are written; another number is not read.
pub(in crate::cli) const FORMAT: u32 = 1;
/// The objects of all backups of a folder, as a store of their own.
pub(in crate::cli) const OBJECTS: &str = "objects";
const SETS: &str = "sets";
/// Ends the name of a backup that is not complete.
const PARTIAL: &str = ".partial";
const DUMP: &str = "database.dump";
const MANIFEST: &str = "objects.jsonl";
const FACTS: &str = "backup.json";

/// What is known of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::cli) struct Facts {
    pub(in crate::cli) format: u32,
    #[serde(with = "time::serde::rfc3339")]
    pub(in crate::cli) made_at: OffsetDateTime,
    /// The version of the program that made it.
    pub(in crate::cli) version: String,
    /// The version of the schema in the dump.
    pub(in crate::cli) schema: i32,
    /// The version of the server.
    pub(in crate::cli) postgres: String,
    /// Whether renditions are in it.
    pub(in crate::cli) renditions: bool,
    pub(in crate::cli) objects: u64,
    pub(in crate::cli) bytes: u64,
    pub(in crate::cli) manifest_sha256: String,
    pub(in crate::cli) dump_sha256: String,
    /// Statements that give views and functions their owners back.
    pub(in crate::cli) owners: Vec<String>,
    /// Originals that were missing or damaged already.
    pub(in crate::cli) left_out: Vec<String>,
}

/// One line of the list.
#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    len: u64,
    sha256: String,
    media_type: String,
}

/// A backup while it is being written.
pub(in crate::cli) struct Draft {
    sets: PathBuf,
    name: String,
}

impl Draft {
    /// Makes its folder, which nobody else can read: the dump holds what people are known by. What earlier backups left
    /// half-done is removed; only one runs at a time.
    pub(in crate::cli) fn begin(to: &Path, now: OffsetDateTime) -> Result<Self, Box<dyn Error>> {
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
        let draft = Self { sets, name };
        DirBuilder::new().mode(0o700).create(draft.folder())?;
        Ok(draft)
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

    /// Writes the facts and gives the backup its name, by which it counts as complete.
    pub(in crate::cli) fn finish(self, facts: &Facts) -> Result<String, Box<dyn Error>> {
        let mut file = File::create_new(self.folder().join(FACTS))?;
        serde_json::to_writer_pretty(&mut file, facts)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        File::open(self.folder())?.sync_all()?;
        fs::rename(self.folder(), self.sets.join(&self.name))?;
        File::open(&self.sets)?.sync_all()?;
        Ok(self.name)
    }
}

/// The list of objects while it is being written.
pub(in crate::cli) struct Manifest {
    file: BufWriter<File>,
    hasher: Hasher,
    objects: u64,
    bytes: u64,
}

/// What is known of the list.
pub(in crate::cli) struct Listed {
    pub(in crate::cli) objects: u64,
    pub(in crate::cli) bytes: u64,
    pub(in crate::cli) sha256: String,
}

impl Manifest {
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

    pub(in crate::cli) fn finish(self) -> Result<Listed, Box<dyn Error>> {
        let file = self.file.into_inner()?;
        file.sync_all()?;
        Ok(Listed {
            objects: self.objects,
            bytes: self.bytes,
            sha256: self.hasher.finish().to_string(),
        })
    }
}

/// The objects of a list, as they are read.
pub(in crate::cli) fn read(
    manifest: &Path,
) -> Result<impl Stream<Item = Result<ReferencedObject, Box<dyn Error>>> + use<>, Box<dyn Error>> {
    let lines = BufReader::new(File::open(manifest)?).lines();
    Ok(stream::iter(lines.map(|line| parse(&line?))))
}

fn parse(line: &str) -> Result<ReferencedObject, Box<dyn Error>> {
    let line: Line = serde_json::from_str(line)?;
    let key = ObjectKey::parse(&line.path).ok_or_else(|| format!("`{}` is no object of ours", line.path))?;
    Ok(ReferencedObject {
        key,
        len: line.len,
        sha256: line.sha256.parse()?,
        media_type: line.media_type,
    })
}

/// A complete backup.
pub(in crate::cli) struct Set {
    folder: PathBuf,
    pub(in crate::cli) name: String,
    pub(in crate::cli) facts: Facts,
}

impl Set {
    /// The one of this name, or the newest, if its files are the ones that were written.
    pub(in crate::cli) fn open(from: &Path, name: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let sets = from.join(SETS);
        let name = match name {
            Some(name) => name.to_owned(),
            None => newest(&sets)?.ok_or_else(|| format!("{} holds no complete backup", from.display()))?,
        };
        let folder = sets.join(&name);
        let page = fs::read(folder.join(FACTS))
            .map_err(|error| format!("{} is no complete backup: {error}", folder.display()))?;
        let facts: Facts = serde_json::from_slice(&page)?;
        if facts.format != FORMAT {
            return Err(format!(
                "{name} is written in the format {}, this program reads {FORMAT}",
                facts.format
            )
            .into());
        }
        let set = Self { folder, name, facts };
        for (file, expected) in [
            (set.dump(), &set.facts.dump_sha256),
            (set.manifest(), &set.facts.manifest_sha256),
        ] {
            if digest(&file)? != *expected {
                return Err(format!("{} is damaged; take another backup by --set", file.display()).into());
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

/// Names sort by time.
fn newest(sets: &Path) -> Result<Option<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(sets).map_err(|error| format!("{} cannot be read: {error}", sets.display()))? {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.retain(|name| !name.ends_with(PARTIAL));
    Ok(names.into_iter().max())
}

/// The SHA-256 of a file.
pub(in crate::cli) fn digest(path: &Path) -> Result<String, Box<dyn Error>> {
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
