//! The contract of every store. Each case runs on the folder, on the folder without unnamed files, and on S3.
use crate::setup::{self, Kind, Store, new_id, new_key, pattern, spool};
use infravault_kernel::{DomainError, ErrorKind, Sha256};
use infravault_objects::{Error, ObjectKey, Objects, Prefix};
use std::{
    collections::BTreeSet,
    io::{Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
};

const JPEG: &str = "image/jpeg";

macro_rules! contract {
    ($($case:ident)*) => {
        mod fs { $(
            #[tokio::test]
            async fn $case() {
                super::$case(crate::setup::store(crate::setup::Kind::Fs).await.unwrap()).await;
            }
        )* }
        mod fs_named { $(
            #[tokio::test]
            async fn $case() {
                super::$case(crate::setup::store(crate::setup::Kind::FsNamed).await.unwrap()).await;
            }
        )* }
        mod s3 { $(
            #[tokio::test]
            async fn $case() {
                if let Some(store) = crate::setup::store(crate::setup::Kind::S3).await {
                    super::$case(store).await;
                }
            }
        )* }
    };
}

contract! {
    stored_bytes_are_read_back
    verified_read_rejects_another_digest
    large_object_is_read_back
    ranges_are_exact
    key_is_written_once
    deleting_twice_succeeds
    missing_object_is_reported
    wrong_length_is_an_error
    listing_is_paged_in_order
    body_over_the_limit_is_rejected
    empty_body_is_rejected
    concurrent_uploads_succeed
    readers_of_an_upload_are_independent
    opened_store_is_ready
    derived_object_can_be_stored_twice
    object_file_is_read_by_position
}

async fn derived_object_can_be_stored_twice(store: Store) {
    let bytes = pattern(70_000, 7);
    let key = ObjectKey::Rendition {
        image: new_id(),
        sha256: Sha256::digest(&bytes),
    };
    for _ in 0..2 {
        let bytes = bytes.clone().into();
        store
            .objects
            .store_derived(&key, bytes, "image/webp")
            .await
            .unwrap();
    }
    assert!(read(&store.objects, &key, bytes.len()).await == bytes);
    let listing = store.objects.list(Prefix::Renditions, None, 10).await.unwrap();
    assert_eq!(listing.items.len(), 1);
    assert_eq!(listing.items[0].key, Some(key));
    store.objects.delete(&key).await.unwrap();
    assert_eq!(store.objects.head(&key).await.unwrap(), None);
}

async fn object_file_is_read_by_position(store: Store) {
    let bytes = pattern(300_000, 3);
    let (key, len) = (new_key(), u64::try_from(bytes.len()).unwrap());
    let spooled = spool(&store.objects, &bytes).await;
    store.objects.store(&key, &spooled, JPEG).await.unwrap();
    drop(spooled);
    let file = store.objects.open_file(&key, len).await.unwrap();
    let mut found = vec![0; bytes.len()];
    file.read_exact_at(&mut found, 0).unwrap();
    assert!(found == bytes);
    assert!(store.objects.open_file(&key, len + 1).await.is_err());
    assert!(store.objects.open_file(&new_key(), len).await.is_err());
}

async fn read(objects: &Objects, key: &infravault_objects::ObjectKey, len: usize) -> Vec<u8> {
    let stream = objects
        .read(key, u64::try_from(len).unwrap(), None)
        .await
        .unwrap();
    assert_eq!(stream.len(), u64::try_from(len).unwrap());
    stream.read().await.unwrap()
}

async fn stored_bytes_are_read_back(store: Store) {
    for len in [1, 4095, 65_535, 65_536, 65_537, 262_144, 5 << 20] {
        let bytes = pattern(len, 1);
        let spooled = spool(&store.objects, &bytes).await;
        assert_eq!(spooled.len(), u64::try_from(len).unwrap());
        assert_eq!(spooled.sha256(), Sha256::digest(&bytes));
        assert_eq!(spooled.head(), &bytes[..len.min(64)]);
        let key = new_key();
        store.objects.store(&key, &spooled, JPEG).await.unwrap();
        drop(spooled);
        assert!(
            read(&store.objects, &key, len).await == bytes,
            "{len} bytes differ"
        );
        let stat = store.objects.head(&key).await.unwrap().unwrap();
        assert_eq!(stat.len, u64::try_from(len).unwrap());
        assert!(stat.sha256.is_none_or(|sha256| sha256 == Sha256::digest(&bytes)));
        store.objects.delete(&key).await.unwrap();
    }
}

async fn verified_read_rejects_another_digest(store: Store) {
    for len in [1, 262_144, 600_000] {
        let bytes = pattern(len, 11);
        let (key, len) = (new_key(), u64::try_from(len).unwrap());
        let spooled = spool(&store.objects, &bytes).await;
        store.objects.store(&key, &spooled, JPEG).await.unwrap();
        let read = async |sha256| {
            let stream = store.objects.read_verified(&key, len, sha256).await.unwrap();
            stream.read().await
        };
        assert!(read(Sha256::digest(&bytes)).await.unwrap() == bytes);
        let outcome = read(Sha256::digest(b"other")).await;
        assert!(matches!(outcome, Err(Error::Corrupt { .. })), "{outcome:?}");
        store.objects.delete(&key).await.unwrap();
    }
}

/// Larger than the maximum of a single PUT.
async fn large_object_is_read_back(store: Store) {
    let bytes = pattern((65 << 20) + 3, 2);
    let spooled = spool(&store.objects, &bytes).await;
    let key = new_key();
    store.objects.store(&key, &spooled, JPEG).await.unwrap();
    store.objects.store(&key, &spooled, JPEG).await.unwrap();
    assert!(read(&store.objects, &key, bytes.len()).await == bytes);
    let other = spool(&store.objects, &pattern((65 << 20) + 3, 3)).await;
    let conflict = store.objects.store(&key, &other, JPEG).await;
    // A folder compares the bytes, an S3 store the recorded checksum.
    assert!(matches!(conflict, Err(Error::Conflict(_))), "{conflict:?}");
    store.objects.delete(&key).await.unwrap();
}

async fn ranges_are_exact(store: Store) {
    let bytes = pattern(300_000, 4);
    let len = 300_000;
    let key = new_key();
    let spooled = spool(&store.objects, &bytes).await;
    store.objects.store(&key, &spooled, JPEG).await.unwrap();
    for (first, last) in [
        (0, 0),
        (0, 99),
        (1, 200_000),
        (262_143, 262_144),
        (150_000, 299_999),
        (299_999, 299_999),
        (0, 299_999),
    ] {
        let stream = store.objects.read(&key, len, Some(first..=last)).await.unwrap();
        assert_eq!(stream.len(), last - first + 1);
        let found = stream.read().await.unwrap();
        let expected = &bytes[usize::try_from(first).unwrap()..=usize::try_from(last).unwrap()];
        assert!(found == expected, "{first}-{last}");
    }
    for (first, last) in [(0, 300_000), (300_000, 300_000), (5, 4)] {
        let outcome = store.objects.read(&key, len, Some(first..=last)).await;
        assert!(
            matches!(outcome, Err(Error::OutOfRange { len: 300_000 })),
            "{first}-{last}"
        );
    }
    store.objects.delete(&key).await.unwrap();
}

async fn key_is_written_once(store: Store) {
    let key = new_key();
    let bytes = pattern(70_000, 5);
    let first = spool(&store.objects, &bytes).await;
    store.objects.store(&key, &first, JPEG).await.unwrap();
    store.objects.store(&key, &first, JPEG).await.unwrap();
    let again = spool(&store.objects, &bytes).await;
    store.objects.store(&key, &again, JPEG).await.unwrap();
    for other in [pattern(70_000, 6), pattern(70_001, 5), pattern(1, 5)] {
        let other = spool(&store.objects, &other).await;
        let outcome = store.objects.store(&key, &other, JPEG).await;
        assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}");
    }
    assert!(read(&store.objects, &key, 70_000).await == bytes);
    store.objects.delete(&key).await.unwrap();
}

