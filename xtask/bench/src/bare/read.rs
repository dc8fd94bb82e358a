//! One row, a page of twenty rows, a file: typed structs and serde, one query from the pool per request.

use super::{State, failed};
use actix_web::{HttpResponse, Result, body::SizedStream, error::ErrorNotFound, web};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, Read as _},
};
use time::OffsetDateTime;
use tokio_postgres::Row;
use uuid::Uuid;

const ROW: &str = "SELECT id, owner_id, visibility, version, title, description, tags, file_name, media_type, \
    byte_size, width, height, encode(sha256, 'hex'), created_at, updated_at FROM bare.images WHERE id = $1";
const LIST: &str = "SELECT id, owner_id, visibility, version, title, description, tags, file_name, media_type, \
    byte_size, width, height, encode(sha256, 'hex'), created_at, updated_at FROM bare.images \
    WHERE owner_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 20";
/// How much of a file is read at once, as actix-files does.
const CHUNK: u64 = 64 * 1024;

/// An image with the fields that InfraVault answers with.
#[derive(Serialize)]
struct Image {
    id: Uuid,
    owner_id: Uuid,
    visibility: String,
    version: i32,
    title: String,
    description: String,
    tags: Vec<String>,
    file_name: String,
    media_type: String,
    byte_size: i64,
    width: i32,
    height: i32,
    sha256: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

impl Image {
    fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get(0)?,
            owner_id: row.try_get(1)?,
            visibility: row.try_get(2)?,
            version: row.try_get(3)?,
            title: row.try_get(4)?,
            description: row.try_get(5)?,
            tags: row.try_get(6)?,
            file_name: row.try_get(7)?,
            media_type: row.try_get(8)?,
            byte_size: row.try_get(9)?,
            width: row.try_get(10)?,
            height: row.try_get(11)?,
            sha256: row.try_get(12)?,
            created_at: row.try_get(13)?,
            updated_at: row.try_get(14)?,
        })
    }
}

/// One image by its id.
pub(super) async fn row(state: web::Data<State>, id: web::Path<Uuid>) -> Result<HttpResponse> {
    let client = state.pool.get().await.map_err(failed)?;
    let statement = client.prepare_cached(ROW).await.map_err(failed)?;
    let row = client
        .query_one(&statement, &[&id.into_inner()])
        .await
        .map_err(failed)?;
    Ok(HttpResponse::Ok().json(Image::read(&row).map_err(failed)?))
}

/// Where a page starts.
#[derive(Deserialize)]
pub(super) struct Start {
    owner: Uuid,
    micros: i64,
    id: Uuid,
}

#[derive(Serialize)]
struct Page {
    items: Vec<Image>,
    next_cursor: Option<String>,
}

/// Twenty images of an owner, newest first.
pub(super) async fn list(state: web::Data<State>, start: web::Query<Start>) -> Result<HttpResponse> {
    let time =
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(start.micros) * 1000).map_err(ErrorNotFound)?;
    let client = state.pool.get().await.map_err(failed)?;
    let statement = client.prepare_cached(LIST).await.map_err(failed)?;
    let rows = client
        .query(&statement, &[&start.owner, &time, &start.id])
        .await
        .map_err(failed)?;
    let items = rows
        .iter()
        .map(Image::read)
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    let next_cursor = items
        .last()
        .map(|last| format!("{}_{}", last.created_at.unix_timestamp_nanos() / 1000, last.id));
    Ok(HttpResponse::Ok().json(Page { items, next_cursor }))
}

/// A file of the store.
pub(super) async fn file(state: web::Data<State>, name: web::Path<String>) -> Result<HttpResponse> {
    if name.contains(['/', '.']) {
        return Err(ErrorNotFound("no such file"));
    }
    let path = state.store.join(name.into_inner());
    let (file, length) = web::block(move || {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        io::Result::Ok((file, length))
    })
    .await?
    .map_err(ErrorNotFound)?;
    let chunks = stream::unfold(Some((file, length)), |rest| async {
        let (file, left) = rest.filter(|(_, left)| *left > 0)?;
        match web::block(move || chunk(file, left)).await {
            Ok(Ok((bytes, rest))) => Some((Ok(bytes), Some(rest))),
            Ok(Err(error)) => Some((Err(error), None)),
            Err(error) => Some((Err(io::Error::other(error)), None)),
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        .body(SizedStream::new(length, chunks)))
}

fn chunk(mut file: File, left: u64) -> io::Result<(Bytes, (File, u64))> {
    let size = left.min(CHUNK);
    let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)?];
    file.read_exact(&mut bytes)?;
    Ok((bytes.into(), (file, left - size)))
}
