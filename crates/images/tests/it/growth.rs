//! The cost of operations on one image does not depend on the size of the library.
use crate::setup::{World, announced, whole};
use infravault_images::{Config, Images};
use infravault_kernel::Secret;
use infravault_sandbox::Sandbox;
use infravault_testkit::samples;
use std::time::Duration;

/// 20,000 ready images, most of them old.
const LIBRARY: &str = "
    UPDATE images.images SET state = 'ready';
    INSERT INTO images.images (id, owner_id, attempt, state, title, file_name, media_type, byte_size, width, height,
        orientation, frames, sha256, created_at, updated_at, stored_at)
    SELECT gen_random_uuid(), owner_id, gen_random_uuid(), state, title || n, file_name, media_type, byte_size, width,
        height, orientation, frames, sha256(n::text::bytea), day, day, day
    FROM images.images CROSS JOIN generate_series(1, 20000) AS n
    CROSS JOIN LATERAL (SELECT created_at - interval '60 days' AS day) AS ago;
    ANALYZE images.images;";
/// Counts the rows and index entries that were read.
const READ: &str = "
    SELECT (coalesce(t.seq_tup_read, 0) + sum(i.idx_tup_read))::bigint
    FROM pg_stat_user_tables AS t INNER JOIN pg_stat_user_indexes AS i USING (relid)
    WHERE t.schemaname = 'images' AND t.relname = 'images' GROUP BY t.seq_tup_read";

/// Includes connections that have ended; open ones report later.
async fn read(world: &World) -> i64 {
    let row = world.db.superuser().await.query_one(READ, &[]).await.unwrap();
    row.get(0)
}

#[tokio::test]
async fn upload_deletion_and_sweep_read_few_rows() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    world.upload(&alice, samples::jpeg(30, 20, 1)).await.unwrap();
    world.run(LIBRARY).await;
    let before = read(&world).await;
    {
        let sandbox = Sandbox::new(infravault_sandbox::Config::default(), &infravault_testkit::log());
        let keys = vec![("k".to_owned(), Secret::new([7; 32]))];
        let db = world.db.db_with_max_conns(2);
        let images = Images::new(db, world.objects.clone(), sandbox, keys, Config::default());
        let original = samples::jpeg(30, 20, 2);
        let uploaded = images
            .uploads
            .upload(&alice, announced(&original), whole(original))
            .await
            .unwrap();
        for later in [0, 1] {
            images
                .maintenance
                .sweep(&world.system_in(Duration::from_secs(later)))
                .await
                .unwrap();
        }
        images
            .library
            .delete(&alice, uploaded.image.id, None)
            .await
            .unwrap();
        images.library.purge(&alice, uploaded.image.id).await.unwrap();
        images
            .maintenance
            .sweep(&world.system_in(Duration::from_secs(2)))
            .await
            .unwrap();
    }
    let mut few = 0;
    // A connection reports when it ends, a moment after it is dropped.
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        few = few.max(read(&world).await - before);
    }
    assert!(few > 0, "the connections have not ended");
    assert!(few < 1000, "{few} rows were read of 20,000");
}
