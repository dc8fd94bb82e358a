//! The trash: hidden everywhere else, restorable, purged once.
use crate::setup::{World, account, code, eventually};
use futures_util::future::join_all;
use infravault_images::{
    Config, Error, Image, ListRequest, MetadataUpdate, Selection, Title, TrashedImage, Visibility, Words,
};
use infravault_kernel::{Clock, Ctx, Cursor, Id, ImageId, Limit};
use infravault_testkit::samples;
use std::time::Duration;
use tokio::sync::watch;

const SOON: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);
const JOBS: &str = "graphile_worker._private_jobs WHERE key LIKE 'process:%'";

/// Asserts that the original has these bytes.
async fn assert_whole(world: &World, ctx: &Ctx, id: ImageId, bytes: &[u8]) {
    let original = world.images.library.open_original(ctx, id).await.unwrap();
    let stored = original.read(None).await.unwrap();
    assert_eq!(stored.read().await.unwrap(), bytes);
}

/// Lists the whole trash in pages.
async fn trash(world: &World, ctx: &Ctx, limit: i64) -> Vec<TrashedImage> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = world
            .images
            .library
            .list_trash(ctx, Limit::new(limit).unwrap(), cursor.as_ref())
            .await
            .unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        all.extend(page.items);
        match page.next {
            Some(next) => cursor = Some(Cursor::from_text(next.as_str().to_owned())),
            None => return all,
        }
    }
}

/// Asserts that the usage counters match the rows.
async fn assert_exact(world: &World) {
    let wrong = "images.usage AS u WHERE (used_bytes, image_count, reserved_bytes) <> (
        SELECT coalesce(sum(byte_size), 0), count(*), 0 FROM images.images AS i
        WHERE i.owner_id = u.owner_id AND i.state IN ('stored', 'ready', 'failed'))";
    assert_eq!(world.count(wrong).await, 0, "the quota is not exact");
}

#[tokio::test]
async fn trashed_image_is_hidden_everywhere_else() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let image = world
        .add_image(&alice, "harbour", Visibility::Public, &["sea"])
        .await;
    world.run("UPDATE images.images SET phash = 77").await;
    let duplicate = world
        .add_image(&alice, "duplicate", Visibility::Public, &[])
        .await;
    world
        .run("UPDATE images.images SET phash = 77 WHERE title = 'duplicate'")
        .await;
    world.images.library.delete(&alice, image.id, None).await.unwrap();

    let all = ListRequest::default();
    let searches = [
        all.clone(),
        ListRequest {
            filter: infravault_images::Filter {
                words: Some(Words::parse("harbuor").unwrap()),
                ..all.filter.clone()
            },
            ..all.clone()
        },
    ];
    for request in &searches {
        for page in [
            world.images.library.list_own(&alice, request).await.unwrap(),
            world
                .images
                .library
                .list_public(&world.anonymous(), request)
                .await
                .unwrap(),
        ] {
            assert!(page.items.iter().all(|found| found.id != image.id));
        }
    }
    assert!(
        world
            .images
            .library
            .find_similar(&alice, duplicate.id, 10)
            .await
            .unwrap()
            .is_empty()
    );
    for ctx in [&alice, &bob, &world.anonymous()] {
        let title = MetadataUpdate {
            title: Some(Title::parse("x").unwrap()),
            ..MetadataUpdate::default()
        };
        let download = world.images.library.open_original(ctx, image.id).await;
        assert_eq!(code(&download), "not-found");
        assert_eq!(code(&world.images.library.find(ctx, image.id).await), "not-found");
        assert_eq!(
            code(&world.images.library.find_similar(ctx, image.id, 10).await),
            "not-found"
        );
        if matches!(ctx.credential, infravault_kernel::Credential::Anonymous) {
            continue;
        }
        let update = world
            .images
            .library
            .update(ctx, image.id, Some(&Selection::All), &title)
            .await;
        assert_eq!(code(&update), "not-found");
        assert_eq!(
            code(&world.images.library.delete(ctx, image.id, None).await),
            "not-found"
        );
    }
    assert!(trash(&world, &bob, 10).await.is_empty());
    assert_eq!(
        code(&world.images.library.restore(&bob, image.id).await),
        "not-found"
    );
    assert_eq!(
        code(&world.images.library.purge(&bob, image.id).await),
        "not-found"
    );
    assert_eq!(world.images.library.purge_all(&bob).await.unwrap(), 0);
    assert_eq!(
        code(&world.images.library.purge(&alice, duplicate.id).await),
        "not-found",
        "it is not in the trash"
    );
    let anonymous = world
        .images
        .library
        .list_trash(&world.anonymous(), Limit::default(), None)
        .await;
    assert_eq!(code(&anonymous), "authentication-required");

    let found = trash(&world, &alice, 10).await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].image.id, found[0].image.title.as_str()),
        (image.id, "harbour")
    );
    assert_eq!(
        world.images.library.purge_due_at(&found[0]) - found[0].trashed_at,
        DAY * 30
    );
}

