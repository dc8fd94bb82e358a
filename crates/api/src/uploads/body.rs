//! How an open upload looks on the wire.
use crate::app::App;
use base64::{Engine, engine::general_purpose::STANDARD};
use infravault_images::{PutTarget, SessionState, SignedPart, UploadKind, UploadSession};
use infravault_kernel::{Id, UploadId};
use serde::Serialize;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// An upload that is open, or was not long ago.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenUpload)]
pub(super) struct OpenUploadBody {
    /// Names it.
    id: Uuid,
    /// How its bytes come.
    kind: KindWord,
    /// How far it has come.
    state: StateWord,
    /// How many bytes it will have.
    size: u64,
    /// How many bytes are there; known of uploads through tus only.
    received: Option<u64>,
    /// When it is given up, with everything that was reserved for it.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// The image that was made of it.
    image_id: Option<Uuid>,
}

/// How the bytes of an upload come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OpenUploadKind)]
enum KindWord {
    /// By one signed request.
    Single,
    /// In parts, each by a signed request.
    Multipart,
    /// Through tus.
    Tus,
}

/// How far an upload has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OpenUploadState)]
enum StateWord {
    /// Bytes may come.
    Open,
    /// An image is being made of it.
    Finishing,
    /// It is an image.
    Finished,
    /// It is part of another upload.
    Joined,
}

impl From<UploadSession> for OpenUploadBody {
    fn from(upload: UploadSession) -> Self {
        Self {
            id: upload.id.uuid(),
            kind: match upload.kind {
                UploadKind::Single => KindWord::Single,
                UploadKind::Parts => KindWord::Multipart,
                UploadKind::Tus | UploadKind::TusPartial => KindWord::Tus,
            },
            state: match upload.state {
                SessionState::Open => StateWord::Open,
                SessionState::Finishing => StateWord::Finishing,
                SessionState::Finished => StateWord::Finished,
                SessionState::Joined => StateWord::Joined,
            },
            size: upload.len,
            received: upload.kind.is_tus().then_some(upload.received),
            expires_at: upload.expires_at,
            image_id: upload.image.map(Id::uuid),
        }
    }
}

/// A request that stores bytes, to be sent as it is until it expires. It needs no credential.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedRequest)]
pub(super) struct SignedRequestBody {
    /// The method.
    #[schema(pattern = "^PUT$")]
    method: &'static str,
    /// The address: of the store, or of this server where no store takes bytes from clients.
    url: String,
    /// The headers that must be sent as they are; besides them the length, which every client sends.
    headers: BTreeMap<String, String>,
    /// Until when it holds.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl SignedRequestBody {
    pub(super) fn new(app: &App, upload: UploadId, signed: SignedPart) -> Self {
        let (url, headers) = match signed.target {
            PutTarget::Store(put) => (put.url, put.headers.into_iter().collect()),
            PutTarget::Api {
                part: piece,
                signature: url,
            } => {
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("exp", &url.expires.to_string())
                    .append_pair("kid", &url.kid)
                    .append_pair("sig", &url.signature)
                    .finish();
                let origin = &app.config.server.public_origin;
                let checksum = STANDARD.encode(signed.part.sha256.bytes());
                let headers = [
                    ("content-type".to_owned(), signed.media_type),
                    ("x-amz-checksum-sha256".to_owned(), checksum),
                ];
                (
                    format!("{origin}/api/v1/uploads/{upload}/pieces/{piece}?{query}"),
                    headers.into(),
                )
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
