//! Updating and deleting: preconditions and permissions.
use crate::setup::{World, code};
use infravault_images::{Description, MetadataUpdate, Selection, Tags, Title, Visibility};
use infravault_kernel::{Id, ImageId};

fn titled(title: &str) -> MetadataUpdate {
    MetadataUpdate {
        title: Some(Title::parse(title).unwrap()),
        ..MetadataUpdate::default()
    }
}

#[tokio::test]
async fn update_requires_the_current_version() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "one", Visibility::Private, &["a"]).await;
    let first = Selection::OneOf(vec![1]);
    let outcome = world
        .images
        .library
        .update(&alice, image.id, None, &titled("two"))
        .await;
    assert_eq!(code(&outcome), "precondition-required");
    let changed = world
        .images
        .library
        .update(&alice, image.id, Some(&first), &titled("two"))
        .await
        .unwrap();
    assert_eq!((changed.title.as_str(), changed.version), ("two", 2));
    assert_eq!(
        (changed.tags.as_slice(), changed.description.as_str()),
        (["a".to_owned()].as_slice(), "")
    );
    for stale in [vec![1], vec![], vec![3, 99]] {
        let stale = Selection::OneOf(stale);
        let outcome = world
            .images
            .library
            .update(&alice, image.id, Some(&stale), &titled("three"))
            .await;
        assert_eq!(code(&outcome), "precondition-failed");
        let outcome = world.images.library.delete(&alice, image.id, Some(&stale)).await;
        assert_eq!(code(&outcome), "precondition-failed");
    }
    let all = MetadataUpdate {
        title: Some(Title::parse("four").unwrap()),
        description: Some(Description::parse("text").unwrap()),
        tags: Some(Tags::default()),
        visibility: Some(Visibility::Public),
    };
    let changed = world
        .images
        .library
        .update(&alice, image.id, Some(&Selection::All), &all)
        .await
        .unwrap();
    assert_eq!((changed.version, changed.description.as_str()), (3, "text"));
    assert!(changed.tags.is_empty() && changed.visibility == Visibility::Public);
    assert!(changed.updated_at >= changed.created_at);
}

#[tokio::test]
async fn other_accounts_have_no_write_access() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let missing: ImageId = ImageId::from_uuid(uuid::Uuid::max());
    for visibility in [Visibility::Private, Visibility::Unlisted, Visibility::Public] {
        let image = world.add_image(&alice, "hers", visibility, &[]).await;
        let hidden = visibility == Visibility::Private;
        for (who, ctx) in [("bob", &bob), ("anonymous", &world.anonymous())] {
            let found = world.images.library.find(ctx, image.id).await;
            assert_eq!(
                code(&found),
                if hidden { "not-found" } else { "ok" },
                "{visibility} {who}"
            );
            let original = world.images.library.open_original(ctx, image.id).await;
            assert_eq!(
                code(&original),
                if hidden { "not-found" } else { "forbidden" },
                "{visibility} {who}"
            );
        }
        let outcome = world
            .images
            .library
            .update(&bob, image.id, Some(&Selection::All), &titled("mine"))
            .await;
        assert_eq!(code(&outcome), if hidden { "not-found" } else { "forbidden" });
        let outcome = world.images.library.delete(&bob, image.id, None).await;
        assert_eq!(code(&outcome), if hidden { "not-found" } else { "forbidden" });
        assert_eq!(
            world.images.library.find(&alice, image.id).await.unwrap().title,
            "hers"
        );
    }
    assert_eq!(code(&world.images.library.find(&bob, missing).await), "not-found");
    assert_eq!(
        code(
            &world
                .images
                .library
                .update(&world.anonymous(), missing, None, &titled("x"))
                .await
        ),
        "authentication-required"
    );
    assert_eq!(
        code(
            &world
                .images
                .library
                .delete(&world.anonymous(), missing, None)
                .await
        ),
        "authentication-required"
    );
}

#[tokio::test]
async fn deleted_image_is_not_found() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "gone", Visibility::Public, &[]).await;
    world
        .images
        .library
        .delete(&alice, image.id, Some(&Selection::OneOf(vec![1])))
        .await
        .unwrap();
    assert_eq!(
        code(&world.images.library.find(&alice, image.id).await),
        "not-found"
    );
    assert_eq!(
        code(&world.images.library.open_original(&alice, image.id).await),
        "not-found"
    );
    let request = infravault_images::ListRequest::default();
    assert!(
        world
            .images
            .library
            .list_own(&alice, &request)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(
        world
            .images
            .library
            .list_public(&world.anonymous(), &request)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}