#[tokio::test]
async fn restored_image_is_unchanged() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let image = world.upload(&alice, bytes.clone()).await.unwrap();
    let usage = world.usage(&alice).await;
    for _ in 0..2 {
        world.images.library.delete(&alice, image.id, None).await.unwrap();
        let full = world.images.library.usage(&alice).await.unwrap();
        assert_eq!((full.trashed_bytes, full.trashed_count), (usage.0, 1));
        assert_eq!(
            world.usage(&alice).await,
            usage,
            "it counts as long as it lies there"
        );
        world
            .images
            .maintenance
            .sweep(&world.system_in(DAY * 29))
            .await
            .unwrap();
        // Restoring is idempotent.
        for _ in 0..2 {
            assert_eq!(
                world.images.library.restore(&alice, image.id).await.unwrap(),
                image
            );
        }
        assert_whole(&world, &alice, image.id, &bytes).await;
        let full = world.images.library.usage(&alice).await.unwrap();
        assert_eq!((full.trashed_bytes, full.trashed_count), (0, 0));
    }
    assert_exact(&world).await;
}

#[tokio::test]
async fn restore_enqueues_missed_processing() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    world.images.library.delete(&alice, image.id, None).await.unwrap();
    // The job skipped the image.
    world
        .images
        .renditions
        .process_image(&world.system_in(SOON), image.id)
        .await
        .unwrap();
    world.run("DELETE FROM graphile_worker._private_jobs").await;
    world.images.library.restore(&alice, image.id).await.unwrap();
    assert_eq!(world.count(JOBS).await, 1);
    world
        .run("DELETE FROM graphile_worker._private_jobs; UPDATE images.images SET state = 'ready'")
        .await;
    world.images.library.delete(&alice, image.id, None).await.unwrap();
    world.images.library.restore(&alice, image.id).await.unwrap();
    assert_eq!(world.count(JOBS).await, 0, "it needs none");
}

#[tokio::test]
async fn expired_images_are_purged() {
    for (days, kept) in [(30, 29), (1, 0), (0, 0)] {
        let world = World::with(Config {
            trash_retention: DAY * days,
            ..Config::default()
        })
        .await;
        let (alice, bob) = (world.person("alice").await, world.person("bob").await);
        let mut all: Vec<(&Ctx, Image)> = Vec::new();
        for ctx in [&alice, &bob, &alice] {
            all.push((ctx, world.add_image(ctx, "a", Visibility::Private, &[]).await));
        }
        for (ctx, image) in &all {
            world.images.library.delete(ctx, image.id, None).await.unwrap();
        }
        if days > 0 {
            world
                .images
                .maintenance
                .sweep(&world.system_in(DAY * kept))
                .await
                .unwrap();
            assert_eq!(world.files().len(), 3);
        }
        let swept = world
            .images
            .maintenance
            .sweep(&world.system_in(DAY * days + SOON))
            .await
            .unwrap();
        assert_eq!(
            (swept.purged, swept.deleted, swept.deferred),
            (3, 3, 0),
            "{days} days"
        );
        assert_eq!(world.files().len(), 0);
        for ctx in [&alice, &bob] {
            assert_eq!(world.usage(ctx).await, (0, 0, 0));
            assert!(trash(&world, ctx, 10).await.is_empty());
        }
        assert_eq!(
            code(&world.images.library.restore(&alice, all[0].1.id).await),
            "not-found"
        );
        assert_exact(&world).await;
    }
}

