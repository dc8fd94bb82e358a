//! Upload sessions: any node continues them, quota stays exact, and nothing is left behind.
use crate::setup::{World, account, announced, code, eventually, whole};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, future::join_all, stream};
use infravault_images::{
    AppendOutcome, BodyError, Checksum, ChecksumAlgorithm, Config, Error, Images, NewUploadSession, Part,
    PartHeaders, PutTarget, UploadKind, UploadSession,
};
use infravault_kernel::{Clock, Ctx, Secret, Sha256, UploadId};
use infravault_sandbox::Sandbox;
use infravault_testkit::samples;
use std::time::Duration;

fn new_session(bytes: &[u8], kind: UploadKind) -> NewUploadSession {
    NewUploadSession {
        image: announced(bytes).image,
        declared_type: "image/jpeg".to_owned(),
        len: u64::try_from(bytes.len()).unwrap(),
        digest: (kind == UploadKind::Single).then(|| Sha256::digest(bytes)),
        kind,
        metadata: String::new(),
        concat: String::new(),
    }
}

/// The handles of another node with the same database and store.
fn other_node(world: &World, config: Config) -> Images {
    let sandbox = Sandbox::new(infravault_sandbox::Config::default(), &infravault_testkit::log());
    let keys = vec![("k".to_owned(), Secret::new([7; 32]))];
    Images::new(
        world.db.db_with_max_conns(8),
        world.objects.clone(),
        sandbox,
        keys,
        config,
    )
}

fn part(bytes: &[u8], number: u64) -> Part {
    Part {
        number,
        len: u64::try_from(bytes.len()).unwrap(),
        sha256: Sha256::digest(bytes),
    }
}

/// A body that breaks off after these bytes.
fn interrupted(bytes: &[u8]) -> impl Stream<Item = Result<Bytes, BodyError>> {
    stream::iter([Ok(Bytes::copy_from_slice(bytes)), Err(BodyError::Interrupted)])
}

async fn append(
    images: &Images,
    ctx: &Ctx,
    id: UploadId,
    at: usize,
    bytes: &[u8],
) -> Result<AppendOutcome, Error> {
    let at = u64::try_from(at).unwrap();
    images
        .uploads
        .append(ctx, id, (at, None), None, whole(bytes.to_vec()))
        .await
}

async fn store(
    images: &Images,
    ctx: &Ctx,
    upload: &UploadSession,
    number: u64,
    bytes: &[u8],
) -> Result<(), Error> {
    let signed = images
        .uploads
        .sign_parts(ctx, upload.id, &[part(bytes, number)])
        .await?;
    let signed = signed.first().unwrap();
    let PutTarget::Api {
        part: part_id,
        signature,
    } = &signed.target
    else {
        panic!("the fs store does not presign")
    };
    let headers = PartHeaders {
        len: Some(u64::try_from(bytes.len()).unwrap()),
        media_type: &signed.media_type,
        sha256: Some(Sha256::digest(bytes)),
    };
    images
        .uploads
        .store_part(
            ctx,
            (upload.id, *part_id),
            signature,
            &headers,
            whole(bytes.to_vec()),
        )
        .await
}

/// Sweeps, and asserts that no parts are left.
async fn sweep(world: &World, later: Duration) {
    world.sweep(later).await;
    assert_eq!(world.count("images.upload_parts").await, 0);
    let incoming = world
        .files()
        .into_iter()
        .filter(|path| path.to_str().unwrap().contains("incoming"));
    assert_eq!(incoming.count(), 0);
}

