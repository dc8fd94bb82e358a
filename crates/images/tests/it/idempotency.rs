//! The same upload sent again.
use crate::setup::{World, announced, code, whole};
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
async fn sixteen_at_once_make_one_image() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(32, 24, 1);
    let uploads = (0..16).map(|_| {
        world
            .images
            .uploads
            .upload(&alice, with_key(&bytes, "k"), whole(bytes.clone()))
    });
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
async fn a_replay_answers_with_the_image_as_it_is_now() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let bytes = samples::jpeg(32, 24, 1);
    let upload = with_key(&bytes, "k");
    let first = world
        .images
        .uploads
        .upload(&alice, upload.clone(), whole(bytes.clone()))
        .await
        .unwrap();
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
    let again = world
        .images
        .uploads
        .upload(&alice, upload.clone(), whole(bytes.clone()))
        .await
        .unwrap();
    assert_eq!(
        (again.image.id, again.image.title.as_str()),
        (first.image.id, "changed")
    );
    assert_eq!(again.duplicate_of, None, "it is no duplicate of itself");

    let other = samples::jpeg(32, 24, 2);
    let outcome = world
        .images
        .uploads
        .upload(&alice, with_key(&other, "k"), whole(other))
        .await;
    assert_eq!(code(&outcome), "idempotency-mismatch");
    let mut said = upload.clone();
    said.image.title = Some(Title::parse("another").unwrap());
    let outcome = world
        .images
        .uploads
        .upload(&alice, said, whole(bytes.clone()))
        .await;
    assert_eq!(code(&outcome), "idempotency-mismatch");

    let theirs = world
        .images
        .uploads
        .upload(&bob, upload.clone(), whole(bytes.clone()))
        .await
        .unwrap();
    assert_ne!(theirs.image.id, first.image.id, "keys belong to accounts");

    world
        .images
        .library
        .delete(&alice, first.image.id, None)
        .await
        .unwrap();
    let outcome = world.images.uploads.upload(&alice, upload, whole(bytes)).await;
    assert_eq!(code(&outcome), "conflict");
}

#[tokio::test]
async fn a_key_is_free_again_after_a_failure() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let html = b"<script>".to_vec();
    let outcome = world
        .images
        .uploads
        .upload(&alice, with_key(&html, "k"), whole(html.clone()))
        .await;
    assert_eq!(code(&outcome), "unsupported-image-type");
    let bytes = samples::png(8, 8, 1);
    let outcome = world
        .images
        .uploads
        .upload(&alice, with_key(&bytes, "k"), whole(bytes.clone()))
        .await;
    assert_eq!(code(&outcome), "ok");
}

#[tokio::test]
async fn an_abandoned_key_can_be_taken_over_and_an_old_one_is_forgotten() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(8, 8, 1);
    let first = world
        .images
        .uploads
        .upload(&alice, with_key(&bytes, "k"), whole(bytes.clone()))
        .await
        .unwrap();
    // As a process that was killed leaves it behind.
    world
        .run("UPDATE images.idempotency_keys SET finished_at = NULL, fingerprint = NULL")
        .await;
    let outcome = world
        .images
        .uploads
        .upload(&alice, with_key(&bytes, "k"), whole(bytes.clone()))
        .await;
    assert_eq!(code(&outcome), "idempotency-in-flight");
    world
        .run("UPDATE images.idempotency_keys SET started_at = now() - interval '11 minutes'")
        .await;
    let second = world
        .images
        .uploads
        .upload(&alice, with_key(&bytes, "k"), whole(bytes.clone()))
        .await
        .unwrap();
    assert_ne!(first.image.id, second.image.id);
    assert_eq!(second.duplicate_of, Some(first.image.id));
    let replayed = world
        .images
        .uploads
        .upload(&alice, with_key(&bytes, "k"), whole(bytes.clone()))
        .await
        .unwrap();
    assert_eq!(replayed, second, "a replay says the same");

    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(Duration::from_hours(25)))
        .await
        .unwrap();
    assert_eq!(swept.keys, 1);
    let third = world
        .images
        .uploads
        .upload(&alice, with_key(&bytes, "k"), whole(bytes))
        .await
        .unwrap();
    assert_ne!(third.image.id, second.image.id);
}