#[tokio::test]
async fn delete_without_retention_wakes_the_sweeper() {
    let world = World::with(Config {
        sweep_interval: Duration::from_hours(1),
        trash_retention: Duration::ZERO,
        ..Config::default()
    })
    .await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let (stop, stopped) = watch::channel(false);
    let images = world.images.clone();
    let sweeper = tokio::spawn(images.maintenance.sweep_until_stopped(
        infravault_testkit::log(),
        Clock::System,
        stopped,
    ));
    world.images.library.delete(&alice, image.id, None).await.unwrap();
    eventually("the object is gone", async || world.files().is_empty()).await;
    stop.send_replace(true);
    sweeper.await.unwrap();
}

#[tokio::test]
async fn trash_is_paged() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let mut expected = Vec::new();
    for title in ["a", "b", "c", "d", "e"] {
        expected.push(world.add_image(&alice, title, Visibility::Private, &[]).await.id);
    }
    for id in [4, 1, 3, 0, 2] {
        world
            .images
            .library
            .delete(&alice, expected[id], None)
            .await
            .unwrap();
    }
    // Two with the same timestamp.
    world
        .run("UPDATE images.images SET trashed_at = (SELECT trashed_at FROM images.images WHERE title = 'd') WHERE title = 'a'")
        .await;
    let all = trash(&world, &alice, 200).await;
    let titles: Vec<&str> = all.iter().map(|found| found.image.title.as_str()).collect();
    assert_eq!(titles, ["c", "d", "a", "b", "e"]);
    for limit in 1..=5 {
        assert_eq!(trash(&world, &alice, limit).await, all, "by {limit}");
    }
    let one = Limit::new(1).unwrap();
    let next = world
        .images
        .library
        .list_trash(&alice, one, None)
        .await
        .unwrap()
        .next
        .unwrap();
    let theirs = world.images.library.list_trash(&bob, one, Some(&next)).await;
    assert_eq!(code(&theirs), "invalid-parameter");
    let other = Cursor::new(&"other", &1);
    let other = world.images.library.list_trash(&alice, one, Some(&other)).await;
    assert_eq!(code(&other), "invalid-parameter");
}

#[tokio::test]
async fn purge_all_processes_several_batches() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let his = world.add_image(&bob, "b", Visibility::Private, &[]).await;
    let kept = world.add_image(&alice, "kept", Visibility::Private, &[]).await;
    for (ctx, id) in [(&alice, image.id), (&bob, his.id)] {
        world.images.library.delete(ctx, id, None).await.unwrap();
    }
    world
        .run(&format!(
            "INSERT INTO images.images (id, owner_id, attempt, state, title, file_name, media_type, byte_size, width, height,
                orientation, frames, sha256, created_at, updated_at, stored_at, removed_at, trashed_at)
             SELECT gen_random_uuid(), owner_id, gen_random_uuid(), state, title, file_name, media_type, byte_size, width,
                height, orientation, frames, sha256, created_at, updated_at, stored_at, removed_at, trashed_at
             FROM images.images, generate_series(1, 2499) WHERE id = '{0}';
             UPDATE images.usage SET image_count = image_count + 2499, used_bytes = used_bytes + 2499 * {1}
             WHERE owner_id = '{2}'",
            image.id.uuid(),
            image.byte_size,
            account(&alice).uuid(),
        ))
        .await;
    assert_exact(&world).await;
    assert_eq!(world.images.library.purge_all(&alice).await.unwrap(), 2500);
    assert_eq!(world.images.library.purge_all(&alice).await.unwrap(), 0);
    assert_eq!(world.usage(&alice).await.2, 1);
    assert_exact(&world).await;
    assert_eq!(trash(&world, &bob, 10).await.len(), 1);
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(SOON))
        .await
        .unwrap();
    assert_eq!((swept.purged, swept.deleted), (0, 2500));
    assert_eq!(world.files().len(), 2);
    world.images.library.find(&alice, kept.id).await.unwrap();
}

