//! `OPTIONS /uploads/tus`: the tus capabilities of this server.
use super::protocol::{VERSION, tus_response};
use crate::app::App;
use actix_web::{HttpResponse, http::StatusCode, web};

const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination,concatenation";

/// Get the tus capabilities
///
/// Returns the protocol version, the extensions and the maximum upload size. No authentication required.
#[utoipa::path(
    options, path = "/api/v1/uploads/tus", tag = "uploads",
    responses((status = 204, description = "The capabilities.", headers(
        ("Tus-Version" = String, description = "Version of the tus protocol."),
        ("Tus-Extension" = String, description = "Supported extensions, separated by commas."),
        ("Tus-Max-Size" = u64, description = "Maximum size of an upload in bytes."),
        ("Tus-Checksum-Algorithm" = String, description = "Supported checksum algorithms, separated by commas."))))
)]
pub async fn get_tus_options(app: web::Data<App>) -> HttpResponse {
    tus_response(StatusCode::NO_CONTENT)
        .insert_header(("tus-version", VERSION))
        .insert_header(("tus-extension", EXTENSIONS))
        .insert_header(("tus-max-size", app.images.config.max_upload_bytes))
        .insert_header(("tus-checksum-algorithm", "sha1,sha256"))
        .finish()
}