#[tokio::test]
async fn two_nodes_continue_the_same_session() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(900, 700, 5);
    let (a, b) = (
        other_node(&world, Config::default()),
        other_node(&world, Config::default()),
    );
    let upload = a
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    let len = i64::try_from(bytes.len()).unwrap();
    assert_eq!(world.usage(&alice).await, (0, len, 0));
    let (first, second) = (bytes.len() / 3, bytes.len() / 2);
    let outcome = a
        .uploads
        .append(&alice, upload.id, (0, None), None, interrupted(&bytes[..first]))
        .await;
    assert_eq!(code(&outcome), "invalid-request");
    let stands = b.uploads.find_upload_session(&alice, upload.id).await.unwrap();
    assert_eq!(
        stands.received,
        u64::try_from(first).unwrap(),
        "bytes before the interruption are kept"
    );
    let wrong = append(&b, &alice, upload.id, first + 1, &bytes[second..]).await;
    assert_eq!(code(&wrong), "upload-offset-mismatch");
    let on = append(&b, &alice, upload.id, first, &bytes[first..second])
        .await
        .unwrap();
    assert!(on.uploaded.is_none());
    let done = append(&a, &alice, upload.id, second, &bytes[second..])
        .await
        .unwrap();
    let image = done.uploaded.unwrap().image;
    assert_eq!(image.sha256, Sha256::digest(&bytes));
    assert_eq!(world.usage(&alice).await, (len, 0, 1));
    for node in [&a, &b] {
        let again = node
            .uploads
            .finish_upload_session(&alice, upload.id)
            .await
            .unwrap();
        assert_eq!(again.image.id, image.id, "finishing twice gives the same image");
    }
    sweep(&world, Duration::ZERO).await;
    assert_eq!(world.count("images.images").await, 1);
}

#[tokio::test]
async fn unacknowledged_part_of_crashed_node_is_ignored() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 21);
    let images = other_node(&world, Config::default());
    let upload = images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    let half = bytes.len() / 2;
    append(&images, &alice, upload.id, 0, &bytes[..half])
        .await
        .unwrap();
    // A part of another node that was reserved, perhaps stored, and never acknowledged.
    world
        .run(&format!(
            "INSERT INTO images.upload_parts (id, session_id, owner_id, stored_under, position, byte_size, sha256, due_at)
             SELECT gen_random_uuid(), id, owner_id, id, received_bytes, 100, decode(repeat('ab', 32), 'hex'),
                now() + interval '1 hour' FROM images.upload_sessions WHERE id = '{}'",
            upload.id
        ))
        .await;
    let done = append(&images, &alice, upload.id, half, &bytes[half..])
        .await
        .unwrap();
    assert_eq!(done.uploaded.unwrap().image.sha256, Sha256::digest(&bytes));
    sweep(&world, Duration::from_hours(2)).await;
}

#[tokio::test]
async fn session_survives_temporary_loss_of_parts() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 22);
    let images = other_node(&world, Config::default());
    let upload = images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    let (half, last) = (bytes.len() / 2, bytes.len() - 1);
    append(&images, &alice, upload.id, 0, &bytes[..half])
        .await
        .unwrap();
    append(&images, &alice, upload.id, half, &bytes[half..last])
        .await
        .unwrap();
    // First the folder is not mounted, then a part is corrupt.
    let (incoming, aside) = (world.folder.join("incoming"), world.folder.join("aside"));
    std::fs::rename(&incoming, &aside).unwrap();
    std::fs::create_dir(&incoming).unwrap();
    let failed = append(&images, &alice, upload.id, last, &bytes[last..]).await;
    assert_ne!(code(&failed), "ok");
    let late = world.files().into_iter().find(|file| file.starts_with(&incoming));
    let (late, shard) = (late.clone().unwrap(), late.unwrap());
    let shard = shard.strip_prefix(&incoming).unwrap().to_owned();
    std::fs::create_dir_all(aside.join(&shard).parent().unwrap()).unwrap();
    std::fs::rename(late, aside.join(shard)).unwrap();
    std::fs::remove_dir_all(&incoming).unwrap();
    std::fs::rename(&aside, &incoming).unwrap();
    let spoilt = world.files().into_iter().find(|file| file.starts_with(&incoming));
    let spoilt = spoilt.unwrap();
    let sound = std::fs::read(&spoilt).unwrap();
    std::fs::write(&spoilt, vec![0; sound.len()]).unwrap();
    assert_ne!(
        code(&images.uploads.finish_upload_session(&alice, upload.id).await),
        "ok"
    );
    std::fs::write(&spoilt, sound).unwrap();
    let made = images
        .uploads
        .finish_upload_session(&alice, upload.id)
        .await
        .unwrap();
    assert_eq!(made.image.sha256, Sha256::digest(&bytes));
    assert_eq!(
        world.usage(&alice).await,
        (i64::try_from(bytes.len()).unwrap(), 0, 1)
    );
    sweep(&world, Duration::ZERO).await;
}

