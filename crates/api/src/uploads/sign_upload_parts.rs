//! `POST /uploads/{id}/parts`: requests that store parts of an upload.
use super::body::SignedRequestBody;
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpResponse, web};
use infravault_images::Part;
use infravault_kernel::{Sha256, UploadId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most parts of one request.
const MOST: usize = 100;

/// Parts that a client wants to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewParts)]
pub struct NewParts {
    /// The parts.
    #[schema(min_items = 1, max_items = 100)]
    parts: Vec<NewPart>,
}

/// One of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPart {
    /// Its number: the parts follow each other in the order of their numbers.
    #[schema(minimum = 1, maximum = 10000)]
    number: u64,
    /// How many bytes it has; a part may be of any size.
    #[schema(minimum = 1)]
    size: u64,
    /// Their SHA-256, 64 hexadecimal digits.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    sha256: String,
}

/// The requests that store them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedParts)]
struct SignedPartsBody {
    /// In the order of the question.
    parts: Vec<SignedPartBody>,
}

/// The request that stores a part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedPart)]
struct SignedPartBody {
    /// The part.
    number: u64,
    /// The request.
    put: SignedRequestBody,
}

impl NewParts {
    fn parse(&self) -> Result<Vec<Part>, Problem> {
        if self.parts.is_empty() || self.parts.len() > MOST {
            return Err(Problem::field("parts", format_args!("must be 1 to {MOST}")));
        }
        let parts = self.parts.iter().enumerate().map(|(index, part)| {
            let sha256 = part.sha256.parse::<Sha256>();
            Ok(Part {
                number: part.number,
                len: part.size,
                sha256: sha256.map_err(|fault| Problem::field(&format!("parts[{index}].sha256"), fault))?,
            })
        });
        parts.collect()
    }
}

/// Signs requests that store parts of a multipart upload, for at most a minute. A number that was there before is
/// replaced; the same part again gets another request for the same bytes. It also signs the one part of an upload that is
/// none, when its first request has expired.
#[utoipa::path(
    post, path = "/api/v1/uploads/{id}/parts", tag = "uploads",
    params(("id" = Uuid, Path, description = "The upload")),
    request_body = NewParts,
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = SignedPartsBody))
)]
pub async fn sign_upload_parts(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<UploadId>,
    body: Json<NewParts>,
) -> Result<HttpResponse, Problem> {
    let signed = app
        .images
        .uploads
        .sign_parts(&ctx, id.0, &body.0.parse()?)
        .await?;
    let parts = signed.into_iter().map(|signed| SignedPartBody {
        number: signed.part.number,
        put: SignedRequestBody::new(&app, id.0, signed),
    });
    Ok(HttpResponse::Ok().json(SignedPartsBody {
        parts: parts.collect(),
    }))
}
