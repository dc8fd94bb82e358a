//! Duplicates share one object until the last of them is deleted.
use crate::setup::{World, announced};
use bytes::Bytes;
use infravault_images::{Image, State};
use infravault_kernel::{Ctx, Id, ImageId, Sha256};
use infravault_objects::ObjectKey;
use infravault_testkit::samples;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(1);

/// Asserts that the original is stored unchanged.
async fn assert_whole(world: &World, ctx: &Ctx, id: ImageId, bytes: &[u8]) {
    let original = world.images.library.open_original(ctx, id).await.unwrap();
    let stored = original.read(None).await.unwrap();
    assert_eq!(stored.read().await.unwrap(), bytes);
}

/// Uploads the same bytes `count` times.
async fn copies(world: &World, ctx: &Ctx, bytes: &[u8], count: usize) -> Vec<Image> {
    let mut images = Vec::new();
    for _ in 0..count {
        images.push(world.upload(ctx, bytes.to_vec()).await.unwrap());
    }
    images
}

#[tokio::test]
async fn identical_bytes_are_stored_once_per_owner() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let bytes = samples::png(8, 8, 1);
    let first = world.upload_new(&alice, bytes.clone()).await.unwrap();
    assert_eq!(first.duplicate_of, None);
    for _ in 0..2 {
        let again = world.upload_new(&alice, bytes.clone()).await.unwrap();
        assert_eq!(
            again.duplicate_of,
            Some(first.image.id),
            "the oldest image is returned"
        );
        assert_ne!(again.image.id, first.image.id);
        assert_eq!(again.image.sha256, first.image.sha256);
        assert_whole(&world, &alice, again.image.id, &bytes).await;
    }
    assert_eq!(world.files().len(), 1);
    let theirs = world.upload_new(&bob, bytes.clone()).await.unwrap();
    assert_eq!(
        theirs.duplicate_of, None,
        "duplicates of other owners are not revealed"
    );
    assert_eq!(world.files().len(), 2);
    let len = i64::try_from(bytes.len()).unwrap();
    assert_eq!(
        world.usage(&alice).await,
        (len * 3, 0, 3),
        "each image counts in full"
    );
}

#[tokio::test]
async fn lost_original_is_stored_again_by_next_upload() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    for known in [false, true] {
        let lost = world.upload_new(&alice, bytes.clone()).await.unwrap().image;
        for file in world.files() {
            std::fs::remove_file(file).unwrap();
        }
        if known {
            let options = infravault_images::IntegrityOptions {
                repair: true,
                ..infravault_images::IntegrityOptions::default()
            };
            let keep = world.upload_new(&alice, samples::png(9, 9, 2)).await.unwrap();
            let ctx = world.system_in(Duration::ZERO);
            let run = world
                .images
                .maintenance
                .begin_integrity_run(&ctx, options)
                .await
                .unwrap()
                .unwrap();
            world
                .images
                .maintenance
                .complete_integrity_run(&ctx, run, |_| {})
                .await
                .unwrap();
            assert_eq!(keep.duplicate_of, None);
        }
        let again = world.upload_new(&alice, bytes.clone()).await.unwrap();
        assert_eq!(again.duplicate_of, None, "its bytes are not those of {}", lost.id);
        assert_whole(&world, &alice, again.image.id, &bytes).await;
        world.run("DELETE FROM images.images").await;
    }
}

#[tokio::test]
async fn original_survives_until_last_duplicate_is_deleted() {
    let bytes = samples::png(8, 8, 1);
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        for sweep_between in [true, false] {
            let world = World::new().await;
            let alice = world.person("alice").await;
            let images = copies(&world, &alice, &bytes, 3).await;
            for (done, at) in order.iter().enumerate() {
                world.remove(&alice, images[*at].id).await;
                if sweep_between {
                    world.sweep(SOON).await;
                }
                for left in &order[done + 1..] {
                    assert_whole(&world, &alice, images[*left].id, &bytes).await;
                }
            }
            world.sweep(SOON).await;
            assert_eq!(world.files().len(), 0, "{order:?} {sweep_between}");
            assert_eq!(world.count("images.images WHERE state = 'deleted'").await, 3);
            assert_eq!(world.usage(&alice).await, (0, 0, 0));
        }
    }
}

#[tokio::test]
async fn duplicate_outlives_tombstone_of_first_image() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let images = copies(&world, &alice, &bytes, 2).await;
    world.remove(&alice, images[0].id).await;
    for later in [SOON, Duration::from_hours(24 * 31)] {
        world.sweep(later).await;
    }
    assert_eq!(world.count("images.images").await, 1);
    // A third image references the object, not the deleted row.
    let third = world.upload(&alice, bytes.clone()).await.unwrap();
    world.remove(&alice, images[1].id).await;
    world.sweep(SOON).await;
    assert_whole(&world, &alice, third.id, &bytes).await;
}

