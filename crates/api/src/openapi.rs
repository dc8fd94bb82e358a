//! The OpenAPI 3.1 document, from the attributes of the handlers; `docs/openapi.json` is its committed copy.
use crate::{
    admin, auth, docs, health, images,
    problem::{FieldProblem, ProblemBody},
    uploads, users,
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "InfraVault",
        description = "A self-hosted image vault. Errors are RFC 9457 problems with a stable `code`; lists are keyset pages; changing an image takes `If-Match`.",
        license(name = "MIT", identifier = "MIT")
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
        images::get_limits, images::upload_image, images::upload_from_url, images::list_images, images::list_public_images,
        images::get_image, images::replace_image, images::update_image, images::delete_image,
        images::download_image, images::get_rendition, images::get_transform, images::create_transform_url, images::list_similar_images,
        images::change_images, images::restore_image, images::list_trash, images::purge_image, images::purge_trash,
        uploads::presign_upload, uploads::get_upload, uploads::sign_upload_parts, uploads::complete_upload,
        uploads::delete_upload, uploads::store_upload_piece, uploads::get_tus_options, uploads::create_tus_upload,
        uploads::get_tus_upload, uploads::append_tus_upload, uploads::override_tus_upload, uploads::delete_tus_upload,
    ),
    components(schemas(ProblemBody, FieldProblem)),
    modifiers(&Extras),
)]
struct Api;

/// The document.
pub fn document() -> Document {
    Api::openapi()
}

/// The document as it is committed.
pub fn text() -> String {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// What holds for every operation: the ways to sign in, and that any failure is a problem.
struct Extras;

impl Modify for Extras {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            "__Host-iv_at",
            "The access token of a browser session. Unsafe methods also need `X-IV-CSRF: 1`.",
        )));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "An API token (`ivp_…`) or the access token of a native client.",
            ))
            .build();
        components.add_security_scheme("session", session);
        components.add_security_scheme("api_token", SecurityScheme::Http(bearer));
        for item in document.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.put,
                &mut item.post,
                &mut item.delete,
                &mut item.patch,
                &mut item.head,
                &mut item.options,
            ];
            for operation in operations.into_iter().flatten() {
                operation
                    .responses
                    .responses
                    .insert("default".to_owned(), RefOr::T(failure()));
            }
        }
    }
}

fn failure() -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new()
        .description("Any failure, as a problem (RFC 9457)")
        .content(crate::problem::MEDIA_TYPE, content)
        .build()
}
