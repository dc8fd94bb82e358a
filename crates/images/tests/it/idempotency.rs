//! Idempotency keys.
use crate::setup::{World, announced, code};
use futures_util::future::join_all;
use infravault_images::{IdempotencyKey, Title, UploadRequest};
use infravault_testkit::samples;
use std::time::Duration;

fn with_key(bytes: &[u8], key: &str) -> UploadRequest {
    UploadRequest {
        key: Some(IdempotencyKey::parse(key).unwrap()),
        ..announced(bytes)
    }
}

#[tokio::test]
async fn concurrent_uploads_with_same_key_create_one_image() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(32, 24, 1);
    let uploads = (0..16).map(|_| world.send(&alice, with_key(&bytes, "k"), bytes.clone()));
    let outcomes = join_all(uploads).await;
    let mut ids: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| outcome.as_ref().ok())
        .map(|uploaded| uploaded.image.id)
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(code(outcome), "ok" | "idempotency-in-flight"))
    );
    assert_eq!(world.count("images.images").await, 1);
    assert_eq!(world.usage(&alice).await.2, 1);
}

#[tokio::test]
async fn replay_returns_current_state_of_image() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let bytes = samples::jpeg(32, 24, 1);
    let upload = with_key(&bytes, "k");
    let first = world.send(&alice, upload.clone(), bytes.clone()).await.unwrap();
    let change = infravault_images::MetadataUpdate {
        title: Some(Title::parse("changed").unwrap()),
        ..infravault_images::MetadataUpdate::default()
    };
    world
        .images
        .library
        .update(
            &alice,
            first.image.id,
            Some(&infravault_images::Selection::All),
            &change,
        )
        .await
        .unwrap();
    let again = world.send(&alice, upload.clone(), bytes.clone()).await.unwrap();
    assert_eq!(
        (again.image.id, again.image.title.as_str()),
        (first.image.id, "changed")
    );
    assert_eq!(again.duplicate_of, None, "not a duplicate of itself");

    let other = samples::jpeg(32, 24, 2);
    let outcome = world.send(&alice, with_key(&other, "k"), other).await;
    assert_eq!(code(&outcome), "idempotency-mismatch");
    let mut said = upload.clone();
    said.image.title = Some(Title::parse("another").unwrap());
    let outcome = world.send(&alice, said, bytes.clone()).await;
    assert_eq!(code(&outcome), "idempotency-mismatch");

    let theirs = world.send(&bob, upload.clone(), bytes.clone()).await.unwrap();
    assert_ne!(theirs.image.id, first.image.id, "keys belong to accounts");

    world
        .images
        .library
        .delete(&alice, first.image.id, None)
        .await
        .unwrap();
    let outcome = world.send(&alice, upload, bytes).await;
    assert_eq!(code(&outcome), "conflict");
}

#[tokio::test]
async fn key_is_released_after_failure() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let html = b"<script>".to_vec();
    let outcome = world.send(&alice, with_key(&html, "k"), html.clone()).await;
    assert_eq!(code(&outcome), "unsupported-image-type");
    let bytes = samples::png(8, 8, 1);
    let outcome = world.send(&alice, with_key(&bytes, "k"), bytes.clone()).await;
    assert_eq!(code(&outcome), "ok");
}

#[tokio::test]
async fn abandoned_key_is_taken_over_and_expired_key_is_deleted() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let first = world
        .send(&alice, with_key(&bytes, "k"), bytes.clone())
        .await
        .unwrap();
    // The state after a process was killed.
    world
        .run("UPDATE images.idempotency_keys SET finished_at = NULL, fingerprint = NULL")
        .await;
    let outcome = world.send(&alice, with_key(&bytes, "k"), bytes.clone()).await;
    assert_eq!(code(&outcome), "idempotency-in-flight");
    world
        .run("UPDATE images.idempotency_keys SET started_at = now() - interval '11 minutes'")
        .await;
    let second = world
        .send(&alice, with_key(&bytes, "k"), bytes.clone())
        .await
        .unwrap();
    assert_ne!(first.image.id, second.image.id);
    assert_eq!(second.duplicate_of, Some(first.image.id));
    let replayed = world
        .send(&alice, with_key(&bytes, "k"), bytes.clone())
        .await
        .unwrap();
    assert_eq!(replayed, second, "a replay returns the same");

    let swept = world.sweep(Duration::from_hours(25)).await;
    assert_eq!(swept.keys, 1);
    let third = world.send(&alice, with_key(&bytes, "k"), bytes).await.unwrap();
    assert_ne!(third.image.id, second.image.id);
}