#[tokio::test]
async fn timeout_restarts_with_every_acknowledged_part() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 23);
    let config = Config {
        upload_deadline: Duration::from_secs(1),
        ..Config::default()
    };
    let images = other_node(&world, config);
    let upload = images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    let chunks: Vec<Bytes> = bytes
        .chunks(bytes.len() / 3 + 1)
        .map(Bytes::copy_from_slice)
        .collect();
    // Each chunk waits until the timeout has acknowledged the chunks before it.
    let body = stream::iter(chunks).scan(0, |sent, chunk| {
        let (expected, images) = (*sent, &images);
        *sent += u64::try_from(chunk.len()).unwrap();
        let (alice, id) = (&alice, upload.id);
        async move {
            eventually("the chunks before are acknowledged", async || {
                let session = images.uploads.find_upload_session(alice, id).await;
                session.unwrap().received == expected
            })
            .await;
            Some(Ok(chunk))
        }
    });
    let done = images
        .uploads
        .append(&alice, upload.id, (0, None), None, Box::pin(body))
        .await
        .unwrap();
    assert_eq!(done.uploaded.unwrap().image.sha256, Sha256::digest(&bytes));
    sweep(&world, Duration::ZERO).await;
}

#[tokio::test]
async fn concurrent_appends_conflict_and_leave_no_parts() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 6);
    let half = bytes.len() / 2;
    let upload = world
        .images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    let nodes: Vec<Images> = (0..2).map(|_| other_node(&world, Config::default())).collect();
    let outcomes =
        join_all((0..8).map(|index| append(&nodes[index % 2], &alice, upload.id, 0, &bytes[..half]))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(code(outcome), "ok" | "upload-offset-mismatch"))
    );
    world.sweep(Duration::ZERO).await;
    assert_eq!(
        world.count("images.upload_parts").await,
        1,
        "the parts of the other requests are deleted"
    );
    let done = append(&world.images, &alice, upload.id, half, &bytes[half..])
        .await
        .unwrap();
    assert_eq!(done.uploaded.unwrap().image.sha256, Sha256::digest(&bytes));
    sweep(&world, Duration::ZERO).await;
}

#[tokio::test]
async fn large_body_is_stored_in_several_parts() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    // Noise does not compress, so this is larger than two chunks.
    let mut bytes = samples::png(64, 64, 9);
    bytes.truncate(bytes.len() - 12);
    bytes.resize(20 << 20, 7);
    let upload = world
        .images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    let many = stream::iter(
        bytes
            .chunks(100_000)
            .map(Bytes::copy_from_slice)
            .map(Ok)
            .collect::<Vec<_>>(),
    );
    let outcome = world
        .images
        .uploads
        .append(&alice, upload.id, (0, None), None, many)
        .await;
    assert!(outcome.is_err(), "not an image, so the session ends");
    assert_eq!(
        code(&world.images.uploads.find_upload_session(&alice, upload.id).await),
        "upload-gone"
    );
    assert_eq!(world.usage(&alice).await, (0, 0, 0));
    assert_eq!(world.count("images.upload_parts").await, 3);
    sweep(&world, Duration::ZERO).await;
    assert_eq!(world.count("images.images").await, 0);
}

