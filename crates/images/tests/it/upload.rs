//! Uploads: what is stored and rejected, and what failures leave behind.
use crate::setup::{World, announced, code, eventually};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use infravault_images::{BodyError, Config, Error, MediaType, Visibility};
use infravault_kernel::{Scope, Scopes, Sha256};
use infravault_testkit::samples;
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;

#[tokio::test]
async fn every_format_is_stored_with_its_properties() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let mut total = 0;
    for (n, format) in samples::FORMATS.iter().enumerate() {
        let bytes = (format.generate)(33, 21, 7);
        total += bytes.len();
        let image = world.upload(&alice, bytes.clone()).await.unwrap();
        assert_eq!(image.media_type.as_str(), format.media_type);
        assert_eq!((image.width, image.height, image.frames), (33, 21, 1));
        assert_eq!(
            (image.title.as_str(), image.file_name.as_str()),
            ("photo", "photo.jpg")
        );
        assert_eq!((image.visibility, image.version), (Visibility::Private, 1));
        assert_eq!(image.sha256, Sha256::digest(&bytes));
        let original = world
            .images
            .library
            .open_original(&alice, image.id)
            .await
            .unwrap();
        let stored = original.read(None).await.unwrap();
        assert_eq!(stored.read().await.unwrap(), bytes);
        let used = i64::try_from(total).unwrap();
        assert_eq!(
            world.usage(&alice).await,
            (used, 0, i64::try_from(n + 1).unwrap())
        );
    }
}

#[tokio::test]
async fn size_is_measured_after_applying_orientation() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world
        .upload(&alice, samples::jpeg_with_orientation(40, 30, 6))
        .await
        .unwrap();
    assert_eq!((image.width, image.height, image.orientation), (30, 40, 6));
    assert_eq!(image.media_type, MediaType::Jpeg);
}

#[tokio::test]
async fn rejected_upload_leaves_nothing() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    for lie in samples::mislabeled_files()
        .iter()
        .filter(|lie| known_signature(&lie.bytes).is_none())
    {
        let outcome = world.upload(&alice, lie.bytes.clone()).await;
        assert_eq!(code(&outcome), "unsupported-image-type", "{}", lie.name);
    }
    for bomb in samples::bombs() {
        let outcome = world.upload(&alice, bomb.bytes.clone()).await;
        assert!(
            matches!(
                code(&outcome),
                "image-too-large" | "image-too-complex" | "image-undecodable"
            ),
            "{}: {}",
            bomb.name,
            code(&outcome)
        );
    }
    let cut = samples::jpeg(64, 64, 1);
    assert_eq!(
        code(&world.upload(&alice, cut[..cut.len() / 2].to_vec()).await),
        "image-undecodable"
    );
    assert_eq!(code(&world.upload(&alice, Vec::new()).await), "validation-failed");
    world.assert_nothing_left(&alice).await;
}

/// Whether the file starts with the signature of an accepted type.
fn known_signature(bytes: &[u8]) -> Option<()> {
    let known: [&[u8]; 4] = [b"\xFF\xD8\xFF", b"\x89PNG", b"GIF8", b"RIFF"];
    known.iter().any(|head| bytes.starts_with(head)).then_some(())
}

#[tokio::test]
async fn body_over_the_limit_is_rejected() {
    let bytes = samples::jpeg(200, 200, 1);
    let world = World::with(Config {
        max_upload_bytes: u64::try_from(bytes.len()).unwrap() - 1,
        ..Config::default()
    })
    .await;
    let alice = world.person("alice").await;
    assert_eq!(
        code(&world.upload(&alice, bytes.clone()).await),
        "payload-too-large"
    );
    let mut unannounced = announced(&bytes);
    (unannounced.min_len, unannounced.max_len) = (0, None);
    let outcome = world.send(&alice, unannounced, bytes).await;
    assert_eq!(code(&outcome), "payload-too-large");
    world.assert_nothing_left(&alice).await;
}

#[tokio::test]
async fn upload_with_wrong_digest_is_rejected() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let mut upload = announced(&bytes);
    upload.digest = Some(Sha256::digest(b"other"));
    let outcome = world.send(&alice, upload.clone(), bytes.clone()).await;
    assert_eq!(code(&outcome), "checksum-mismatch");
    world.assert_nothing_left(&alice).await;
    upload.digest = Some(Sha256::digest(&bytes));
    assert_eq!(code(&world.send(&alice, upload, bytes).await), "ok");
}

