//! Similar images: visibility, distance and order.
use crate::setup::{World, code};
use infravault_images::{Image, Visibility};
use infravault_kernel::{Ctx, Id, Scope, Scopes};

async fn hashed(world: &World, ctx: &Ctx, title: &str, visibility: Visibility, hash: u64) -> Image {
    let image = world.add_image(ctx, title, visibility, &[]).await;
    let statement = format!(
        "UPDATE images.images SET state = 'ready', phash = {} WHERE id = '{}'",
        hash.cast_signed(),
        image.id.uuid()
    );
    world.run(&statement).await;
    image
}

async fn titles(world: &World, ctx: &Ctx, of: &Image, limit: u32) -> Vec<(String, u32)> {
    let found = world
        .images
        .library
        .find_similar(ctx, of.id, limit)
        .await
        .unwrap();
    found
        .into_iter()
        .map(|similar| (similar.image.title, similar.distance))
        .collect()
}

#[tokio::test]
async fn own_and_public_images_are_listed_nearest_first() {
    const HASH: u64 = 0x8F0F_1234_5678_9ABC;
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let of = hashed(&world, &alice, "itself", Visibility::Unlisted, HASH).await;
    // Seven bits, spread as widely as possible; eight bits are too far.
    hashed(
        &world,
        &alice,
        "seven",
        Visibility::Private,
        HASH ^ 0x8001_0003_0003_0001,
    )
    .await;
    hashed(
        &world,
        &alice,
        "eight",
        Visibility::Private,
        HASH ^ 0x8001_0003_0003_0003,
    )
    .await;
    hashed(&world, &alice, "same", Visibility::Private, HASH).await;
    hashed(&world, &bob, "two, public", Visibility::Public, HASH ^ 0x3).await;
    hashed(
        &world,
        &bob,
        "newer two, public",
        Visibility::Public,
        HASH ^ 0xC000,
    )
    .await;
    hashed(&world, &bob, "one, private", Visibility::Private, HASH ^ 0x1).await;
    hashed(&world, &bob, "one, unlisted", Visibility::Unlisted, HASH ^ 0x1).await;
    let gone = hashed(&world, &bob, "gone", Visibility::Public, HASH).await;
    world.images.library.delete(&bob, gone.id, None).await.unwrap();
    world
        .add_image(&alice, "without a hash", Visibility::Private, &[])
        .await;

    let all = [
        ("same", 0),
        ("newer two, public", 2),
        ("two, public", 2),
        ("seven", 7),
    ]
    .map(|(title, distance)| (title.to_owned(), distance));
    assert_eq!(titles(&world, &alice, &of, 100).await, all);
    assert_eq!(titles(&world, &alice, &of, 2).await, all[..2]);
    assert_eq!(titles(&world, &world.anonymous(), &of, 100).await, all[1..3]);
    let theirs = [
        ("itself", 0),
        ("one, unlisted", 1),
        ("one, private", 1),
        ("newer two, public", 2),
        ("two, public", 2),
    ];
    let mut bobs = titles(&world, &bob, &of, 100).await;
    bobs.insert(0, ("itself".to_owned(), 0));
    assert_eq!(bobs, theirs.map(|(title, distance)| (title.to_owned(), distance)));
}

#[tokio::test]
async fn invisible_images_are_not_revealed() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let private = hashed(&world, &alice, "private", Visibility::Private, 1).await;
    let public = hashed(&world, &bob, "public", Visibility::Public, 1).await;
    assert_eq!(
        code(&world.images.library.find_similar(&bob, private.id, 20).await),
        "not-found"
    );
    let anonymous = world.anonymous();
    assert_eq!(
        code(
            &world
                .images
                .library
                .find_similar(&anonymous, private.id, 20)
                .await
        ),
        "not-found"
    );
    // A token without `images:read` does not find the account's private images.
    let account = crate::setup::account(&alice);
    let token = world
        .db
        .api_token(account, &Scopes::new([Scope::ProfileRead]))
        .await;
    let token = world.db.ctx(token);
    assert_eq!(titles(&world, &token, &public, 20).await, []);
    assert_eq!(
        titles(&world, &alice, &public, 20).await,
        [("private".to_owned(), 0)]
    );
    let plain = world
        .add_image(&alice, "without a hash", Visibility::Private, &[])
        .await;
    assert_eq!(titles(&world, &alice, &plain, 20).await, []);
}
