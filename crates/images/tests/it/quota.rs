//! Quota stays exact under concurrency.
use crate::setup::{World, account, announced, code};
use futures_util::future::join_all;
use infravault_images::Error;
use infravault_testkit::samples;

#[tokio::test]
async fn concurrent_uploads_cannot_exceed_quota() {
    let bytes = samples::jpeg(64, 48, 3);
    let len = i64::try_from(bytes.len()).unwrap();
    // Announced exactly, as a lower bound, and not at all.
    for at_least in [bytes.len(), bytes.len() / 2, 0] {
        let world = World::new().await;
        let alice = world.person("alice").await;
        world.db.set_quota(account(&alice), len * 10 + len / 2).await;
        let mut upload = announced(&bytes);
        upload.min_len = u64::try_from(at_least).unwrap();
        let uploads = (0..64).map(|_| world.send(&alice, upload.clone(), bytes.clone()));
        let outcomes = join_all(uploads).await;
        let stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(stored, 10, "announced {at_least}");
        assert!(
            outcomes
                .iter()
                .all(|outcome| matches!(code(outcome), "ok" | "storage-quota-exceeded"))
        );
        assert_eq!(world.usage(&alice).await, (len * 10, 0, 10));
        assert_eq!(world.count("images.images WHERE state = 'stored'").await, 10);
    }
}

#[tokio::test]
async fn concurrent_deletions_release_quota_once() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let (keep, gone) = (samples::png(8, 8, 1), samples::png(9, 9, 2));
    let kept = i64::try_from(keep.len()).unwrap();
    world.upload(&alice, keep).await.unwrap();
    let image = world.upload(&alice, gone).await.unwrap();
    let both = world.usage(&alice).await;
    let outcomes = join_all((0..50).map(|_| world.images.library.delete(&alice, image.id, None))).await;
    assert_once(&outcomes);
    assert_eq!(world.usage(&alice).await, both, "images in the trash count");
    let outcomes = join_all((0..50).map(|_| world.images.library.purge(&alice, image.id))).await;
    assert_once(&outcomes);
    assert_eq!(world.usage(&alice).await, (kept, 0, 1));
}

/// One of fifty succeeded; the others found nothing.
fn assert_once(outcomes: &[Result<(), Error>]) {
    let count = |wanted| {
        let matching = outcomes.iter().filter(|outcome| code(outcome) == wanted);
        matching.count()
    };
    assert_eq!((count("ok"), count("not-found")), (1, 49));
}

#[tokio::test]
async fn reduced_quota_applies_to_next_upload() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::png(16, 16, 1);
    let len = i64::try_from(bytes.len()).unwrap();
    world.db.set_quota(account(&alice), len).await;
    world.upload(&alice, bytes.clone()).await.unwrap();
    assert_eq!(
        code(&world.upload(&alice, bytes.clone()).await),
        "storage-quota-exceeded"
    );
    world.db.set_quota(account(&alice), 0).await;
    assert_eq!(code(&world.upload(&alice, bytes).await), "storage-quota-exceeded");
    assert_eq!(world.usage(&alice).await, (len, 0, 1));
}
