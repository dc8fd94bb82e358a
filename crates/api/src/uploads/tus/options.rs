//! `OPTIONS /uploads/tus`: what this server knows of tus.
use super::protocol::{VERSION, answer};
use crate::app::App;
use actix_web::{HttpResponse, http::StatusCode, web};

/// The extensions.
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination,concatenation";

/// The version of tus, its extensions, and the most bytes of an upload.
#[utoipa::path(
    options, path = "/api/v1/uploads/tus", tag = "uploads",
    responses((status = 204, description = "What is known", headers(
        ("Tus-Version" = String, description = "1.0.0"),
        ("Tus-Extension" = String, description = "The extensions"),
        ("Tus-Max-Size" = u64, description = "Most bytes of an upload"),
        ("Tus-Checksum-Algorithm" = String, description = "sha1,sha256"))))
)]
pub async fn get_tus_options(app: web::Data<App>) -> HttpResponse {
    answer(StatusCode::NO_CONTENT)
        .insert_header(("tus-version", VERSION))
        .insert_header(("tus-extension", EXTENSIONS))
        .insert_header(("tus-max-size", app.images.config.max_upload_bytes))
        .insert_header(("tus-checksum-algorithm", "sha1,sha256"))
        .finish()
}