#[tokio::test]
async fn concurrent_deletion_and_upload_of_same_bytes() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let mut present = world.upload(&alice, bytes.clone()).await.unwrap();
    for round in 0..30 {
        let ctx = world.system_in(SOON);
        let ((), one, two, _swept) = tokio::join!(
            async {
                // Delayed more each time, so that it hits every step of the uploads.
                tokio::time::sleep(Duration::from_micros(400 * round)).await;
                world.remove(&alice, present.id).await;
            },
            world.upload(&alice, bytes.clone()),
            world.upload(&alice, bytes.clone()),
            async {
                tokio::time::sleep(Duration::from_micros(500 * round)).await;
                world.images.maintenance.sweep(&ctx).await
            },
        );
        world.sweep(SOON).await;
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_whole(&world, &alice, one.id, &bytes).await;
        world.remove(&alice, one.id).await;
        world.sweep(SOON).await;
        assert_whole(&world, &alice, two.id, &bytes).await;
        present = two;
    }
    world.remove(&alice, present.id).await;
    world.sweep(Duration::from_mins(5)).await;
    assert_eq!(world.files().len(), 0);
    assert_eq!(world.usage(&alice).await, (0, 0, 0));
}

#[tokio::test]
async fn crashed_sweeper_leaves_nothing_behind() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let images = copies(&world, &alice, &bytes, 2).await;
    world.remove(&alice, images[0].id).await;
    // A sweeper claimed the image, found its object shared, and crashed.
    world
        .run(
            "UPDATE images.images SET updated_at = removed_at + interval '1 second' WHERE state = 'deleting'",
        )
        .await;
    world.remove(&alice, images[1].id).await;
    let swept = world.sweep(SOON * 2).await;
    assert_eq!(swept.deleted, 1, "the other image is claimed");
    assert_eq!(world.files().len(), 0);
    let swept = world.sweep(Duration::from_mins(5)).await;
    assert_eq!(swept.deleted, 1, "deleting twice is harmless");
    assert_eq!(world.count("images.images WHERE state = 'deleted'").await, 2);
}

#[tokio::test]
async fn duplicate_inherits_processing_results() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    world.upload(&alice, bytes.clone()).await.unwrap();
    world
        .run(
            "UPDATE images.images SET state = 'ready', has_alpha = true, color = 255, thumbhash = 'abc', phash = -1,
                camera = '{\"make\": \"Leica\"}'",
        )
        .await;
    let again = world.upload(&alice, bytes.clone()).await.unwrap();
    assert_eq!(again.state, State::Ready);
    assert_eq!((again.has_alpha, again.color), (Some(true), Some([0, 0, 255])));
    assert_eq!(
        (again.phash, again.thumbhash),
        (Some(u64::MAX), Some(b"abc".to_vec()))
    );
    assert_eq!(again.camera.unwrap().make.as_deref(), Some("Leica"));
    // The location must be read from the file.
    let mut upload = announced(&bytes);
    upload.image.keep_location = true;
    let third = world.send(&alice, upload, bytes.clone()).await;
    assert_eq!(third.unwrap().image.state, State::Stored);
    // A failed image is processed again.
    world
        .run("UPDATE images.images SET state = 'failed', failure_code = 'corrupt', phash = NULL")
        .await;
    let fourth = world.upload(&alice, bytes).await.unwrap();
    assert_eq!((fourth.state, fourth.failure_code), (State::Stored, None));
}

#[tokio::test]
async fn renditions_and_location_are_deleted_with_their_image() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let images = copies(&world, &alice, &samples::png(8, 8, 1), 2).await;
    let made = Bytes::from_static(b"a rendition");
    let sha256 = Sha256::digest(&made);
    for image in &images {
        let key = ObjectKey::Rendition {
            image: image.id,
            sha256,
        };
        world
            .objects
            .store_derived(&key, made.clone(), "image/jpeg")
            .await
            .unwrap();
        let id = image.id.uuid();
        let statement = format!(
            "INSERT INTO images.renditions (image_id, variant, format, width, height, byte_size, used_on, sha256)
             VALUES ('{id}', 'a', 'jpeg', 1, 1, 11, now(), '\\x{sha256}'), ('{id}', 'b', 'jpeg', 1, 1, 11, now(), '\\x{sha256}');
             INSERT INTO images.locations VALUES ('{id}', 1, 2, 3);
             UPDATE images.images SET phash = 1, camera = '{{}}', color = 1 WHERE id = '{id}'"
        );
        world.run(&statement).await;
    }
    assert_eq!(world.files().len(), 3);
    world.remove(&alice, images[0].id).await;
    world.sweep(SOON).await;
    assert_eq!(
        world.files().len(),
        2,
        "the original and the rendition of the other image"
    );
    assert_eq!(world.count("images.renditions").await, 2);
    assert_eq!(world.count("images.locations").await, 1);
    let blank =
        "images.images WHERE state = 'deleted' AND phash IS NULL AND camera IS NULL AND color IS NULL";
    assert_eq!(world.count(blank).await, 1);
    world.remove(&alice, images[1].id).await;
    world.sweep(SOON).await;
    assert_eq!(world.files().len(), 0);
    assert_eq!(world.count("images.renditions").await, 0);
}