#[tokio::test]
async fn checksum_covers_the_whole_request() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(200, 100, 7);
    let images = &world.images;
    let upload = images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    let sum = |bytes: &[u8]| Checksum {
        algorithm: ChecksumAlgorithm::Sha256,
        digest: Sha256::digest(bytes).bytes().to_vec(),
    };
    let wrong = images
        .uploads
        .append(
            &alice,
            upload.id,
            (0, None),
            Some(sum(b"other")),
            whole(bytes.clone()),
        )
        .await;
    assert_eq!(code(&wrong), "upload-checksum-mismatch");
    let broken = images
        .uploads
        .append(
            &alice,
            upload.id,
            (0, None),
            Some(sum(&bytes)),
            interrupted(&bytes[..100]),
        )
        .await;
    assert_eq!(code(&broken), "invalid-request");
    assert_eq!(
        images
            .uploads
            .find_upload_session(&alice, upload.id)
            .await
            .unwrap()
            .received,
        0
    );
    let right = images
        .uploads
        .append(
            &alice,
            upload.id,
            (0, None),
            Some(sum(&bytes)),
            whole(bytes.clone()),
        )
        .await;
    assert!(right.unwrap().uploaded.is_some());
    sweep(&world, Duration::ZERO).await;
}

#[tokio::test]
async fn ended_or_expired_session_releases_quota() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(200, 100, 8);
    let images = &world.images;
    for kind in [
        UploadKind::Single,
        UploadKind::Parts,
        UploadKind::Tus,
        UploadKind::TusPartial,
    ] {
        let upload = images
            .uploads
            .create_upload_session(&alice, &new_session(&bytes, kind))
            .await
            .unwrap();
        if kind.is_tus() {
            append(images, &alice, upload.id, 0, &bytes[..50]).await.unwrap();
        }
        images
            .uploads
            .end_upload_session(&alice, upload.id)
            .await
            .unwrap();
        images
            .uploads
            .end_upload_session(&alice, upload.id)
            .await
            .unwrap();
        assert_eq!(
            code(&images.uploads.find_upload_session(&alice, upload.id).await),
            "upload-gone"
        );
        assert_eq!(world.usage(&alice).await, (0, 0, 0), "{kind:?}");
    }
    sweep(&world, Duration::ZERO).await;
    let upload = images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    append(images, &alice, upload.id, 0, &bytes[..50]).await.unwrap();
    let day = Duration::from_hours(25);
    let late = Ctx {
        clock: Clock::fixed(alice.now() + day),
        ..alice.clone()
    };
    assert_eq!(
        code(&images.uploads.find_upload_session(&late, upload.id).await),
        "upload-gone"
    );
    assert_eq!(
        code(&append(images, &late, upload.id, 50, &bytes[50..]).await),
        "upload-gone"
    );
    sweep(&world, day).await;
    assert_eq!(world.usage(&alice).await, (0, 0, 0));
    sweep(&world, day * 3).await;
    assert_eq!(world.count("images.upload_sessions").await, 0);
    assert_eq!(
        code(&images.uploads.find_upload_session(&alice, upload.id).await),
        "not-found"
    );
}

#[tokio::test]
async fn session_is_hidden_from_other_accounts() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let bytes = samples::jpeg(20, 10, 8);
    let images = &world.images;
    let upload = images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    assert_eq!(
        code(&images.uploads.find_upload_session(&bob, upload.id).await),
        "not-found"
    );
    assert_eq!(
        code(&images.uploads.end_upload_session(&bob, upload.id).await),
        "not-found"
    );
    assert_eq!(
        code(&images.uploads.finish_upload_session(&bob, upload.id).await),
        "not-found"
    );
    assert_eq!(
        code(&append(images, &bob, upload.id, 0, &bytes).await),
        "not-found"
    );
    assert_eq!(
        code(
            &images
                .uploads
                .find_upload_session(&world.anonymous(), upload.id)
                .await
        ),
        "authentication-required"
    );
    let announced = new_session(&bytes, UploadKind::Single);
    assert_eq!(
        code(
            &images
                .uploads
                .create_upload_session(&world.anonymous(), &announced)
                .await
        ),
        "authentication-required"
    );
}