/// The action on one of three images with the same bytes.
#[derive(Clone, Copy, Debug)]
enum Action {
    Trashed,
    Purged,
    Restored,
}

#[tokio::test]
async fn shared_original_is_kept_while_an_image_references_it() {
    use Action::{Purged, Restored, Trashed};
    let bytes = samples::png(8, 8, 1);
    for outcomes in [
        [Purged, Trashed, Restored],
        [Purged, Restored, Purged],
        [Trashed, Purged, Trashed],
        [Restored, Purged, Purged],
        [Purged, Purged, Trashed],
        [Trashed, Trashed, Purged],
    ] {
        let world = World::new().await;
        let alice = world.person("alice").await;
        let mut images = Vec::new();
        for _ in 0..3 {
            images.push(world.upload(&alice, bytes.clone()).await.unwrap());
        }
        for image in &images {
            world.images.library.delete(&alice, image.id, None).await.unwrap();
        }
        for (image, outcome) in images.iter().zip(outcomes) {
            match outcome {
                Trashed => {}
                Purged => world.images.library.purge(&alice, image.id).await.unwrap(),
                Restored => drop(world.images.library.restore(&alice, image.id).await.unwrap()),
            }
            world
                .images
                .maintenance
                .sweep(&world.system_in(SOON))
                .await
                .unwrap();
        }
        assert_exact(&world).await;
        assert_eq!(world.files().len(), 1, "{outcomes:?}");
        for (image, outcome) in images.iter().zip(outcomes) {
            if matches!(outcome, Trashed) {
                world.images.library.restore(&alice, image.id).await.unwrap();
            }
            if !matches!(outcome, Purged) {
                assert_whole(&world, &alice, image.id, &bytes).await;
            }
        }
        for (image, outcome) in images.iter().zip(outcomes) {
            if !matches!(outcome, Purged) {
                world.remove(&alice, image.id).await;
            }
        }
        world
            .images
            .maintenance
            .sweep(&world.system_in(SOON))
            .await
            .unwrap();
        assert_eq!(world.files().len(), 0, "{outcomes:?}");
        assert_eq!(world.usage(&alice).await, (0, 0, 0));
    }
}

#[tokio::test]
async fn same_bytes_can_be_uploaded_while_in_the_trash() {
    let bytes = samples::png(8, 8, 1);
    for first in [true, false] {
        let world = World::new().await;
        let alice = world.person("alice").await;
        let old = world.upload(&alice, bytes.clone()).await.unwrap();
        world.images.library.delete(&alice, old.id, None).await.unwrap();
        let new = world.upload_new(&alice, bytes.clone()).await.unwrap();
        assert_eq!(
            new.duplicate_of, None,
            "an image in the trash is not reported as a duplicate"
        );
        world.images.library.restore(&alice, old.id).await.unwrap();
        let third = world.upload_new(&alice, bytes.clone()).await.unwrap();
        assert_eq!(third.duplicate_of, Some(old.id));
        let order = if first {
            [old.id, new.image.id, third.image.id]
        } else {
            [third.image.id, new.image.id, old.id]
        };
        for (done, id) in order.iter().enumerate() {
            world.remove(&alice, *id).await;
            world
                .images
                .maintenance
                .sweep(&world.system_in(SOON))
                .await
                .unwrap();
            for left in &order[done + 1..] {
                assert_whole(&world, &alice, *left, &bytes).await;
            }
            assert_exact(&world).await;
        }
        assert_eq!(world.files().len(), 0);
    }
}

