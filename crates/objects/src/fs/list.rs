//! Lists a folder store in the order of paths, a page at a time.
use crate::{ListedObject, Listing, ObjectKey, Prefix};
use std::{fs, io, path::Path};
use time::OffsetDateTime;

/// One page: up to `limit` files of the prefix whose paths come after `after`.
pub(super) fn list(root: &Path, prefix: Prefix, after: Option<&str>, limit: usize) -> io::Result<Listing> {
    let limit = limit.max(1);
    let after = after.unwrap_or_default();
    let mut items: Vec<ListedObject> = Vec::new();
    for shard in names(&root.join(prefix.as_str()))? {
        let prefix = format!("{}/{shard}/", prefix.as_str());
        // Whatever lies in a shard before the cursor's comes before the cursor.
        if after > prefix.as_str() && !after.starts_with(&prefix) {
            continue;
        }
        let dir = root.join(&prefix);
        for name in names(&dir)? {
            let path = format!("{prefix}{name}");
            if path.as_str() <= after {
                continue;
            }
            if items.len() == limit {
                let next = items.last().map(|last| last.path.clone());
                return Ok(Listing { items, next });
            }
            items.extend(listed(&dir.join(&name), path)?);
        }
    }
    Ok(Listing { items, next: None })
}

/// The names in a folder, ordered; none where the folder is missing or is no folder. Names that are no text are left
/// out: no key of ours looks like that.
fn names(dir: &Path) -> io::Result<Vec<String>> {
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

/// The file, unless it was deleted meanwhile or is none.
fn listed(file: &Path, path: String) -> io::Result<Option<ListedObject>> {
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