#[tokio::test]
async fn concurrent_sessions_cannot_exceed_quota() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(64, 48, 3);
    let len = i64::try_from(bytes.len()).unwrap();
    world.db.set_quota(account(&alice), len * 5 + len / 2).await;
    let images = other_node(&world, Config::default());
    let announced = new_session(&bytes, UploadKind::Tus);
    let opened = join_all((0..20).map(|_| images.uploads.create_upload_session(&alice, &announced))).await;
    let open: Vec<UploadSession> = opened.into_iter().filter_map(Result::ok).collect();
    assert_eq!(open.len(), 5);
    assert_eq!(world.usage(&alice).await, (0, len * 5, 0));
    let finished = join_all(
        open.iter()
            .map(|upload| append(&images, &alice, upload.id, 0, &bytes)),
    )
    .await;
    assert!(finished.iter().all(Result::is_ok), "{finished:?}");
    assert_eq!(world.usage(&alice).await, (len * 5, 0, 5));
    assert_eq!(
        code(&images.uploads.create_upload_session(&alice, &announced).await),
        "storage-quota-exceeded"
    );
    sweep(&world, Duration::ZERO).await;
}

#[tokio::test]
async fn concurrent_completions_return_the_same_image() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 11);
    let nodes: Vec<Images> = (0..2).map(|_| other_node(&world, Config::default())).collect();
    let upload = nodes[0]
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Single))
        .await
        .unwrap();
    store(&nodes[0], &alice, &upload, 1, &bytes).await.unwrap();
    let made = join_all((0..10).map(|index| {
        nodes[index % 2]
            .uploads
            .complete_presigned_upload(&alice, upload.id, None)
    }))
    .await;
    let ids: Vec<_> = made.into_iter().map(|made| made.unwrap().image.id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(world.count("images.images").await, 1);
    assert_eq!(
        world.usage(&alice).await,
        (i64::try_from(bytes.len()).unwrap(), 0, 1)
    );
    sweep(&world, Duration::ZERO).await;
}

#[tokio::test]
async fn session_can_be_finished_after_store_failure() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 12);
    let len = i64::try_from(bytes.len()).unwrap();
    let images = other_node(&world, Config::default());
    let upload = images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Single))
        .await
        .unwrap();
    store(&images, &alice, &upload, 1, &bytes).await.unwrap();
    // The folder of the originals is temporarily a file.
    let originals = world.folder.join("originals");
    let aside = world.folder.join("aside");
    std::fs::rename(&originals, &aside).unwrap();
    std::fs::write(&originals, b"in the way").unwrap();
    let failed = images
        .uploads
        .complete_presigned_upload(&alice, upload.id, None)
        .await;
    assert_eq!(code(&failed), "storage-unavailable");
    assert_eq!(
        world.usage(&alice).await,
        (0, len, 0),
        "the bytes are reserved for the session again"
    );
    std::fs::remove_file(&originals).unwrap();
    std::fs::rename(&aside, &originals).unwrap();
    let made = images
        .uploads
        .complete_presigned_upload(&alice, upload.id, None)
        .await
        .unwrap();
    assert_eq!(made.image.sha256, Sha256::digest(&bytes));
    assert_eq!(world.usage(&alice).await, (len, 0, 1));
    sweep(&world, Duration::ZERO).await;
}

#[tokio::test]
async fn session_of_crashed_node_can_be_finished() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 13);
    let len = i64::try_from(bytes.len()).unwrap();
    let images = other_node(&world, Config::default());
    for swept in [false, true] {
        let upload = images
            .uploads
            .create_upload_session(&alice, &new_session(&bytes, UploadKind::Single))
            .await
            .unwrap();
        store(&images, &alice, &upload, 1, &bytes).await.unwrap();
        let before = world.usage(&alice).await;
        // The state after a node has crashed right after the first transaction.
        world
            .run(&format!(
                "INSERT INTO images.images (id, owner_id, attempt, title, file_name, reserved_bytes, created_at, updated_at)
                 SELECT gen_random_uuid(), owner_id, gen_random_uuid(), 'x', 'x', declared_bytes, now(), now()
                 FROM images.upload_sessions WHERE id = '{id}';
                 UPDATE images.upload_sessions AS u SET state = 'finishing', reserved_bytes = 0, image_id = i.id,
                    attempt = i.attempt, claimed_until = now() - interval '1 second'
                 FROM images.images AS i WHERE u.id = '{id}' AND i.title = 'x' AND i.state = 'pending';",
                id = upload.id
            ))
            .await;
        if swept {
            // Meanwhile the sweeper has released the image's reservation.
            world.sweep(Duration::from_mins(20)).await;
            assert_eq!(world.usage(&alice).await.1, before.1 - len);
        }
        let made = images
            .uploads
            .complete_presigned_upload(&alice, upload.id, None)
            .await
            .unwrap();
        assert_eq!(made.image.sha256, Sha256::digest(&bytes));
        assert_eq!(world.usage(&alice).await.1, 0);
        world.sweep(Duration::ZERO).await;
    }
    assert_eq!(world.usage(&alice).await, (len * 2, 0, 2));
    assert_eq!(world.count("images.images WHERE state = 'pending'").await, 0);
}