async fn deleting_twice_succeeds(store: Store) {
    let key = new_key();
    store.objects.delete(&key).await.unwrap();
    let spooled = spool(&store.objects, b"bytes").await;
    store.objects.store(&key, &spooled, JPEG).await.unwrap();
    store.objects.delete(&key).await.unwrap();
    store.objects.delete(&key).await.unwrap();
    assert_eq!(store.objects.head(&key).await.unwrap(), None);
}

async fn missing_object_is_reported(store: Store) {
    let key = new_key();
    assert_eq!(store.objects.head(&key).await.unwrap(), None);
    for range in [None, Some(0..=1)] {
        let error = store.objects.read(&key, 10, range).await.unwrap_err();
        assert!(matches!(error, Error::Missing(_)), "{error:?}");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Internal, "internal"));
    }
}

/// The recorded length differs from the stored one.
async fn wrong_length_is_an_error(store: Store) {
    let key = new_key();
    let spooled = spool(&store.objects, &pattern(1_000, 7)).await;
    store.objects.store(&key, &spooled, JPEG).await.unwrap();
    for (len, range) in [
        (999, None),
        (1_001, None),
        (1_001, Some(0..=9)),
        (2_000, Some(1_500..=1_600)),
        (2_000, Some(900..=1_100)),
        (999, Some(0..=9)),
    ] {
        let outcome = store.objects.read(&key, len, range.clone()).await;
        assert!(
            matches!(outcome, Err(Error::Corrupt { .. })),
            "{len} {range:?}: {outcome:?}"
        );
    }
    store.objects.delete(&key).await.unwrap();
}

