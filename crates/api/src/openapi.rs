//! The OpenAPI 3.1 document, made from the attributes of the handlers; `docs/openapi.json` is its committed copy.
mod problems;

use self::problems::ProblemResponses;
use crate::{
    admin, auth, docs, health, images,
    problem::{FieldProblem, ProblemBody},
    uploads, users,
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "InfraVault",
        description = "REST API of InfraVault, a self-hosted image vault.\n\
            - Errors are problems (RFC 9457) with a stable `code`.\n\
            - Lists are paginated with cursors.\n\
            - Changing an image requires `If-Match` with the `ETag` that was read.\n\
            - Requests that exceed a rate limit get 429 with `Retry-After`.",
        license(name = "MIT", identifier = "MIT")
    ),
    tags(
        (name = "auth", description = "Sign-in with OpenID Connect, sessions, API tokens and public keys."),
        (name = "users", description = "Profile of the signed-in user, quota usage, and account administration."),
        (name = "images", description = "Upload, find, update, delete and download images."),
        (name = "trash", description = "Restore or permanently delete images that were deleted."),
        (name = "renditions", description = "Derived images: presets and signed transforms."),
        (name = "uploads", description = "Upload sessions: presigned uploads and resumable uploads (tus 1.0.0)."),
        (name = "admin", description = "Operations for administrators."),
        (name = "health", description = "Probes for load balancers and orchestrators."),
        (name = "docs", description = "This document and the catalog of problem codes.")
    ),
    paths(
        health::get_live, health::get_ready,
        docs::list_problems, docs::get_problem, docs::get_openapi,
        auth::get_jwks, auth::list_providers, auth::begin_sign_in, auth::finish_sign_in, auth::refresh_session,
        auth::sign_out, auth::sign_out_everywhere, auth::get_me, auth::list_sessions, auth::revoke_session,
        auth::list_api_tokens, auth::create_api_token, auth::revoke_api_token,
        users::get_profile, users::replace_profile, users::get_usage, users::list_users, users::get_user,
        users::update_user,
        admin::get_integrity, admin::start_integrity,
        images::get_limits, images::upload_image, images::import_image, images::list_images, images::list_public_images,
        images::get_image, images::replace_image, images::update_image, images::delete_image,
        images::download_image, images::get_rendition, images::get_transform, images::create_transform_url, images::list_similar_images,
        images::change_images, images::restore_image, images::list_trash, images::purge_image, images::purge_trash,
        uploads::presign_upload, uploads::get_upload, uploads::sign_upload_parts, uploads::complete_upload,
        uploads::delete_upload, uploads::store_upload_part, uploads::get_tus_options, uploads::create_tus_upload,
        uploads::get_tus_upload, uploads::append_tus_upload, uploads::override_tus_upload, uploads::delete_tus_upload,
    ),
    components(schemas(ProblemBody, FieldProblem)),
    modifiers(&SecuritySchemes, &ProblemResponses),
)]
struct Api;

/// Returns the document.
pub fn document() -> Document {
    Api::openapi()
}

/// Returns the document in the form that is committed.
pub fn text() -> String {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Adds the ways to authenticate.
struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            "__Host-iv_at",
            "Access token of a browser session. Unsafe methods also require the header `X-IV-CSRF: 1`.",
        )));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "API token (`ivp_…`), or the access token of a native client.",
            ))
            .build();
        components.add_security_scheme("session", session);
        components.add_security_scheme("api_token", SecurityScheme::Http(bearer));
    }
}
