//! `PUT /uploads/{id}/pieces/{piece}`: takes in signed bytes where no store takes them from clients.
use crate::{
    app::App,
    extract::{PublicCtx, Query, reject_content_encoding},
    images::{broken, content_length, upload_problem},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::StreamExt;
use infravault_images::{PartHeaders, PartSignature};
use infravault_kernel::{Sha256, UploadId};
use serde::Deserialize;
use std::str::FromStr;
use utoipa::IntoParams;
use uuid::fmt::Hyphenated;

/// The parameters of a signed address.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SignedPiece {
    /// Until when it holds.
    exp: i64,
    /// The key that signed it.
    kid: String,
    /// The signature.
    sig: String,
}

/// Stores bytes by an address that `POST /uploads/presign` or `POST /uploads/{id}/parts` gave. The signature is the
/// permission: no credential is looked at. The headers must be those that came with the address.
#[utoipa::path(
    put, path = "/api/v1/uploads/{id}/pieces/{piece}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("piece" = Uuid, Path, description = "The piece"),
        SignedPiece,
        ("x-amz-checksum-sha256" = String, Header, description = "The SHA-256 of the bytes, in base64"),
    ),
    request_body(content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/gif"),
        (Vec<u8> = "image/webp"))),
    responses((status = 200, description = "They are stored"))
)]
pub async fn store_upload_piece(
    app: web::Data<App>,
    ctx: PublicCtx,
    request: HttpRequest,
    query: Query<SignedPiece>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    reject_content_encoding(&request)?;
    let upload: UploadId = variable(&request, "id")?;
    let piece = variable::<Hyphenated>(&request, "piece")?.into_uuid();
    let media_type = request.headers().get("content-type");
    let sent = PartHeaders {
        len: content_length(&request),
        media_type: media_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default(),
        sha256: checksum(&request),
    };
    let url = PartSignature {
        expires: query.0.exp,
        kid: query.0.kid,
        signature: query.0.sig,
    };
    let body = payload.map(|bytes| bytes.map_err(|error| broken(&error)));
    app.images
        .uploads
        .store_part(&ctx, (upload, piece), &url, &sent, body)
        .await
        .map_err(upload_problem)?;
    Ok(HttpResponse::Ok().finish())
}

fn variable<T: FromStr>(request: &HttpRequest, name: &str) -> Result<T, Problem> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|_| Problem::not_found())
}

fn checksum(request: &HttpRequest) -> Option<Sha256> {
    let value = request.headers().get("x-amz-checksum-sha256")?.to_str().ok()?;
    Sha256::try_from(STANDARD.decode(value).ok()?.as_slice()).ok()
}
