//! The sweeper: stale uploads, deleted images, tombstones.
use crate::setup::{World, eventually};
use infravault_images::{Config, Swept, Visibility};
use infravault_kernel::Clock;
use infravault_testkit::samples;
use std::time::Duration;
use tokio::sync::watch;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn deleted_images_become_tombstones_and_then_nothing() {
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
        Swept {
            deleted: 2,
            ..Swept::default()
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
        Swept::default()
    );
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(DAY * 31))
        .await
        .unwrap();
    assert_eq!(
        swept,
        Swept {
            forgotten: 2,
            ..Swept::default()
        }
    );
    assert_eq!(world.count("images.images").await, 1);
}

#[tokio::test]
async fn what_a_killed_process_left_is_taken_back() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.upload(&alice, samples::png(8, 8, 1)).await.unwrap();
    let size = i64::try_from(image.byte_size).unwrap();
    // Killed between the store and the second transaction: promised, stored, not settled; with a key.
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
    assert_eq!(early, Swept::default());
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_mins(16)))
        .await
        .unwrap();
    assert_eq!((swept.given_up, swept.deleted), (1, 1));
    assert_eq!(world.usage(&alice).await, (0, 0, 0));
    assert_eq!(world.count("images.idempotency_keys").await, 0);
    assert_eq!(world.files().len(), 0);
}

#[tokio::test]
async fn an_object_that_cannot_be_deleted_is_tried_again() {
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
    assert_eq!((swept.deleted, swept.left), (0, 1));
    std::fs::remove_file(&originals).unwrap();
    std::fs::rename(&aside, &originals).unwrap();
    // Nobody else touches a claimed row until the claim has expired.
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_secs(30)))
        .await
        .unwrap();
    assert_eq!(swept, Swept::default());
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_mins(5)))
        .await
        .unwrap();
    assert_eq!((swept.deleted, swept.left), (1, 0));
    assert_eq!(world.files().len(), 0);
}

#[tokio::test]
async fn more_than_a_batch_goes_in_one_pass_and_two_sweepers_do_not_disturb_each_other() {
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
    assert_eq!(one.given_up + two.given_up + rest.given_up, 250);
    assert_eq!(world.count("images.images WHERE state = 'deleted'").await, 250);
}

#[tokio::test]
async fn deleting_wakes_the_sweeper() {
    let world = World::with(Config {
        sweep_interval: Duration::from_hours(1),
        ..Config::default()
    })
    .await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let (stop, stopped) = watch::channel(false);
    let sweeper =
        world
            .images
            .maintenance
            .clone()
            .sweep_forever(infravault_testkit::log(), Clock::System, stopped);
    let sweeper = tokio::spawn(sweeper);
    world.remove(&alice, image.id).await;
    eventually("the object is gone", async || world.files().is_empty()).await;
    stop.send_replace(true);
    sweeper.await.unwrap();
}