#[tokio::test]
async fn disconnected_client_leaves_nothing() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(400, 400, 1);
    let half = Bytes::from(bytes[..bytes.len() / 2].to_vec());
    let mut upload = announced(&bytes);
    upload.key = Some(infravault_images::IdempotencyKey::parse("once").unwrap());
    let (images, ctx) = (world.images.clone(), alice.clone());
    let body = stream::iter([Ok::<_, BodyError>(half)]).chain(stream::pending());
    let request = tokio::spawn(async move { images.uploads.upload(&ctx, upload, body).await });
    eventually("the quota is reserved", async || world.usage(&alice).await.1 > 0).await;
    assert_eq!(world.count("images.images").await, 1);
    request.abort();
    eventually("the reservation is rolled back", async || {
        world.usage(&alice).await == (0, 0, 0)
    })
    .await;
    world.assert_nothing_left(&alice).await;
}

#[tokio::test]
async fn interrupted_body_leaves_nothing() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(40, 40, 1);
    for error in [
        BodyError::Interrupted,
        BodyError::Malformed("a field after the file".to_owned()),
    ] {
        let body = stream::iter([Ok(Bytes::from(bytes.clone())), Err(error.clone())]);
        let outcome = world.images.uploads.upload(&alice, announced(&bytes), body).await;
        assert!(matches!(outcome, Err(Error::Body(found)) if found == error));
    }
    world.assert_nothing_left(&alice).await;
}

#[tokio::test]
async fn body_below_minimum_rate_times_out() {
    let world = World::with(Config {
        min_rate: 1000,
        rate_window: Duration::from_secs(1),
        ..Config::default()
    })
    .await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(40, 40, 1);
    let body = stream::iter([Ok(Bytes::from_static(b"\xFF"))]).chain(stream::pending());
    let outcome = world.images.uploads.upload(&alice, announced(&bytes), body).await;
    assert_eq!(code(&outcome), "request-timeout");
    world.assert_nothing_left(&alice).await;
}

#[tokio::test]
async fn store_failure_releases_quota_and_is_swept() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    // A file in place of the folder makes every write fail.
    let originals = world.folder.join("originals");
    std::fs::remove_dir_all(&originals).unwrap();
    std::fs::write(&originals, b"in the way").unwrap();
    let outcome = world.upload(&alice, samples::png(8, 8, 1)).await;
    assert_eq!(code(&outcome), "storage-unavailable");
    assert_eq!(world.usage(&alice).await, (0, 0, 0));
    assert_eq!(world.count("images.images WHERE state = 'deleting'").await, 1);
    std::fs::remove_file(&originals).unwrap();
    world.objects.setup().await.unwrap();
    let swept = world.sweep(Duration::from_secs(1)).await;
    assert_eq!((swept.deleted, swept.deferred), (1, 0));
    assert_eq!(
        world
            .count("images.images WHERE state = 'deleted' AND title = '-'")
            .await,
        1
    );
}

#[tokio::test]
async fn upload_abandoned_by_sweeper_is_not_acknowledged() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let go = Arc::new(Notify::new());
    let (images, ctx, upload) = (world.images.clone(), alice.clone(), announced(&bytes));
    let (gate, last) = (Arc::clone(&go), bytes.clone());
    let body = stream::once(async move {
        gate.notified().await;
        Ok(Bytes::from(last))
    });
    let request = tokio::spawn(async move { images.uploads.upload(&ctx, upload, body).await });
    eventually("the quota is reserved", async || world.usage(&alice).await.1 > 0).await;
    let swept = world.sweep(Duration::from_mins(16)).await;
    assert_eq!((swept.failed_uploads, swept.deleted), (1, 1));
    assert_eq!(world.usage(&alice).await, (0, 0, 0));
    go.notify_one();
    let outcome = request.await.unwrap();
    assert_eq!(code(&outcome), "dependency-unavailable");
    // The next sweep deletes the object that was stored too late.
    eventually("the object is stored", async || world.files().len() == 1).await;
    world.sweep(Duration::from_mins(17)).await;
    assert_eq!(world.files().len(), 0);
    assert_eq!(world.usage(&alice).await, (0, 0, 0));
}

#[tokio::test]
async fn unauthorized_upload_is_rejected_before_the_body() {
    let world = World::new().await;
    let account = world.db.account("alice").await;
    let reader = world.db.ctx(
        world
            .db
            .api_token(account, &Scopes::new([Scope::ImagesRead]))
            .await,
    );
    let suspended = world.person("bob").await;
    world.db.suspend(crate::setup::account(&suspended)).await;
    for (ctx, expected) in [
        (world.anonymous(), "authentication-required"),
        (reader, "insufficient-scope"),
        (suspended, "account-suspended"),
    ] {
        // The body never arrives, so the response must not wait for it.
        let body = stream::pending();
        let outcome = world
            .images
            .uploads
            .upload(&ctx, announced(&samples::png(8, 8, 1)), body)
            .await;
        assert_eq!(code(&outcome), expected);
    }
    assert_eq!(world.count("images.images").await, 0);
}
