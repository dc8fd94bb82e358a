//! Bulk operations: one outcome per image, in the given order.
use crate::setup::{World, code};
use BulkOutcome::{Done, NotFound, TooManyTags};
use futures_util::future::join_all;
use infravault_images::{
    BulkAction, BulkChange, BulkIds, BulkOutcome, Image, Tag, TagChange, Tags, Visibility,
};
use infravault_kernel::{Ctx, Id, ImageId, Limit};
use infravault_testkit::samples;
use std::time::{Duration, Instant};

async fn bulk(world: &World, ctx: &Ctx, ids: &[ImageId], action: &BulkAction) -> Vec<BulkOutcome> {
    let outcomes = world
        .images
        .library
        .apply_bulk_action(ctx, &BulkIds::new(ids.to_vec()).unwrap(), action)
        .await
        .unwrap();
    let returned: Vec<ImageId> = outcomes.iter().map(|(id, _)| *id).collect();
    assert_eq!(returned, ids, "in the given order");
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn tags(texts: &[&str]) -> Tags {
    Tags::parse(texts.iter().copied()).unwrap()
}

fn edit(add: &[&str], remove: &[&str]) -> BulkAction {
    let (add, remove) = (tags(add), tags(remove));
    BulkAction::Update(BulkChange {
        tags: Some(TagChange::Edit { add, remove }),
        visibility: None,
    })
}

fn set(texts: &[&str]) -> BulkAction {
    BulkAction::Update(BulkChange {
        tags: Some(TagChange::Set(tags(texts))),
        visibility: None,
    })
}

async fn found(world: &World, ctx: &Ctx, id: ImageId) -> Image {
    world.images.library.find(ctx, id).await.unwrap()
}

#[tokio::test]
async fn update_changes_tags_and_visibility() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let one = world
        .add_image(&alice, "one", Visibility::Private, &["b", "a", "c"])
        .await
        .id;
    let two = world.add_image(&alice, "two", Visibility::Private, &[]).await.id;
    for (action, expected_one, expected_two) in [
        (edit(&["x", "a"], &["b"]), vec!["a", "c", "x"], vec!["x", "a"]),
        (edit(&[], &["a", "missing"]), vec!["c", "x"], vec!["x"]),
        (set(&["new", "old"]), vec!["new", "old"], vec!["new", "old"]),
        (set(&[]), vec![], vec![]),
        (edit(&["z", "y"], &[]), vec!["z", "y"], vec!["z", "y"]),
    ] {
        assert_eq!(bulk(&world, &alice, &[two, one], &action).await, [Done, Done]);
        assert_eq!(found(&world, &alice, one).await.tags, expected_one, "{action:?}");
        assert_eq!(found(&world, &alice, two).await.tags, expected_two, "{action:?}");
    }
    let public = BulkAction::Update(BulkChange {
        tags: None,
        visibility: Some(Visibility::Public),
    });
    assert_eq!(bulk(&world, &alice, &[one, two], &public).await, [Done, Done]);
    let image = found(&world, &world.anonymous(), one).await;
    assert_eq!(
        (image.tags.as_slice(), image.version),
        (["z".to_owned(), "y".to_owned()].as_slice(), 7)
    );
    assert!(image.updated_at > image.created_at);
    let request = infravault_images::ListRequest {
        filter: infravault_images::Filter {
            tag: Some(Tag::parse("y").unwrap()),
            ..infravault_images::Filter::default()
        },
        ..infravault_images::ListRequest::default()
    };
    assert_eq!(
        world
            .images
            .library
            .list_own(&alice, &request)
            .await
            .unwrap()
            .items
            .len(),
        2
    );
}

