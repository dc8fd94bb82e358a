//! Tests of images.
mod bulk;
mod changes;
mod concurrency_limits;
mod downloads;
mod forms;
mod hostile;
mod idempotency;
mod imports;
mod lists;
mod processing;
mod renditions;
mod transforms;
mod trash;
mod uploads;

use crate::harness::TestApp;
use std::path::PathBuf;

/// All files in the store, including uploads in progress.
fn stored(app: &TestApp) -> Vec<PathBuf> {
    let mut folders = vec![app.folder.join("objects")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

/// Number of images, of idempotency keys, and of bytes used or reserved.
async fn left(app: &TestApp) -> (i64, i64, i64) {
    let query = "SELECT (SELECT count(*) FROM images.images), (SELECT count(*) FROM images.idempotency_keys), \
                 (SELECT coalesce(sum(used_bytes + reserved_bytes + image_count), 0)::bigint FROM images.usage)";
    let row = app.db.superuser().await.query_one(query, &[]).await.unwrap();
    (row.get(0), row.get(1), row.get(2))
}

/// Checks that rejected requests left no rows and no files.
async fn assert_nothing_left(app: &TestApp) {
    assert_eq!(left(app).await, (0, 0, 0));
    assert_eq!(stored(app), Vec::<PathBuf>::new());
}
