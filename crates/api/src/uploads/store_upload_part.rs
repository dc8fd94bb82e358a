//! `PUT /uploads/{id}/parts/{part}`: stores the bytes of a signed request if the object store does not accept requests from clients.
use crate::{
    app::App,
    extract::{PublicCtx, Query, reject_content_encoding},
    images::{body_stream, content_length, upload_problem},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine, engine::general_purpose::STANDARD};
use infravault_images::{PartHeaders, PartSignature};
use infravault_kernel::{Sha256, UploadId};
use serde::Deserialize;
use std::str::FromStr;
use utoipa::IntoParams;
use uuid::fmt::Hyphenated;

/// Parameters of a signed URL.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SignedParams {
    /// Expiry of the URL, in seconds since the Unix epoch.
    exp: i64,
    /// ID of the signing key.
    kid: String,
    /// Signature of the URL.
    sig: String,
}

/// Store the bytes of a signed request
///
/// Stores bytes with a signed request from `POST /uploads/presign` or `POST /uploads/{id}/parts`. Send the headers of the signed
/// request unchanged. The signature grants access; credentials are ignored. Idempotent.
#[utoipa::path(
    put, path = "/api/v1/uploads/{id}/parts/{part}", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "Upload session ID."),
        ("part" = Uuid, Path, description = "ID of the part."),
        SignedParams,
        ("x-amz-checksum-sha256" = String, Header, description = "SHA-256 of the bytes, base64."),
    ),
    request_body(description = "The bytes of the part.", content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"),
        (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"))),
    responses((status = 200, description = "The bytes are stored.")),
    extensions(("x-problems" = json!("checksum-mismatch dependency-unavailable invalid-request invalid-signature overloaded \
        storage-unavailable too-many-uploads upload-busy upload-gone upload-mismatch url-expired")))
)]
pub async fn store_upload_part(
    app: web::Data<App>,
    ctx: PublicCtx,
    request: HttpRequest,
    query: Query<SignedParams>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    reject_content_encoding(&request)?;
    let upload: UploadId = path_variable(&request, "id")?;
    let part = path_variable::<Hyphenated>(&request, "part")?.into_uuid();
    let url = PartSignature {
        expires: query.0.exp,
        kid: query.0.kid,
        signature: query.0.sig,
    };
    let sent = sent_headers(&request);
    app.images
        .uploads
        .store_part(&ctx, (upload, part), &url, &sent, body_stream(payload))
        .await
        .map_err(upload_problem)?;
    Ok(HttpResponse::Ok().finish())
}

fn path_variable<T: FromStr>(request: &HttpRequest, name: &str) -> Result<T, Problem> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|_| Problem::not_found())
}

fn sent_headers(request: &HttpRequest) -> PartHeaders<'_> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let checksum = header("x-amz-checksum-sha256").and_then(|value| STANDARD.decode(value).ok());
    PartHeaders {
        len: content_length(request),
        media_type: header("content-type").unwrap_or_default(),
        sha256: checksum.and_then(|bytes| Sha256::try_from(bytes.as_slice()).ok()),
    }
}
