//! `POST /uploads/{id}/parts`: signs requests that store parts of an upload.
use super::body::SignedRequest;
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

/// Maximum number of parts of one request.
const MAX_PARTS: usize = 100;

/// Parts to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParts {
    /// The parts, 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    parts: Vec<NewPart>,
}

/// A part to store.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPart {
    /// Part number. Parts are concatenated in ascending order of their numbers.
    #[schema(minimum = 1, maximum = 10000, example = 1)]
    number: u64,
    /// Size of the part in bytes. Any size is allowed.
    #[schema(minimum = 1, example = 4_194_304)]
    size: u64,
    /// SHA-256 of the part, 64 hexadecimal digits.
    #[schema(
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]{64}$",
        example = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
    )]
    sha256: String,
}

/// Signed requests that store the parts.
#[derive(Debug, Serialize, ToSchema)]
struct SignedParts {
    /// One signed part for each requested part, in the same order.
    parts: Vec<SignedPart>,
}

/// A part with the signed request that stores it.
#[derive(Debug, Serialize, ToSchema)]
struct SignedPart {
    /// Part number.
    #[schema(example = 1)]
    number: u64,
    /// Signed request that stores the part.
    put: SignedRequest,
}

impl NewParts {
    fn parse(&self) -> Result<Vec<Part>, Problem> {
        if self.parts.is_empty() || self.parts.len() > MAX_PARTS {
            return Err(Problem::field("parts", format_args!("must be 1 to {MAX_PARTS}")));
        }
        let parts = self.parts.iter().enumerate().map(|(index, part)| {
            let sha256 = part.sha256.parse::<Sha256>();
            Ok(Part {
                number: part.number,
                len: part.size,
                sha256: sha256.map_err(|error| Problem::field(&format!("parts[{index}].sha256"), error))?,
            })
        });
        parts.collect()
    }
}

/// Sign parts of a multipart upload
///
/// Returns signed requests that store the parts, each valid for up to a minute. Signing an existing part number replaces that
/// part; signing the same part again returns a new request for the same bytes. For an upload that is not multipart, sign
/// part 1 when its first request has expired. Requires the scope `images:write`.
#[utoipa::path(
    post, path = "/api/v1/uploads/{id}/parts", tag = "uploads",
    params(("id" = Uuid, Path, description = "Upload session ID.")),
    request_body(content = NewParts, description = "The parts to store."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The signed requests.", body = SignedParts)),
    extensions(("x-problems" = json!("storage-unavailable too-many-uploads upload-busy upload-gone upload-mismatch")))
)]
pub async fn sign_upload_parts(
    app: web::Data<App>,
    ctx: RequestCtx,
    id: Path<UploadId>,
    body: Json<NewParts>,
) -> Result<HttpResponse, Problem> {
    let parts = body.0.parse()?;
    let signed = app.images.uploads.sign_parts(&ctx, id.0, &parts).await?;
    let parts = signed.into_iter().map(|signed| SignedPart {
        number: signed.part.number,
        put: SignedRequest::new(&app, id.0, signed),
    });
    Ok(HttpResponse::Ok().json(SignedParts {
        parts: parts.collect(),
    }))
}
