//! The sweeper: stale uploads, deleted images, tombstones.
use crate::setup::{World, eventually};
use infravault_images::{Config, SweepReport, Visibility};
use infravault_kernel::Clock;
use infravault_testkit::samples;
use std::time::Duration;
use tokio::sync::watch;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn deleted_images_become_tombstones_that_expire() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let mut images = Vec::new();
    for _ in 0..3 {
        images.push(
            world
                .add_image(&alice, "secret title", Visibility::Private, &["secret"])
                .await,
        );
    }
    for image in &images[..2] {
        world.remove(&alice, image.id).await;
    }
    assert_eq!(world.files().len(), 3);
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_secs(1)))
        .await
        .unwrap();
    assert_eq!(
        swept,
        SweepReport {
            deleted: 2,
            ..SweepReport::default()
        }
    );
    assert_eq!(world.files().len(), 1);
    let blank = "images.images WHERE state = 'deleted' AND title = '-' AND tags = '{}' AND file_name = '-'";
    assert_eq!(world.count(blank).await, 2);
    assert_eq!(
        world
            .images
            .maintenance
            .sweep(&world.system_in(DAY * 29))
            .await
            .unwrap(),
        SweepReport::default()
    );
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(DAY * 31))
        .await
        .unwrap();
    assert_eq!(
        swept,
        SweepReport {
            tombstones: 2,
            ..SweepReport::default()
        }
    );
    assert_eq!(world.count("images.images").await, 1);
}

#[tokio::test]
async fn upload_of_killed_process_is_cleaned_up() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.upload(&alice, samples::png(8, 8, 1)).await.unwrap();
    let size = i64::try_from(image.byte_size).unwrap();
    // Killed between storing the object and the second transaction, with an idempotency key.
    world
        .run(
            "UPDATE images.images SET state = 'pending', stored_at = NULL, reserved_bytes = byte_size;
             UPDATE images.usage SET used_bytes = 0, image_count = 0, reserved_bytes = (SELECT byte_size FROM images.images);
             INSERT INTO images.idempotency_keys (owner_id, key, image_id) SELECT owner_id, 'k', id FROM images.images",
        )
        .await;
    assert_eq!(world.usage(&alice).await, (0, size, 0));
    let early = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_mins(14)))
        .await
        .unwrap();
    assert_eq!(early, SweepReport::default());
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_mins(16)))
        .await
        .unwrap();
    assert_eq!((swept.failed_uploads, swept.deleted), (1, 1));
    assert_eq!(world.usage(&alice).await, (0, 0, 0));
    assert_eq!(world.count("images.idempotency_keys").await, 0);
    assert_eq!(world.files().len(), 0);
}

#[tokio::test]
async fn failed_object_deletion_is_retried() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    world.remove(&alice, image.id).await;
    let originals = world.folder.join("originals");
    let aside = world.folder.join("aside");
    std::fs::rename(&originals, &aside).unwrap();
    std::fs::write(&originals, b"in the way").unwrap();
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_secs(1)))
        .await
        .unwrap();
    assert_eq!((swept.deleted, swept.deferred), (0, 1));
    std::fs::remove_file(&originals).unwrap();
    std::fs::rename(&aside, &originals).unwrap();
    // A claimed row is skipped until the claim has expired.
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_secs(30)))
        .await
        .unwrap();
    assert_eq!(swept, SweepReport::default());
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_mins(5)))
        .await
        .unwrap();
    assert_eq!((swept.deleted, swept.deferred), (1, 0));
    assert_eq!(world.files().len(), 0);
}

#[tokio::test]
async fn concurrent_sweeps_process_several_batches_once() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    world.add_image(&alice, "a", Visibility::Private, &[]).await;
    world
        .run(
            "INSERT INTO images.images (id, owner_id, attempt, title, file_name, created_at, updated_at)
             SELECT gen_random_uuid(), owner_id, gen_random_uuid(), 'x', 'x', now() - interval '1 hour',
                now() - interval '1 hour'
             FROM images.images, generate_series(1, 250)",
        )
        .await;
    let ctx = world.system_in(Duration::ZERO);
    let (one, two) = tokio::join!(
        world.images.maintenance.sweep(&ctx),
        world.images.maintenance.sweep(&ctx)
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    let rest = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_mins(5)))
        .await
        .unwrap();
    assert_eq!(one.failed_uploads + two.failed_uploads + rest.failed_uploads, 250);
    assert_eq!(world.count("images.images WHERE state = 'deleted'").await, 250);
}

#[tokio::test]
async fn purging_wakes_the_sweeper() {
    let world = World::with(Config {
        sweep_interval: Duration::from_hours(1),
        ..Config::default()
    })
    .await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let (stop, stopped) = watch::channel(false);
    let sweeper = world.images.maintenance.clone().sweep_until_stopped(
        infravault_testkit::log(),
        Clock::System,
        stopped,
    );
    let sweeper = tokio::spawn(sweeper);
    world.remove(&alice, image.id).await;
    eventually("the object is gone", async || world.files().is_empty()).await;
    stop.send_replace(true);
    sweeper.await.unwrap();
}
