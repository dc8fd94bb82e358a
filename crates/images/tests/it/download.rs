//! Downloads of originals.
use crate::setup::{World, code};
use infravault_testkit::samples;

#[tokio::test]
async fn ranges_are_read_exactly() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 5);
    let len = bytes.len();
    let image = world.upload(&alice, bytes.clone()).await.unwrap();
    let original = world
        .images
        .library
        .open_original(&alice, image.id)
        .await
        .unwrap();
    for expected in [0..1, 10..100, len - 1..len, len - 7..len, 5..len, 0..len] {
        let position = |position: usize| u64::try_from(position).unwrap();
        let range = position(expected.start)..=position(expected.end - 1);
        let stored = original.read(Some(range)).await.unwrap();
        assert_eq!(stored.read().await.unwrap(), bytes[expected]);
    }
    let stored = original.read(None).await.unwrap();
    assert_eq!(stored.read().await.unwrap(), bytes);
}

#[tokio::test]
async fn original_is_opened_without_reading_bytes() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let image = world.upload(&alice, samples::png(8, 8, 1)).await.unwrap();
    std::fs::remove_dir_all(world.folder.join("originals")).unwrap();
    let original = world.images.library.open_original(&alice, image.id).await;
    let original = original.unwrap();
    assert_eq!(original.image.sha256, image.sha256);
    assert_eq!(
        code(&world.images.library.open_original(&bob, image.id).await),
        "not-found",
        "an image of another owner is hidden"
    );
    assert_eq!(
        code(&original.read(None).await),
        "internal",
        "a missing object is an internal error, not an empty success"
    );
}
