//! Processing of stored images without a sandbox; the API tests cover it with the sandbox.
use crate::setup::{World, announced, whole};
use infravault_images::{FailureCode, State, Visibility};
use infravault_kernel::{Id, ImageId};
use infravault_testkit::samples;
use std::time::Duration;

const JOBS: &str = "graphile_worker._private_jobs WHERE key LIKE 'process:%'";

#[tokio::test]
async fn every_upload_enqueues_processing() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.upload(&alice, samples::png(8, 8, 1)).await.unwrap();
    assert_eq!(image.state, State::Stored);
    assert_eq!(image.etag(), "1");
    world.upload(&alice, samples::png(8, 8, 1)).await.unwrap();
    assert_eq!(world.count(JOBS).await, 2);
    assert!(world.upload(&alice, b"nothing".to_vec()).await.is_err());
    assert_eq!(world.count(JOBS).await, 2);
}

#[tokio::test]
async fn lost_jobs_are_enqueued_again() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let mut ids = Vec::new();
    for seed in 1..=4 {
        ids.push(world.upload(&alice, samples::png(8, 8, seed)).await.unwrap().id);
    }
    let (lost, exhausted, ready) = (ids[0].uuid(), ids[1].uuid(), ids[2].uuid());
    let early = world.system_in(Duration::from_mins(9));
    let late = world.system_in(Duration::from_mins(11));
    assert_eq!(
        world.images.maintenance.requeue_unprocessed(&late).await.unwrap(),
        0,
        "all jobs are queued"
    );
    world
        .run(&format!(
            "DELETE FROM graphile_worker._private_jobs WHERE key IN ('process:{lost}', 'process:{ready}');
             UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE key = 'process:{exhausted}';
             UPDATE images.images SET state = 'ready' WHERE id = '{ready}'"
        ))
        .await;
    assert_eq!(
        world
            .images
            .maintenance
            .requeue_unprocessed(&early)
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        world.images.maintenance.requeue_unprocessed(&late).await.unwrap(),
        2
    );
    assert_eq!(
        world.images.maintenance.requeue_unprocessed(&late).await.unwrap(),
        0
    );
    assert_eq!(world.count(JOBS).await, 3);
}

#[tokio::test]
async fn many_lost_jobs_are_found_in_several_batches() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    world.upload(&alice, samples::png(8, 8, 1)).await.unwrap();
    world
        .run(
            "DELETE FROM graphile_worker._private_jobs;
             INSERT INTO images.images (id, owner_id, attempt, state, title, file_name, media_type, byte_size, width, height,
                orientation, frames, sha256, created_at, updated_at, stored_at)
             SELECT gen_random_uuid(), owner_id, gen_random_uuid(), 'stored', 'x', 'x', media_type, 1, 1, 1, 1, 1, sha256,
                created_at, updated_at, stored_at
             FROM images.images, generate_series(1, 1200)",
        )
        .await;
    let late = world.system_in(Duration::from_mins(11));
    assert_eq!(
        world.images.maintenance.requeue_unprocessed(&late).await.unwrap(),
        1201
    );
}

#[tokio::test]
async fn removed_and_failed_images_are_skipped() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let ctx = world.system_in(Duration::ZERO);
    let unknown = ImageId::from_uuid(uuid::Uuid::from_u128(7));
    world
        .images
        .renditions
        .process_image(&ctx, unknown)
        .await
        .unwrap();
    let deleted = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    world
        .images
        .library
        .delete(&alice, deleted.id, None)
        .await
        .unwrap();
    world
        .images
        .renditions
        .process_image(&ctx, deleted.id)
        .await
        .unwrap();
    let failed = world.add_image(&alice, "b", Visibility::Private, &[]).await;
    world
        .run(&format!(
            "UPDATE images.images SET state = 'failed', failure_code = 'corrupt' WHERE id = '{}'",
            failed.id.uuid()
        ))
        .await;
    world
        .images
        .renditions
        .process_image(&ctx, failed.id)
        .await
        .unwrap();
    let found = world.images.library.find(&alice, failed.id).await.unwrap();
    assert_eq!(
        (found.state, found.failure_code),
        (State::Failed, Some(FailureCode::Corrupt))
    );
    assert_eq!(found.etag(), "1-failed");
}

#[tokio::test]
async fn store_error_does_not_fail_the_image() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let (originals, aside) = (world.folder.join("originals"), world.folder.join("aside"));
    std::fs::rename(&originals, &aside).unwrap();
    let outcome = world
        .images
        .renditions
        .process_image(&world.system_in(Duration::ZERO), image.id)
        .await;
    assert!(outcome.is_err());
    let found = world.images.library.find(&alice, image.id).await.unwrap();
    assert_eq!(found.state, State::Stored);
}

#[tokio::test]
async fn location_is_visible_to_owner_only() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let bytes = samples::jpeg_with_gps(16, 16, 1);
    let mut upload = announced(&bytes);
    upload.image.visibility = Visibility::Public;
    upload.image.keep_location = true;
    let image = world
        .images
        .uploads
        .upload(&alice, upload, whole(bytes))
        .await
        .unwrap()
        .image;
    world
        .run("UPDATE images.images SET state = 'ready'; INSERT INTO images.locations SELECT id, 1, 2, 3 FROM images.images")
        .await;
    let (_, location) = world
        .images
        .library
        .find_with_location(&alice, image.id)
        .await
        .unwrap();
    let location = location.unwrap();
    assert_eq!(
        (location.latitude, location.longitude, location.altitude),
        (1.0, 2.0, Some(3.0))
    );
    for other in [&bob, &world.anonymous()] {
        let (_, location) = world
            .images
            .library
            .find_with_location(other, image.id)
            .await
            .unwrap();
        assert_eq!(location, None);
    }
    // Row-level security applies the same rule.
    let (tx, _) = world.db.db().begin(&bob).await.unwrap();
    let seen = tx.query("SELECT FROM images.locations", &[]).await.unwrap();
    assert_eq!(seen.len(), 0);
}
