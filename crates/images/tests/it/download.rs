//! Originals, whole and in part.
use crate::setup::{World, code};
use infravault_images::{DownloadBody, DownloadRequest, Etag, Etags, RangeSpec};
use infravault_testkit::samples;

#[tokio::test]
async fn parts_are_cut_exactly() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 5);
    let len = u64::try_from(bytes.len()).unwrap();
    let image = world.upload(&alice, bytes.clone()).await.unwrap();
    for (range, expected) in [
        (RangeSpec::FromTo(0, 0), 0..1),
        (RangeSpec::FromTo(10, 99), 10..100),
        (RangeSpec::From(len - 1), bytes.len() - 1..bytes.len()),
        (RangeSpec::Last(7), bytes.len() - 7..bytes.len()),
        (RangeSpec::FromTo(5, u64::MAX), 5..bytes.len()),
    ] {
        let fetch = DownloadRequest {
            range: Some(range),
            ..DownloadRequest::default()
        };
        let DownloadBody::Part(_, Some(part)) = world
            .images
            .library
            .download(&alice, image.id, &fetch)
            .await
            .unwrap()
            .body
        else {
            panic!("expected a part")
        };
        assert_eq!(part.read().await.unwrap(), bytes[expected]);
    }
    let fetch = DownloadRequest {
        range: Some(RangeSpec::From(len)),
        ..DownloadRequest::default()
    };
    assert_eq!(
        code(&world.images.library.download(&alice, image.id, &fetch).await),
        "range-not-satisfiable"
    );
}

#[tokio::test]
async fn conditions_are_decided_without_the_bytes() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let image = world.upload(&alice, samples::png(8, 8, 1)).await.unwrap();
    std::fs::remove_dir_all(world.folder.join("originals")).unwrap();
    let known = DownloadRequest {
        if_none_match: Some(Etags::Listed(vec![Etag {
            weak: false,
            tag: image.sha256.to_string(),
        }])),
        ..DownloadRequest::default()
    };
    let body = world
        .images
        .library
        .download(&alice, image.id, &known)
        .await
        .unwrap()
        .body;
    assert!(matches!(body, DownloadBody::NotModified));
    assert_eq!(
        code(&world.images.library.download(&bob, image.id, &known).await),
        "not-found",
        "N68"
    );
    let head = DownloadRequest {
        head_only: true,
        ..DownloadRequest::default()
    };
    let body = world
        .images
        .library
        .download(&alice, image.id, &head)
        .await
        .unwrap()
        .body;
    assert!(matches!(body, DownloadBody::Whole(None)));
    let all = world
        .images
        .library
        .download(&alice, image.id, &DownloadRequest::default())
        .await;
    assert_eq!(
        code(&all),
        "internal",
        "a missing object is a fault of ours, not an empty success"
    );
}
