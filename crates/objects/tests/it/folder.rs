//! The folder store: its files, their permissions, and damage to them.
use crate::setup::{Folder, Kind, config, fs_config, log, new_id, new_key, pattern, spool, store};
use infravault_kernel::{DomainError, ErrorKind, Sha256};
use infravault_objects::{Error, ObjectKey, Objects, Prefix, StoreConfig};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

const JPEG: &str = "image/jpeg";

/// Every file below a folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn dropped_upload_leaves_no_file() {
    for kind in [Kind::Fs, Kind::FsNamed] {
        let store = store(kind).await.unwrap();
        let dir = store.folder.path();
        let mut upload = store.objects.spool(1 << 20).unwrap();
        upload.write(pattern(700_000, 1).into()).await.unwrap();
        // Wait until the batch is in a file.
        let spooled = {
            let mut other = store.objects.spool(1 << 20).unwrap();
            other.write(pattern(700_000, 1).into()).await.unwrap();
            other.finish().await.unwrap()
        };
        let visible = files(dir).len();
        assert_eq!(visible > 0, kind == Kind::FsNamed, "{kind:?}");
        drop(spooled);
        upload.finish().await.map(drop).unwrap();
        assert_eq!(files(dir), Vec::<PathBuf>::new(), "{kind:?}");
        let key = new_key();
        let spooled = spool(&store.objects, b"kept").await;
        store.objects.store(&key, &spooled, JPEG).await.unwrap();
        drop(spooled);
        assert_eq!(files(dir), [dir.join("store").join(key.path())], "{kind:?}");
    }
}

#[tokio::test]
async fn files_are_readable_by_the_owner_only() {
    for kind in [Kind::Fs, Kind::FsNamed] {
        let store = store(kind).await.unwrap();
        let key = new_key();
        let spooled = spool(&store.objects, b"private").await;
        store.objects.store(&key, &spooled, JPEG).await.unwrap();
        let root = store.folder.path().join("store");
        let file = root.join(key.path());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600, "{kind:?}");
        for dir in file.ancestors().skip(1).take_while(|dir| dir.starts_with(&root)) {
            assert_eq!(mode(dir), 0o700, "{}", dir.display());
        }
        assert_eq!(mode(&root.join("spool")), 0o700);
    }
}

#[tokio::test]
async fn budget_limits_received_bytes_until_they_are_dropped() {
    let folder = Folder::new();
    let mut config = fs_config(folder.path());
    config.spool_budget = 1_000;
    let objects = Objects::open(&config, &log()).unwrap();
    let error = objects.spool(1_001).unwrap_err();
    assert!(matches!(error, Error::Busy));
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unavailable, "storage-unavailable")
    );
    assert!(error.retry_after().is_some());

    let mut first = objects.spool(1_000).unwrap();
    let mut second = objects.spool(1_000).unwrap();
    first.write(vec![1; 600].into()).await.unwrap();
    assert!(matches!(
        second.write(vec![1; 401].into()).await,
        Err(Error::Busy)
    ));
    assert!(matches!(objects.spool(401), Err(Error::Busy)));
    let first = first.finish().await.unwrap();
    assert!(matches!(objects.spool(401), Err(Error::Busy)));
    drop(first);
    second.write(vec![1; 1_000].into()).await.unwrap();
    drop(second);
    objects.spool(1_000).unwrap();
}

#[tokio::test]
async fn truncated_file_is_an_error() {
    let store = store(Kind::Fs).await.unwrap();
    let key = new_key();
    let spooled = spool(&store.objects, &pattern(1_000_000, 2)).await;
    store.objects.store(&key, &spooled, JPEG).await.unwrap();
    let path = store.folder.path().join("store").join(key.path());
    // Truncated during the read.
    let stream = store.objects.read(&key, 1_000_000, None).await.unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(400_000).unwrap();
    assert!(matches!(stream.read().await, Err(Error::Corrupt { .. })));
    // Truncated before the read.
    for range in [None, Some(0..=10), Some(500_000..=500_010)] {
        let outcome = store.objects.read(&key, 1_000_000, range).await;
        assert!(matches!(outcome, Err(Error::Corrupt { .. })), "{outcome:?}");
    }
    // Storing the same upload again detects the damage.
    let outcome = store.objects.store(&key, &spooled, JPEG).await;
    assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
}

