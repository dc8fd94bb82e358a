//! What happens to images after they were stored, as far as it needs no sandbox: that is tested with the program itself.
use crate::setup::{World, announced, whole};
use infravault_images::{FailureCode, State, Visibility};
use infravault_kernel::{Id, ImageId};
use infravault_testkit::samples;
use std::time::Duration;

const JOBS: &str = "graphile_worker._private_jobs WHERE key LIKE 'process:%'";

#[tokio::test]
async fn every_upload_asks_for_its_work() {
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
async fn lost_work_is_asked_for_again() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let mut ids = Vec::new();
    for seed in 1..=4 {
        ids.push(world.upload(&alice, samples::png(8, 8, seed)).await.unwrap().id);
    }
    let (lost, given_up, ready) = (ids[0].uuid(), ids[1].uuid(), ids[2].uuid());
    let early = world.system_in(Duration::from_mins(9));
    let late = world.system_in(Duration::from_mins(11));
    assert_eq!(
        world.images.maintenance.requeue_lost(&late).await.unwrap(),
        0,
        "all of them wait"
    );
    world
        .run(&format!(
            "DELETE FROM graphile_worker._private_jobs WHERE key IN ('process:{lost}', 'process:{ready}');
             UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE key = 'process:{given_up}';
             UPDATE images.images SET state = 'ready' WHERE id = '{ready}'"
        ))
        .await;
    assert_eq!(world.images.maintenance.requeue_lost(&early).await.unwrap(), 0);
    assert_eq!(world.images.maintenance.requeue_lost(&late).await.unwrap(), 2);
    assert_eq!(world.images.maintenance.requeue_lost(&late).await.unwrap(), 0);
    assert_eq!(world.count(JOBS).await, 3);
}

#[tokio::test]
async fn many_lost_ones_are_found_page_by_page() {
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
    assert_eq!(world.images.maintenance.requeue_lost(&late).await.unwrap(), 1201);
}

#[tokio::test]
async fn what_is_gone_or_done_is_left_alone() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let ctx = world.system_in(Duration::ZERO);
    let unknown = ImageId::from_uuid(uuid::Uuid::from_u128(7));
    world.images.renditions.process(&ctx, unknown).await.unwrap();
    let deleted = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    world
        .images
        .library
        .delete(&alice, deleted.id, None)
        .await
        .unwrap();
    world.images.renditions.process(&ctx, deleted.id).await.unwrap();
    let failed = world.add_image(&alice, "b", Visibility::Private, &[]).await;
    world
        .run(&format!(
            "UPDATE images.images SET state = 'failed', failure_code = 'corrupt' WHERE id = '{}'",
            failed.id.uuid()
        ))
        .await;
    world.images.renditions.process(&ctx, failed.id).await.unwrap();
    let found = world.images.library.find(&alice, failed.id).await.unwrap();
    assert_eq!(
        (found.state, found.failure_code),
        (State::Failed, Some(FailureCode::Corrupt))
    );
    assert_eq!(found.etag(), "1-failed");
}

#[tokio::test]
async fn a_store_that_fails_is_not_the_image_s_fault() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let (originals, aside) = (world.folder.join("originals"), world.folder.join("aside"));
    std::fs::rename(&originals, &aside).unwrap();
    let outcome = world
        .images
        .renditions
        .process(&world.system_in(Duration::ZERO), image.id)
        .await;
    assert!(outcome.is_err());
    let found = world.images.library.find(&alice, image.id).await.unwrap();
    assert_eq!(found.state, State::Stored);
}

#[tokio::test]
async fn the_place_is_the_owner_s_alone() {
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
    let (_, place) = world
        .images
        .library
        .find_with_location(&alice, image.id)
        .await
        .unwrap();
    let place = place.unwrap();
    assert_eq!(
        (place.latitude, place.longitude, place.altitude),
        (1.0, 2.0, Some(3.0))
    );
    for other in [&bob, &world.nobody()] {
        let (_, place) = world
            .images
            .library
            .find_with_location(other, image.id)
            .await
            .unwrap();
        assert_eq!(place, None);
    }
    // The rule of the database says the same.
    let (tx, _) = world.db.db().begin(&bob).await.unwrap();
    let seen = tx.query("SELECT FROM images.locations", &[]).await.unwrap();
    assert_eq!(seen.len(), 0);
}