#[tokio::test]
async fn failed_items_do_not_affect_others() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let many: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let full = world
        .add_image(&alice, "full", Visibility::Private, &many)
        .await
        .id;
    let own = world.add_image(&alice, "own", Visibility::Private, &[]).await.id;
    let trashed = world
        .add_image(&alice, "trashed", Visibility::Private, &[])
        .await
        .id;
    let purged = world
        .add_image(&alice, "purged", Visibility::Private, &[])
        .await
        .id;
    let his = world.add_image(&bob, "his", Visibility::Public, &[]).await.id;
    let missing = ImageId::from_uuid(uuid::Uuid::from_u128(7));
    world.images.library.delete(&alice, trashed, None).await.unwrap();
    world.remove(&alice, purged).await;
    let ids = [missing, full, his, own, trashed, purged];

    let outcomes = bulk(&world, &alice, &ids, &edit(&["one more"], &[])).await;
    assert_eq!(
        outcomes,
        [NotFound, TooManyTags, NotFound, Done, NotFound, NotFound]
    );
    assert_eq!(found(&world, &alice, full).await.tags.len(), 50);
    assert_eq!(found(&world, &alice, full).await.version, 1);
    // Removes one tag and adds another.
    let outcomes = bulk(&world, &alice, &[full], &edit(&["one more"], &["7"])).await;
    assert_eq!(outcomes, [Done]);

    let outcomes = bulk(&world, &alice, &ids, &BulkAction::Restore).await;
    assert_eq!(outcomes, [NotFound, Done, NotFound, Done, Done, NotFound]);
    let outcomes = bulk(&world, &alice, &ids, &BulkAction::Delete).await;
    assert_eq!(outcomes, [NotFound, Done, NotFound, Done, Done, NotFound]);
    let outcomes = bulk(&world, &alice, &ids, &BulkAction::Delete).await;
    assert_eq!(outcomes, [NotFound; 6]);
    let trash = world
        .images
        .library
        .list_trash(&alice, Limit::default(), None)
        .await
        .unwrap();
    assert_eq!(trash.items.len(), 3);
    let original = found(&world, &bob, his).await;
    assert_eq!((original.version, original.tags.len()), (1, 0));
    let outcomes = world
        .images
        .library
        .apply_bulk_action(
            &world.anonymous(),
            &BulkIds::new(vec![own]).unwrap(),
            &BulkAction::Delete,
        )
        .await;
    assert_eq!(code(&outcomes), "authentication-required");
}

#[tokio::test]
async fn concurrent_bulk_operations_do_not_deadlock() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let mut ids = Vec::new();
    for _ in 0..12 {
        ids.push(world.upload(&alice, bytes.clone()).await.unwrap().id);
    }
    for _ in 0..4 {
        let works = (0..9).map(|n| {
            let (world, alice, mut ids, bytes) = (&world, &alice, ids.clone(), bytes.clone());
            async move {
                ids.rotate_left(n);
                if n % 2 == 0 {
                    ids.reverse();
                }
                match n % 4 {
                    0 => drop(bulk(world, alice, &ids, &BulkAction::Delete).await),
                    1 => drop(bulk(world, alice, &ids, &BulkAction::Restore).await),
                    2 => drop(bulk(world, alice, &ids, &edit(&["a"], &["b"])).await),
                    _ => drop(world.upload(alice, bytes).await.unwrap()),
                }
            }
        });
        join_all(works).await;
    }
    bulk(&world, &alice, &ids, &BulkAction::Restore).await;
    let usage = world.usage(&alice).await;
    assert_eq!(usage.2, 12 + 4 * 2);
    assert_eq!(usage.0, i64::try_from(bytes.len()).unwrap() * usage.2);
}

#[tokio::test]
async fn five_hundred_images_are_updated_in_one_statement() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    world
        .add_image(&alice, "a", Visibility::Private, &["a", "b"])
        .await;
    world
        .run(
            "INSERT INTO images.images (id, owner_id, attempt, state, title, tags, file_name, media_type, byte_size, width,
                height, orientation, frames, sha256, created_at, updated_at, stored_at)
             SELECT gen_random_uuid(), owner_id, gen_random_uuid(), 'ready', title || ' number ' || n, tags, file_name,
                media_type, byte_size, width, height, orientation, frames, sha256, created_at, updated_at, stored_at
             FROM images.images, generate_series(1, 499) AS n;
             UPDATE images.usage SET image_count = image_count * 500, used_bytes = used_bytes * 500",
        )
        .await;
    let rows = world
        .db
        .superuser()
        .await
        .query("SELECT id FROM images.images", &[])
        .await
        .unwrap();
    let ids: Vec<ImageId> = rows.iter().map(|row| ImageId::from_uuid(row.get(0))).collect();
    assert_eq!(ids.len(), 500);
    for (what, action) in [
        ("tags of", edit(&["c"], &["a"])),
        ("delete", BulkAction::Delete),
        ("restore", BulkAction::Restore),
    ] {
        let began = Instant::now();
        assert_eq!(bulk(&world, &alice, &ids, &action).await, vec![Done; 500]);
        let took = began.elapsed();
        println!("{what} 500 images: {took:?}");
        assert!(took < Duration::from_secs(5), "{what}: {took:?}");
    }
}