#[tokio::test]
async fn concurrent_restore_and_purge_have_one_winner() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let done = |outcome: &Result<(), Error>| match code(outcome) {
        "ok" => true,
        "not-found" => false,
        other => panic!("unexpected: {other}"),
    };
    for _ in 0..15 {
        let image = world.upload(&alice, bytes.clone()).await.unwrap();
        let duplicate = world.upload(&alice, bytes.clone()).await.unwrap();
        world.images.library.delete(&alice, image.id, None).await.unwrap();
        let late = world.system_in(DAY * 31);
        let (restored, purged, all, swept, again) = tokio::join!(
            async { world.images.library.restore(&alice, image.id).await.map(drop) },
            world.images.library.purge(&alice, image.id),
            world.images.library.purge_all(&alice),
            world.images.maintenance.sweep(&late),
            world.images.library.delete(&alice, image.id, None),
        );
        // Deleted again after the restore, it may have been purged too.
        let trashed_twice = done(&again);
        let times = u64::from(done(&purged)) + all.unwrap() + swept.unwrap().purged;
        assert!(times <= 1, "it is purged once at most");
        assert!(done(&restored) || times == 1, "one of them succeeded");
        assert!(!trashed_twice || done(&restored));
        assert_exact(&world).await;
        let there = world.images.library.find(&alice, image.id).await.is_ok();
        let trashed = trash(&world, &alice, 10).await.len();
        assert_eq!(usize::from(there) + trashed, usize::from(times == 0));
        assert_whole(&world, &alice, duplicate.id, &bytes).await;
        if there {
            world.remove(&alice, image.id).await;
        }
        world.images.library.purge_all(&alice).await.unwrap();
        world.remove(&alice, duplicate.id).await;
        world
            .images
            .maintenance
            .sweep(&world.system_in(DAY * 32))
            .await
            .unwrap();
        world
            .images
            .maintenance
            .sweep(&world.system_in(DAY * 33))
            .await
            .unwrap();
        assert_eq!(world.files().len(), 0);
        assert_eq!(world.usage(&alice).await, (0, 0, 0));
    }
}

#[tokio::test]
async fn concurrent_purges_and_restores_do_not_deadlock() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(world.add_image(&alice, "a", Visibility::Private, &[]).await.id);
    }
    for round in 0..5 {
        let works = (0..12).map(|n| {
            let (world, alice, ids) = (&world, &alice, &ids);
            async move {
                let id = ids[(n * 7 + round) % ids.len()];
                let outcome = match n % 3 {
                    0 => world.images.library.delete(alice, id, None).await,
                    1 => world.images.library.restore(alice, id).await.map(drop),
                    _ if round == 4 => world.images.library.purge_all(alice).await.map(drop),
                    _ => world.images.library.purge(alice, ids[n]).await,
                };
                assert!(matches!(code(&outcome), "ok" | "not-found"), "{outcome:?}");
            }
        });
        join_all(works).await;
        assert_exact(&world).await;
    }
}

#[tokio::test]
async fn down_migration_restores_the_trash() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Public, &[]).await;
    world.images.library.delete(&alice, image.id, None).await.unwrap();
    let log = infravault_testkit::log();
    let steps = usize::try_from(infravault_db::migrate::required_version() - 7).unwrap();
    infravault_db::migrate::down(&world.db.url(), steps, &log)
        .await
        .unwrap();
    let back = "images.images WHERE removed_at IS NULL AND visibility = 'private' AND state = 'stored'";
    assert_eq!(world.count(back).await, 1);
    infravault_db::migrate::up(&world.db.url(), &log).await.unwrap();
    world.images.library.find(&alice, image.id).await.unwrap();
}
