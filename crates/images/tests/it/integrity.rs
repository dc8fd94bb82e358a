//! Integrity checks and repairs with injected defects: orphans, missing objects, wrong lengths and flipped bits.
use crate::setup::World;
use infravault_images::{
    Defect, FailureCode, Image, IntegrityOptions, IntegrityReport, RepairBlocker, Visibility,
};
use infravault_kernel::{Id, ImageId, Sha256};
use infravault_objects::ObjectKey;
use infravault_testkit::samples;
use std::{fs, path::PathBuf, time::Duration};

const DEEP: IntegrityOptions = IntegrityOptions {
    deep: true,
    repair: false,
    orphan_age: Duration::from_hours(24),
};
const REPAIR: IntegrityOptions = IntegrityOptions { repair: true, ..DEEP };
const DAY: Duration = Duration::from_hours(24);

impl World {
    async fn check(&self, check: IntegrityOptions, later: Duration) -> IntegrityReport {
        let ctx = self.system_in(later);
        let run = self
            .images
            .maintenance
            .begin_integrity_run(&ctx, check)
            .await
            .unwrap()
            .unwrap();
        self.images
            .maintenance
            .complete_integrity_run(&ctx, run, |_| {})
            .await
            .unwrap()
    }

    /// Returns the file of an image's original.
    fn original_path(&self, image: &Image) -> PathBuf {
        let id = image.id.to_string();
        let is_original = |path: &PathBuf| {
            let path = path.to_string_lossy();
            path.contains("/originals/") && path.contains(&id)
        };
        self.files().into_iter().find(is_original).unwrap()
    }

    /// Stores an object without a row. Returns its path.
    async fn orphan(&self, key: ObjectKey) -> String {
        let mut spool = self.objects.spool(100).unwrap();
        spool.write("orphaned".into()).await.unwrap();
        let spooled = spool.finish().await.unwrap();
        self.objects.store(&key, &spooled, "image/jpeg").await.unwrap();
        key.path()
    }

    /// Stores a rendition with its rows.
    async fn rendition(&self, image: &Image, bytes: &'static [u8]) -> ObjectKey {
        let key = ObjectKey::Rendition {
            image: image.id,
            sha256: Sha256::digest(bytes),
        };
        self.objects
            .store_derived(&key, bytes.into(), "image/webp")
            .await
            .unwrap();
        let sha256 = Sha256::digest(bytes).to_string();
        // Two recipes can result in the same bytes.
        for variant in ["aa", "bb"] {
            self.run(&format!(
                "INSERT INTO images.renditions (image_id, variant, format, width, height, byte_size, used_on, sha256)
                 VALUES ('{}', decode('{variant}{}', 'hex'), 'webp', 1, 1, {}, current_date, decode('{sha256}', 'hex'))",
                image.id,
                &sha256[..30],
                bytes.len(),
            ))
            .await;
        }
        key
    }

    async fn text(&self, query: &str) -> String {
        self.db
            .superuser()
            .await
            .query_one(query, &[])
            .await
            .unwrap()
            .get(0)
    }
}

fn flip_a_bit(file: &PathBuf) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    *bytes.get_mut(middle).unwrap() ^= 1;
    fs::write(file, bytes).unwrap();
}

fn truncate(file: &PathBuf) {
    let mut bytes = fs::read(file).unwrap();
    bytes.pop();
    fs::write(file, bytes).unwrap();
}

fn counts(report: &IntegrityReport) -> (u64, u64, u64) {
    (
        report.orphans.count,
        report.missing.count,
        report.mismatching.count,
    )
}

fn new_original() -> ObjectKey {
    let ctx = infravault_kernel::Ctx::system(&infravault_testkit::log(), infravault_kernel::Clock::System);
    ObjectKey::Original {
        image: ctx.new_id(),
        attempt: ctx.new_id::<ImageId>().uuid(),
    }
}