#[tokio::test]
async fn symbolic_link_is_not_followed() {
    let store = store(Kind::Fs).await.unwrap();
    let key = new_key();
    let secret = store.folder.path().join("secret");
    fs::write(&secret, b"secret").unwrap();
    let path = store.folder.path().join("store").join(key.path());
    symlink(&secret, &path).unwrap();
    assert!(store.objects.read(&key, 6, None).await.is_err());
    assert!(store.objects.head(&key).await.is_err());
    let spooled = spool(&store.objects, b"public").await;
    assert!(store.objects.store(&key, &spooled, JPEG).await.is_err());
    assert_eq!(fs::read(&secret).unwrap(), b"secret");
    store.objects.delete(&key).await.unwrap();
    assert!(secret.exists() && !path.is_symlink());
}

#[tokio::test]
async fn missing_folders_are_created() {
    let folder = Folder::new();
    let objects = Objects::open(&config(Kind::Fs, folder.path()).unwrap(), &log()).unwrap();
    let key = new_key();
    let spooled = spool(&objects, b"bytes").await;
    objects.store(&key, &spooled, JPEG).await.unwrap();
    assert_eq!(
        objects.read(&key, 5, None).await.unwrap().read().await.unwrap(),
        b"bytes"
    );
}

#[tokio::test]
async fn foreign_files_are_listed_without_a_key() {
    let store = store(Kind::Fs).await.unwrap();
    let dir = store.folder.path().join("store/originals");
    fs::write(dir.join("2a/notes.txt"), b"mine").unwrap();
    fs::write(dir.join("stray"), b"mine").unwrap();
    let listing = store.objects.list(Prefix::Originals, None, 10).await.unwrap();
    let found: Vec<_> = listing
        .items
        .iter()
        .map(|item| (item.path.as_str(), item.key, item.len))
        .collect();
    assert_eq!(found, [("originals/2a/notes.txt", None, 4)]);
}

#[tokio::test]
async fn unwritable_store_is_not_ready() {
    let store = store(Kind::Fs).await.unwrap();
    store.objects.probe().await.unwrap();
    fs::remove_dir_all(store.folder.path().join("store")).unwrap();
    let error = store.objects.probe().await.unwrap_err();
    assert_eq!(error.code(), "storage-unavailable");
    let mut upload = store.objects.spool(10).unwrap();
    upload.write(vec![1; 10].into()).await.unwrap();
    assert_eq!(upload.finish().await.unwrap_err().code(), "storage-unavailable");
}

#[tokio::test]
async fn store_with_too_little_space_is_not_ready() {
    let folder = Folder::new();
    let mut config = fs_config(folder.path());
    if let StoreConfig::Fs(fs) = &mut config.store {
        fs.min_free = u64::MAX;
    }
    let objects = Objects::open(&config, &log()).unwrap();
    assert!(matches!(objects.probe().await, Err(Error::Full(_))));
}

#[test]
fn folder_that_cannot_be_created_is_an_error() {
    let folder = Folder::new();
    fs::write(folder.path().join("store"), b"a file").unwrap();
    let error = Objects::open(&fs_config(folder.path()), &log()).unwrap_err();
    assert!(
        matches!(&error, Error::Config(text) if text.contains("store")),
        "{error}"
    );
}

#[tokio::test]
async fn damaged_derived_object_is_replaced() {
    let store = store(Kind::Fs).await.unwrap();
    let bytes = pattern(5000, 9);
    let key = ObjectKey::Rendition {
        image: new_id(),
        sha256: Sha256::digest(&bytes),
    };
    let derive = async || {
        let bytes = bytes.clone().into();
        store
            .objects
            .store_derived(&key, bytes, "image/webp")
            .await
            .unwrap();
    };
    derive().await;
    let mut stored = files(store.folder.path());
    stored.retain(|path| path.to_string_lossy().ends_with(&key.path()));
    let [path] = stored.as_slice() else {
        panic!("{stored:?}")
    };
    fs::write(path, b"").unwrap();
    derive().await;
    assert!(fs::read(path).unwrap() == bytes);
}
