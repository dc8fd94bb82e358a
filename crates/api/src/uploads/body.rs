//! Upload sessions on the wire.
use crate::{app::App, links};
use base64::{Engine, engine::general_purpose::STANDARD};
use infravault_images::{self as images, PutTarget, SessionState, SignedPart, UploadKind};
use infravault_kernel::{Id, UploadId};
use serde::Serialize;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// An upload session: a presigned or resumable upload in progress, or one that ended recently.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UploadSession {
    /// Upload session ID.
    #[schema(example = "01a1fda7-6ef8-7b30-a5c2-94e1d07f3b6a")]
    id: Uuid,
    /// How the client sends the bytes.
    kind: UploadSessionKind,
    /// Progress of the upload session.
    state: UploadSessionState,
    /// Size of the original in bytes.
    #[schema(example = 4_812_233)]
    size: u64,
    /// Number of bytes received. Null unless `kind` is `tus`.
    #[schema(example = json!(null))]
    received: Option<u64>,
    /// When the upload session expires and its reserved quota is released.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-22T10:29:31Z")]
    expires_at: OffsetDateTime,
    /// ID of the image, once it is created.
    #[schema(example = json!(null))]
    image_id: Option<Uuid>,
}

/// How the client sends the bytes of an upload session.
///
/// - `single`: with one signed request.
/// - `multipart`: in parts, each with a signed request.
/// - `tus`: with the tus protocol.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum UploadSessionKind {
    Single,
    Multipart,
    Tus,
}

impl From<UploadKind> for UploadSessionKind {
    fn from(kind: UploadKind) -> Self {
        match kind {
            UploadKind::Single => Self::Single,
            UploadKind::Parts => Self::Multipart,
            UploadKind::Tus | UploadKind::TusPartial => Self::Tus,
        }
    }
}

/// Progress of an upload session.
///
/// - `open`: waits for bytes.
/// - `finalizing`: the image is being created.
/// - `finalized`: the image is created.
/// - `concatenated`: the bytes are part of another upload session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum UploadSessionState {
    Open,
    Finalizing,
    Finalized,
    Concatenated,
}

impl From<SessionState> for UploadSessionState {
    fn from(state: SessionState) -> Self {
        match state {
            SessionState::Open => Self::Open,
            SessionState::Finishing => Self::Finalizing,
            SessionState::Finished => Self::Finalized,
            SessionState::Joined => Self::Concatenated,
        }
    }
}

impl From<images::UploadSession> for UploadSession {
    fn from(upload: images::UploadSession) -> Self {
        Self {
            id: upload.id.uuid(),
            kind: upload.kind.into(),
            state: upload.state.into(),
            size: upload.len,
            received: upload.kind.is_tus().then_some(upload.received),
            expires_at: upload.expires_at,
            image_id: upload.image.map(Id::uuid),
        }
    }
}

/// A signed request that stores bytes. Send it unchanged before it expires. It requires no credentials.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignedRequest {
    /// HTTP method.
    #[schema(pattern = "^PUT$", example = "PUT")]
    method: &'static str,
    /// URL of the object store, or of this server if the store does not accept requests from clients.
    #[schema(
        example = "https://images.example/api/v1/uploads/01a1fda7-6ef8-7b30-a5c2-94e1d07f3b6a/parts/01a1fda7-6f10-7d55-8e02-1f7ab34c9d60?exp=1795257031&kid=k1&sig=Jx8vW3pa"
    )]
    url: String,
    /// Headers to send unchanged, in addition to `Content-Length`.
    #[schema(example = json!({
        "content-type": "image/jpeg", "x-amz-checksum-sha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="
    }))]
    headers: BTreeMap<String, String>,
    /// When the request expires.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-21T10:30:31Z")]
    expires_at: OffsetDateTime,
}

impl SignedRequest {
    pub(super) fn new(app: &App, upload: UploadId, signed: SignedPart) -> Self {
        let (url, headers) = match signed.target {
            PutTarget::Store(put) => (put.url, put.headers.into_iter().collect()),
            PutTarget::Api { part, signature } => {
                let pairs = [
                    ("exp", signature.expires.to_string()),
                    ("kid", signature.kid),
                    ("sig", signature.signature),
                ];
                let path = format!("/api/v1/uploads/{upload}/parts/{part}");
                let checksum = STANDARD.encode(signed.part.sha256.bytes());
                let headers = [
                    ("content-type".to_owned(), signed.media_type),
                    ("x-amz-checksum-sha256".to_owned(), checksum),
                ];
                let origin = &app.config.server.public_origin;
                (links::signed_url(origin, &path, pairs), headers.into())
            }
        };
        Self {
            method: "PUT",
            url,
            headers,
            expires_at: signed.expires_at,
        }
    }
}