async fn listing_is_paged_in_order(store: Store) {
    let mut expected = BTreeSet::new();
    for index in 0..7 {
        let key = new_key();
        let spooled = spool(&store.objects, &pattern(10 + index, 8)).await;
        store.objects.store(&key, &spooled, JPEG).await.unwrap();
        expected.insert((key.path(), u64::try_from(10 + index).unwrap()));
    }
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store.objects.list(Prefix::Originals, after, 2).await.unwrap();
        assert!(page.items.len() <= 2);
        for item in page.items {
            assert_eq!(item.key.map(|key| key.path()), Some(item.path.clone()));
            found.push((item.path, item.len));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert!(found.is_sorted());
    // Other tests use the same S3 server concurrently.
    found.retain(|item| expected.contains(item));
    assert_eq!(found, expected.iter().cloned().collect::<Vec<_>>());
    for (path, _) in expected {
        let key = infravault_objects::ObjectKey::parse(&path).unwrap();
        store.objects.delete(&key).await.unwrap();
    }
}

async fn body_over_the_limit_is_rejected(store: Store) {
    let mut upload = store.objects.spool(100).unwrap();
    upload.write(vec![1; 100].into()).await.unwrap();
    let error = upload.write(vec![1; 1].into()).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 100 }));
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::TooLarge, "payload-too-large")
    );
    assert_eq!(upload.finish().await.unwrap().len(), 100);
}

async fn empty_body_is_rejected(store: Store) {
    let mut upload = store.objects.spool(100).unwrap();
    upload.write(bytes::Bytes::new()).await.unwrap();
    assert!(matches!(upload.finish().await, Err(Error::Empty)));
}

async fn concurrent_uploads_succeed(store: Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for seed in 0..16 {
        let objects = store.objects.clone();
        tasks.spawn(async move {
            let bytes = pattern(400_000 + usize::try_from(seed).unwrap(), seed);
            let key = new_key();
            let spooled = spool(&objects, &bytes).await;
            objects.store(&key, &spooled, JPEG).await.unwrap();
            assert!(read(&objects, &key, bytes.len()).await == bytes);
            objects.delete(&key).await.unwrap();
        });
    }
    tasks.join_all().await;
}

async fn readers_of_an_upload_are_independent(store: Store) {
    let bytes = pattern(200_000, 9);
    let spooled = spool(&store.objects, &bytes).await;
    assert!(spooled.read().await.unwrap() == bytes);
    let (mut first, mut second) = (spooled.reader(), spooled.reader());
    let mut buffer = [0; 10];
    first.seek(SeekFrom::End(-10)).unwrap();
    first.read_exact(&mut buffer).unwrap();
    assert_eq!(buffer, bytes[199_990..]);
    assert_eq!(first.read(&mut buffer).unwrap(), 0);
    second.read_exact(&mut buffer).unwrap();
    assert_eq!(buffer, bytes[..10]);
    assert_eq!(second.seek(SeekFrom::Current(-5)).unwrap(), 5);
    assert!(second.seek(SeekFrom::Current(-6)).is_err());
}

async fn opened_store_is_ready(store: Store) {
    store.objects.probe().await.unwrap();
    store.objects.setup().await.unwrap();
}

/// Only an S3 store with a public endpoint presigns URLs.
#[tokio::test]
async fn presigned_url_returns_the_object() {
    use infravault_objects::{ResponseOverrides, StoreConfig};
    use std::time::Duration;
    let folder = setup::Folder::new();
    let overrides = ResponseOverrides {
        content_disposition: Some("attachment; filename=\"a b.jpg\"".to_owned()),
        content_type: Some("image/png".to_owned()),
    };
    let ttl = Duration::from_mins(1);
    let objects = Objects::open(&setup::fs_config(folder.path()), &setup::log()).unwrap();
    assert_eq!(
        objects.presign_get(&new_key(), ttl, &overrides).await.unwrap(),
        None
    );
    let Some(mut config) = setup::config(Kind::S3, folder.path()) else {
        return;
    };
    if let StoreConfig::S3(s3) = &mut config.store {
        s3.public_endpoint = Some(s3.endpoint.clone());
    }
    let objects = Objects::open(&config, &setup::log()).unwrap();
    objects.setup().await.unwrap();
    let key = new_key();
    let spooled = spool(&objects, b"the bytes").await;
    objects.store(&key, &spooled, JPEG).await.unwrap();
    let url = objects.presign_get(&key, ttl, &overrides).await.unwrap().unwrap();
    let answer = reqwest::get(&url).await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("content-disposition"), "attachment; filename=\"a b.jpg\"");
    assert_eq!(answer.bytes().await.unwrap(), "the bytes");
    let plain = objects
        .presign_get(&key, ttl, &ResponseOverrides::default())
        .await
        .unwrap()
        .unwrap();
    let answer = reqwest::get(&plain).await.unwrap();
    assert_eq!(answer.headers()["content-type"], JPEG);
    assert_eq!(answer.headers()["content-disposition"], "attachment");
    assert_eq!(
        reqwest::get(url.replace("Signature=", "Signature=0"))
            .await
            .unwrap()
            .status(),
        403
    );
    objects.delete(&key).await.unwrap();
}
