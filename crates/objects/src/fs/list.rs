//! Lists the objects of a folder store in path order, page by page.
use crate::{ListedObject, Listing, ObjectKey, Prefix};
use std::{fs, io, path::Path};
use time::OffsetDateTime;

/// Returns one page: up to `limit` files of the prefix with paths after `after`.
pub(super) fn list_page(
    root: &Path,
    prefix: Prefix,
    after: Option<&str>,
    limit: usize,
) -> io::Result<Listing> {
    let limit = limit.max(1);
    let after = after.unwrap_or_default();
    let mut items: Vec<ListedObject> = Vec::new();
    for shard in read_names(&root.join(prefix.as_str()))? {
        let folder = format!("{}/{shard}/", prefix.as_str());
        // Shards before that of the cursor.
        if after > folder.as_str() && !after.starts_with(&folder) {
            continue;
        }
        let dir = root.join(&folder);
        for name in read_names(&dir)? {
            let path = format!("{folder}{name}");
            if path.as_str() <= after {
                continue;
            }
            if items.len() == limit {
                let next = items.last().map(|last| last.path.clone());
                return Ok(Listing { items, next });
            }
            items.extend(read_entry(&dir.join(&name), path)?);
        }
    }
    Ok(Listing { items, next: None })
}

/// The sorted names in a folder; empty if it is missing or not a folder. Names that are not UTF-8 are skipped, because no
/// key contains them.
fn read_names(dir: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort_unstable();
    Ok(names)
}

/// The entry of a file; `None` if it was deleted in the meantime or is not a file.
fn read_entry(file: &Path, path: String) -> io::Result<Option<ListedObject>> {
    let data = match fs::symlink_metadata(file) {
        Ok(data) if data.is_file() => data,
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(ListedObject {
        key: ObjectKey::parse(&path),
        path,
        len: data.len(),
        modified: OffsetDateTime::from(data.modified()?),
    }))
}