#[tokio::test]
async fn injected_defects_are_counted_exactly() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let mut images = Vec::new();
    for _ in 0..8 {
        images.push(world.add_image(&alice, "a", Visibility::Private, &[]).await);
    }
    // A duplicate shares its object, an image is in the trash, and an upload is pending.
    let shared = samples::jpeg(16, 12, 77);
    world.upload(&alice, shared.clone()).await.unwrap();
    world.upload(&alice, shared).await.unwrap();
    world
        .images
        .library
        .delete(&alice, images[7].id, None)
        .await
        .unwrap();
    world
        .run(
            "INSERT INTO images.images (id, owner_id, attempt, title, file_name, created_at, updated_at)
             SELECT gen_random_uuid(), owner_id, gen_random_uuid(), 'x', 'x', now(), now() FROM images.images LIMIT 1",
        )
        .await;
    world.rendition(&images[0], b"an image").await;
    let sound = world.check(DEEP, Duration::ZERO).await;
    assert_eq!(counts(&sound), (0, 0, 0), "{sound:?}");
    assert_eq!((sound.objects, sound.referenced, sound.read), (10, 10, 10));
    assert!(sound.is_clean());

    let orphan = world.orphan(new_original()).await;
    let deleted = world.original_path(&images[1]);
    fs::remove_file(&deleted).unwrap();
    truncate(&world.original_path(&images[2]));
    flip_a_bit(&world.original_path(&images[3]));

    let shallow = world
        .check(IntegrityOptions { deep: false, ..DEEP }, Duration::ZERO)
        .await;
    assert_eq!(counts(&shallow), (1, 1, 1), "{shallow:?}");
    assert_eq!(shallow.orphans.examples[0].path, orphan);
    assert_eq!(shallow.orphans.examples[0].defect, Defect::RecentlyStored);
    assert!(deleted.ends_with(&shallow.missing.examples[0].path));
    assert!(matches!(
        shallow.mismatching.examples[0].defect,
        Defect::WrongLength { found, expected } if found + 1 == expected
    ));
    let deep = world.check(DEEP, Duration::ZERO).await;
    assert_eq!(counts(&deep), (1, 1, 2), "{deep:?}");
    assert!(
        deep.mismatching
            .examples
            .iter()
            .any(|finding| finding.defect == Defect::WrongDigest)
    );
    assert!(!deep.is_clean());
    // A check without repair changes nothing.
    assert_eq!(world.count("images.images WHERE state = 'failed'").await, 0);
    assert_eq!(world.files().len(), 10);
}

#[tokio::test]
async fn repair_deletes_old_orphans_and_marks_and_unmarks_images() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let mut images = Vec::new();
    for _ in 0..6 {
        images.push(world.add_image(&alice, "a", Visibility::Private, &[]).await);
    }
    world.orphan(new_original()).await;
    let (lost, cut) = (world.original_path(&images[0]), world.original_path(&images[1]));
    let (kept_lost, kept_cut) = (fs::read(&lost).unwrap(), fs::read(&cut).unwrap());
    fs::remove_file(&lost).unwrap();
    truncate(&cut);

    let young = world.check(REPAIR, Duration::ZERO).await;
    assert_eq!((young.recently_stored, young.repaired.orphans), (1, 0));
    assert_eq!(young.repaired.marked, 2);
    assert!(!young.is_clean());
    let failed = "images.images WHERE state = 'failed'";
    assert_eq!(
        world
            .count(&format!("{failed} AND failure_code = 'original-missing'"))
            .await,
        1
    );
    assert_eq!(
        world
            .count(&format!("{failed} AND failure_code = 'original-damaged'"))
            .await,
        1
    );
    // A damaged original is never deleted, and a marked image is still counted.
    assert!(cut.exists());
    let old = world.check(REPAIR, DAY + DAY).await;
    assert_eq!(counts(&old), (1, 1, 1));
    assert_eq!((old.repaired.orphans, old.repaired.marked), (1, 0));
    assert_eq!(world.files().len(), 5);

    // The operator restores the bytes.
    fs::write(&lost, kept_lost).unwrap();
    fs::write(&cut, kept_cut).unwrap();
    let recovered = world.check(REPAIR, DAY).await;
    assert_eq!(counts(&recovered), (0, 0, 0));
    assert_eq!(recovered.repaired.recovered, 2);
    assert_eq!(
        world
            .count(&format!("{failed} OR failure_code IS NOT NULL"))
            .await,
        0
    );
}

#[tokio::test]
async fn repair_marks_nothing_if_most_originals_are_lost() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let other = world.add_image(&alice, "b", Visibility::Private, &[]).await;
    // Renditions do not count.
    for bytes in ["one", "two", "three", "four"].map(str::as_bytes) {
        world.rendition(&image, bytes).await;
    }
    let files = [world.original_path(&image), world.original_path(&other)];
    let originals = files.each_ref().map(|file| fs::read(file).unwrap());
    let damages: [fn(&PathBuf); 3] = [|file| fs::remove_file(file).unwrap(), truncate, flip_a_bit];
    for damage in damages {
        files.iter().for_each(damage);
        let report = world.check(REPAIR, Duration::ZERO).await;
        assert!(!report.blocked_by.is_empty(), "{report:?}");
        assert_eq!((report.repaired.marked, report.repaired.renditions), (0, 0));
        assert_eq!(
            world.count("images.images WHERE failure_code IS NOT NULL").await,
            0
        );
        for (file, bytes) in files.iter().zip(&originals) {
            fs::write(file, bytes).unwrap();
        }
    }
    assert!(world.check(REPAIR, Duration::ZERO).await.is_clean());
}

