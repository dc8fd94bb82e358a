//! An upload: streamed to disk with its SHA-256, then one row.

use super::{State, failed};
use actix_multipart::Multipart;
use actix_web::{HttpResponse, Result, error::ErrorBadRequest, web};
use aws_lc_rs::{digest, rand};
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use std::{fs::File, io::Write as _, path::PathBuf};
use tokio::{sync::mpsc, task::spawn_blocking};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO bare.images (id, owner_id, visibility, version, title, description, tags, file_name, \
    media_type, byte_size, width, height, sha256, created_at, updated_at) \
    VALUES ($1, $2, 'private', 1, 'photo', '', '{}', 'photo.jpg', 'image/jpeg', $3, 4000, 3000, $4, now(), now())";
/// Chunks between socket and disk; memory per upload grows with them.
const IN_FLIGHT: usize = 2;

/// Variants of the baseline.
#[derive(Deserialize)]
pub(super) struct Variant {
    /// Whether the bytes are on the disk before the answer, as InfraVault guarantees.
    #[serde(default)]
    sync: bool,
}

#[derive(Serialize)]
struct Stored {
    id: Uuid,
    byte_size: i64,
}

/// Takes a multipart form with one file.
pub(super) async fn upload(
    state: web::Data<State>,
    variant: web::Query<Variant>,
    mut form: Multipart,
) -> Result<HttpResponse> {
    let mut id = [0; 16];
    rand::fill(&mut id).map_err(failed)?;
    let id = uuid::Builder::from_random_bytes(id).into_uuid();
    let (part, path) = (
        state.store.join(format!("{id}-part")),
        state.store.join(format!("{id}")),
    );
    let (chunks, received) = mpsc::channel(IN_FLIGHT);
    let sync = variant.sync;
    let written = part.clone();
    let writer = spawn_blocking(move || write(written, received, sync));
    let mut size = 0_i64;
    while let Some(field) = form.next().await {
        let mut field = field?;
        while let Some(chunk) = field.next().await {
            let chunk = chunk?;
            size += i64::try_from(chunk.len()).map_err(failed)?;
            chunks.send(chunk).await.map_err(failed)?;
        }
    }
    drop(chunks);
    if size == 0 {
        return Err(ErrorBadRequest("no file"));
    }
    let sha256 = writer.await.map_err(failed)?.map_err(failed)?;
    web::block(move || std::fs::rename(part, path))
        .await?
        .map_err(failed)?;
    let client = state.pool.get().await.map_err(failed)?;
    let statement = client.prepare_cached(INSERT).await.map_err(failed)?;
    let row: [&(dyn tokio_postgres::types::ToSql + Sync); 4] = [&id, &Uuid::nil(), &size, &sha256.as_ref()];
    client.execute(&statement, &row).await.map_err(failed)?;
    Ok(HttpResponse::Created().json(Stored { id, byte_size: size }))
}

/// Writes and hashes on a thread of its own, which is the cheapest way of those measured.
fn write(path: PathBuf, mut chunks: mpsc::Receiver<Bytes>, sync: bool) -> std::io::Result<digest::Digest> {
    let mut file = File::create(path)?;
    let mut hash = digest::Context::new(&digest::SHA256);
    while let Some(chunk) = chunks.blocking_recv() {
        hash.update(&chunk);
        file.write_all(&chunk)?;
    }
    if sync {
        file.sync_data()?;
    }
    Ok(hash.finish())
}