#[tokio::test]
async fn parts_must_match_their_announcement() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 14);
    let half = bytes.len() / 2;
    let images = other_node(&world, Config::default());
    let upload = images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Parts))
        .await
        .unwrap();
    store(&images, &alice, &upload, 2, &bytes[half..]).await.unwrap();
    let complete = async |parts: &[u64]| {
        images
            .uploads
            .complete_presigned_upload(&alice, upload.id, Some(parts))
            .await
    };
    assert_eq!(
        code(&complete(&[1, 2]).await),
        "validation-failed",
        "part 1 was not announced"
    );
    images
        .uploads
        .sign_parts(&alice, upload.id, &[part(b"another", 1)])
        .await
        .unwrap();
    assert_eq!(
        code(&complete(&[1, 2]).await),
        "upload-mismatch",
        "part 1 is not stored"
    );
    let more = images
        .uploads
        .sign_parts(&alice, upload.id, &[part(&bytes, 3)])
        .await;
    assert_eq!(code(&more), "validation-failed", "more bytes than announced");
    store(&images, &alice, &upload, 1, &bytes[..half]).await.unwrap();
    assert_eq!(
        code(&store(&images, &alice, &upload, 1, &bytes[..half]).await),
        "precondition-failed"
    );
    assert_eq!(code(&complete(&[2, 1]).await), "validation-failed");
    let made = complete(&[1, 2]).await.unwrap();
    assert_eq!(made.image.sha256, Sha256::digest(&bytes));
    // The replaced part can still be written for a while.
    sweep(&world, Duration::from_mins(20)).await;
}