#[tokio::test]
async fn repair_deletes_lost_renditions_and_keeps_recent_ones() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    world.add_image(&alice, "b", Visibility::Private, &[]).await;
    world.rendition(&image, b"one image").await;
    let lost = world.rendition(&image, b"another one").await;
    let damaged = world.rendition(&image, b"the third").await;
    world.objects.delete(&lost).await.unwrap();
    flip_a_bit(&world.folder.join(damaged.path()));
    // Stored a moment ago, its row is pending.
    let making = ObjectKey::Rendition {
        image: image.id,
        sha256: Sha256::digest(b"orphaned"),
    };
    world.orphan(making).await;
    let report = world.check(REPAIR, Duration::ZERO).await;
    assert_eq!(counts(&report), (0, 1, 1), "{report:?}");
    assert_eq!(report.repaired.renditions, 2);
    assert!(report.is_clean());
    assert_eq!(world.count("images.renditions").await, 2);
    assert!(world.objects.head(&damaged).await.unwrap().is_none());
    assert!(world.objects.head(&making).await.unwrap().is_some());
    let later = world.check(REPAIR, DAY + DAY).await;
    assert_eq!((later.orphans.count, later.repaired.orphans), (1, 1));
}

#[tokio::test]
async fn wrong_database_and_wrong_store_block_repair() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let file = world.original_path(&image);
    for _ in 0..2 {
        world.orphan(new_original()).await;
    }
    let report = world.check(REPAIR, DAY + DAY).await;
    assert_eq!((report.orphans.count, report.repaired.orphans), (2, 0));
    assert_eq!(report.blocked_by, [RepairBlocker::TooManyOrphans]);
    fs::remove_file(file).unwrap();
    let report = world.check(REPAIR, Duration::ZERO).await;
    assert_eq!((report.missing.count, report.repaired.marked), (1, 0));
    assert!(report.blocked_by.contains(&RepairBlocker::TooManyLostOriginals));
    let state = world.text("SELECT state::text FROM images.images").await;
    assert_eq!(state, "stored");
}

#[tokio::test]
async fn pages_of_store_and_rows_are_merged() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    // More rows than two pages; the object of every third row exists.
    world
        .run(
            "INSERT INTO images.images (id, owner_id, attempt, state, title, file_name, media_type, byte_size, width, height,
                orientation, frames, sha256, created_at, updated_at, stored_at)
             SELECT gen_random_uuid(), owner_id, gen_random_uuid(), 'ready', 'x', 'x', media_type, 8, width, height,
                orientation, frames, sha256('orphaned'), now(), now(), now()
             FROM images.images, generate_series(1, 2500)",
        )
        .await;
    let rows = world
        .db
        .superuser()
        .await
        .query(
            "SELECT id, attempt FROM images.images WHERE id <> $1 ORDER BY attempt",
            &[&image.id.uuid()],
        )
        .await
        .unwrap();
    let mut there = 0;
    for row in rows.iter().step_by(3) {
        let (id, attempt) = (row.get(0), row.get(1));
        let key = ObjectKey::Original {
            image: ImageId::from_uuid(id),
            attempt,
        };
        let file = world.folder.join(key.path());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, b"orphaned").unwrap();
        there += 1;
    }
    fs::write(world.folder.join("originals/stray"), b"in no shard").unwrap();
    fs::write(world.folder.join("originals/00/stray"), b"not a known name").unwrap();
    let report = world.check(DEEP, Duration::ZERO).await;
    assert_eq!(counts(&report), (1, 2500 - there, 0));
    assert_eq!((report.referenced, report.read), (there + 1, there + 1));
    assert_eq!(report.orphans.examples[0].defect, Defect::UnknownPath);
}

#[tokio::test]
async fn only_one_run_at_a_time() {
    let world = World::new().await;
    let ctx = world.system_in(Duration::ZERO);
    let first = world
        .images
        .maintenance
        .begin_integrity_run(&ctx, DEEP)
        .await
        .unwrap()
        .unwrap();
    assert!(
        world
            .images
            .maintenance
            .begin_integrity_run(&ctx, DEEP)
            .await
            .unwrap()
            .is_none()
    );
    world
        .images
        .maintenance
        .complete_integrity_run(&ctx, first, |_| {})
        .await
        .unwrap();
    assert_eq!(
        world
            .count("images.integrity_runs WHERE report IS NOT NULL")
            .await,
        1
    );
}

#[tokio::test]
async fn backup_lock_prevents_deletions() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let hold = world.images.maintenance.lock_deletions().await.unwrap().unwrap();
    assert!(world.images.maintenance.lock_deletions().await.unwrap().is_none());
    world
        .run("UPDATE images.images SET state = 'deleting', removed_at = now(), updated_at = now()")
        .await;
    let swept = world
        .images
        .maintenance
        .sweep(&world.system_in(DAY))
        .await
        .unwrap();
    assert_eq!(swept.deleted, 0);
    assert!(world.original_path(&image).exists());
    assert!(hold.is_held().await);
    drop(hold);
    crate::setup::eventually("the lock is released", async || {
        world
            .images
            .maintenance
            .sweep(&world.system_in(DAY))
            .await
            .unwrap()
            .deleted
            == 1
    })
    .await;
}

#[tokio::test]
async fn database_accepts_every_failure_code() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let image = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    for &code in FailureCode::ALL {
        world
            .run(&format!(
                "UPDATE images.images SET state = 'failed', failure_code = '{}'",
                code.as_str()
            ))
            .await;
        let found = world.images.library.find(&alice, image.id).await.unwrap();
        assert_eq!(found.failure_code, Some(code));
    }
}