#[tokio::test]
async fn forged_parts_are_rejected() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 15);
    let images = other_node(&world, Config::default());
    for lie in ["other bytes", "other length", "no image"] {
        let html = b"<html>".to_vec();
        let honest = if lie == "no image" { &html } else { &bytes };
        let upload = images
            .uploads
            .create_upload_session(&alice, &new_session(honest, UploadKind::Single))
            .await
            .unwrap();
        let signed = images
            .uploads
            .sign_parts(&alice, upload.id, &[part(honest, 1)])
            .await
            .unwrap();
        let PutTarget::Api { part, .. } = signed[0].target else {
            panic!()
        };
        let mut stored = honest.clone();
        match lie {
            "other bytes" => *stored.last_mut().unwrap() ^= 1,
            "other length" => stored.push(0),
            _ => {}
        }
        let mut spool = world.objects.spool(1 << 20).unwrap();
        spool.write(Bytes::from(stored)).await.unwrap();
        let key = infravault_objects::ObjectKey::Incoming {
            upload: upload.id,
            part,
        };
        let spooled = spool.finish().await.unwrap();
        world.objects.store(&key, &spooled, "image/jpeg").await.unwrap();
        let expected = if lie == "no image" {
            "unsupported-image-type"
        } else {
            "upload-mismatch"
        };
        assert_eq!(
            code(
                &images
                    .uploads
                    .complete_presigned_upload(&alice, upload.id, None)
                    .await
            ),
            expected,
            "{lie}"
        );
        if lie == "other length" {
            images
                .uploads
                .end_upload_session(&alice, upload.id)
                .await
                .unwrap();
        }
        assert_eq!(world.usage(&alice).await, (0, 0, 0), "{lie}");
    }
    sweep(&world, Duration::from_mins(20)).await;
    assert_eq!(world.count("images.images WHERE stored_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn concatenated_uploads_become_one_image() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(300, 200, 16);
    let images = &world.images;
    let mut parts = Vec::new();
    for bytes in bytes.chunks(bytes.len() / 3 + 1) {
        let upload = images
            .uploads
            .create_upload_session(&alice, &new_session(bytes, UploadKind::TusPartial))
            .await
            .unwrap();
        append(images, &alice, upload.id, 0, bytes).await.unwrap();
        parts.push(upload.id);
    }
    let join = async |parts: &[UploadId]| {
        let texts = (String::new(), "final;…".to_owned());
        images
            .uploads
            .concatenate_uploads(&alice, announced(&bytes).image, parts, texts)
            .await
    };
    assert_eq!(
        code(&images.uploads.finish_upload_session(&alice, parts[0]).await),
        "not-found"
    );
    let whole = join(&parts).await.unwrap();
    assert_eq!(join(&parts).await.unwrap().id, whole.id, "concatenated once");
    assert_eq!(
        code(&join(&parts[..2]).await),
        "upload-gone",
        "they belong to another concatenation"
    );
    let made = images
        .uploads
        .finish_upload_session(&alice, whole.id)
        .await
        .unwrap();
    assert_eq!(made.image.sha256, Sha256::digest(&bytes));
    let len = i64::try_from(bytes.len()).unwrap();
    assert_eq!(world.usage(&alice).await, (len, 0, 1));
    let open = images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::TusPartial))
        .await
        .unwrap();
    assert_eq!(code(&join(&[open.id]).await), "upload-mismatch");
    images.uploads.end_upload_session(&alice, open.id).await.unwrap();
    assert_eq!(world.usage(&alice).await, (len, 0, 1));
    sweep(&world, Duration::ZERO).await;
}

#[tokio::test]
async fn objects_without_part_rows_are_deleted() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(60, 40, 18);
    let upload = world
        .images
        .uploads
        .create_upload_session(&alice, &new_session(&bytes, UploadKind::Tus))
        .await
        .unwrap();
    append(&world.images, &alice, upload.id, 0, &bytes[..50])
        .await
        .unwrap();
    let stray = infravault_objects::ObjectKey::Incoming {
        upload: upload.id,
        part: uuid::Uuid::from_u128(5),
    };
    let mut spool = world.objects.spool(100).unwrap();
    spool.write(Bytes::from_static(b"late")).await.unwrap();
    let spooled = spool.finish().await.unwrap();
    world.objects.store(&stray, &spooled, "image/jpeg").await.unwrap();
    let sweep = async |later| {
        world
            .images
            .maintenance
            .delete_stray_parts(&world.system_in(later))
            .await
            .unwrap()
    };
    assert_eq!(sweep(Duration::ZERO).await, 0, "too recent to be deleted");
    assert_eq!(sweep(Duration::from_mins(11)).await, 1);
    assert_eq!(world.objects.head(&stray).await.unwrap(), None);
    let rest = append(&world.images, &alice, upload.id, 50, &bytes[50..])
        .await
        .unwrap();
    assert!(rest.uploaded.is_some(), "the parts of the session are kept");
}

#[tokio::test]
async fn number_of_open_sessions_is_limited() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let bytes = samples::jpeg(20, 10, 17);
    let images = other_node(
        &world,
        Config {
            open_uploads: 2,
            ..Config::default()
        },
    );
    let announced = new_session(&bytes, UploadKind::Tus);
    let first = images
        .uploads
        .create_upload_session(&alice, &announced)
        .await
        .unwrap();
    images
        .uploads
        .create_upload_session(&alice, &announced)
        .await
        .unwrap();
    assert_eq!(
        code(&images.uploads.create_upload_session(&alice, &announced).await),
        "too-many-uploads"
    );
    images.uploads.end_upload_session(&alice, first.id).await.unwrap();
    images
        .uploads
        .create_upload_session(&alice, &announced)
        .await
        .unwrap();
}
