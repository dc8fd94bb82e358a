//! The table of routes: every path, its methods and their handlers. Other paths get 404, and other methods 405 with `Allow`.
use crate::{admin, auth, docs, health, images, problem::Problem, uploads, users};
use actix_web::{
    HttpRequest, Resource, Route, guard,
    http::{Method, StatusCode, header},
    web,
};

/// Registers all routes.
pub fn configure(config: &mut web::ServiceConfig, docs_ui: bool) {
    for (path, methods) in table() {
        config.service(resource(path, methods));
    }
    if docs_ui {
        config.service(resource("/docs", vec![get(web::to(docs::get_ui))]));
        config.service(resource("/docs/{file:.*}", vec![get(web::to(docs::get_ui_file))]));
    }
    config.default_service(web::to(async || Err::<String, _>(Problem::not_found())));
}

type Methods = Vec<(Method, Route)>;

/// Paths with a literal segment precede those with a variable in its place.
fn table() -> Vec<(&'static str, Methods)> {
    let mut table = platform();
    table.extend(auth_paths());
    table.extend(user_paths());
    table.extend(image_paths());
    table.extend(upload_paths());
    table.extend(admin_paths());
    table
}

fn platform() -> Vec<(&'static str, Methods)> {
    vec![
        ("/health/live", vec![get(web::to(health::get_live))]),
        ("/health/ready", vec![get(web::to(health::get_ready))]),
        ("/.well-known/jwks.json", vec![get(web::to(auth::get_jwks))]),
        ("/problems", vec![get(web::to(docs::list_problems))]),
        ("/problems/{code}", vec![get(web::to(docs::get_problem))]),
        ("/api/v1/openapi.json", vec![get(web::to(docs::get_openapi))]),
        ("/api/v1/limits", vec![get(web::to(images::get_limits))]),
    ]
}

fn auth_paths() -> Vec<(&'static str, Methods)> {
    vec![
        ("/api/v1/auth/providers", vec![get(web::to(auth::list_providers))]),
        ("/api/v1/auth/callback", vec![get(web::to(auth::finish_sign_in))]),
        ("/api/v1/auth/refresh", vec![post(web::to(auth::refresh_session))]),
        ("/api/v1/auth/logout", vec![post(web::to(auth::sign_out))]),
        (
            "/api/v1/auth/logout-all",
            vec![post(web::to(auth::sign_out_everywhere))],
        ),
        ("/api/v1/auth/me", vec![get(web::to(auth::get_me))]),
        ("/api/v1/auth/sessions", vec![get(web::to(auth::list_sessions))]),
        (
            "/api/v1/auth/sessions/{id}",
            vec![delete(web::to(auth::revoke_session))],
        ),
        (
            "/api/v1/auth/tokens",
            vec![
                get(web::to(auth::list_api_tokens)),
                post(web::to(auth::create_api_token)),
            ],
        ),
        (
            "/api/v1/auth/tokens/{id}",
            vec![delete(web::to(auth::revoke_api_token))],
        ),
        ("/api/v1/auth/{provider}", vec![get(web::to(auth::begin_sign_in))]),
    ]
}

fn user_paths() -> Vec<(&'static str, Methods)> {
    vec![
        (
            "/api/v1/users/profile",
            vec![
                get(web::to(users::get_profile)),
                put(web::to(users::replace_profile)),
            ],
        ),
        (
            "/api/v1/users/profile/usage",
            vec![get(web::to(users::get_usage))],
        ),
        ("/api/v1/users", vec![get(web::to(users::list_users))]),
        (
            "/api/v1/users/{id}",
            vec![get(web::to(users::get_user)), patch(web::to(users::update_user))],
        ),
    ]
}

fn image_paths() -> Vec<(&'static str, Methods)> {
    vec![
        (
            "/api/v1/images",
            vec![
                get(web::to(images::list_images)),
                post(web::to(images::upload_image)),
            ],
        ),
        (
            "/api/v1/images/from-url",
            vec![post(web::to(images::import_image))],
        ),
        (
            "/api/v1/images/public",
            vec![get(web::to(images::list_public_images))],
        ),
        ("/api/v1/images/bulk", vec![post(web::to(images::change_images))]),
        (
            "/api/v1/images/{id}",
            vec![
                get(web::to(images::get_image)),
                put(web::to(images::replace_image)),
                patch(web::to(images::update_image)),
                delete(web::to(images::delete_image)),
            ],
        ),
        (
            "/api/v1/images/{id}/restore",
            vec![post(web::to(images::restore_image))],
        ),
        (
            "/api/v1/trash",
            vec![
                get(web::to(images::list_trash)),
                delete(web::to(images::purge_trash)),
            ],
        ),
        ("/api/v1/trash/{id}", vec![delete(web::to(images::purge_image))]),
        (
            "/api/v1/images/{id}/download",
            vec![get(web::to(images::download_image))],
        ),
        (
            "/api/v1/images/{id}/renditions/{preset}",
            vec![get(web::to(images::get_rendition))],
        ),
        (
            "/api/v1/images/{id}/transform",
            vec![get(web::to(images::get_transform))],
        ),
        (
            "/api/v1/images/{id}/transform-url",
            vec![post(web::to(images::create_transform_url))],
        ),
        (
            "/api/v1/images/{id}/similar",
            vec![get(web::to(images::list_similar_images))],
        ),
    ]
}

fn admin_paths() -> Vec<(&'static str, Methods)> {
    vec![(
        "/api/v1/admin/integrity",
        vec![
            get(web::to(admin::get_integrity)),
            post(web::to(admin::start_integrity)),
        ],
    )]
}

fn upload_paths() -> Vec<(&'static str, Methods)> {
    vec![
        (
            "/api/v1/uploads/presign",
            vec![post(web::to(uploads::presign_upload))],
        ),
        (
            "/api/v1/uploads/tus",
            vec![
                options(web::to(uploads::get_tus_options)),
                post(web::to(uploads::create_tus_upload)),
            ],
        ),
        (
            "/api/v1/uploads/tus/{id}",
            vec![
                head(web::to(uploads::get_tus_upload)),
                patch(web::to(uploads::append_tus_upload)),
                post(web::to(uploads::override_tus_upload)),
                delete(web::to(uploads::delete_tus_upload)),
            ],
        ),
        (
            "/api/v1/uploads/{id}",
            vec![
                get(web::to(uploads::get_upload)),
                delete(web::to(uploads::delete_upload)),
            ],
        ),
        (
            "/api/v1/uploads/{id}/parts",
            vec![post(web::to(uploads::sign_upload_parts))],
        ),
        (
            "/api/v1/uploads/{id}/complete",
            vec![post(web::to(uploads::complete_upload))],
        ),
        (
            "/api/v1/uploads/{id}/parts/{part}",
            vec![put(web::to(uploads::store_upload_part))],
        ),
    ]
}

/// `GET` includes `HEAD` (RFC 9110 section 9.3.2).
fn get(route: Route) -> (Method, Route) {
    (
        Method::GET,
        route.guard(guard::Any(guard::Get()).or(guard::Head())),
    )
}
fn head(route: Route) -> (Method, Route) {
    (Method::HEAD, route.method(Method::HEAD))
}
fn options(route: Route) -> (Method, Route) {
    (Method::OPTIONS, route.method(Method::OPTIONS))
}
fn post(route: Route) -> (Method, Route) {
    (Method::POST, route.method(Method::POST))
}
fn put(route: Route) -> (Method, Route) {
    (Method::PUT, route.method(Method::PUT))
}
fn patch(route: Route) -> (Method, Route) {
    (Method::PATCH, route.method(Method::PATCH))
}
fn delete(route: Route) -> (Method, Route) {
    (Method::DELETE, route.method(Method::DELETE))
}

/// Returns a resource that responds with 405 and `Allow` to other methods.
fn resource(path: &str, methods: Methods) -> Resource {
    let names = methods.iter().map(|(method, _)| {
        if *method == Method::GET {
            "GET, HEAD"
        } else {
            method.as_str()
        }
    });
    let allow = names.collect::<Vec<_>>().join(", ");
    let refuse = web::to(move |request: HttpRequest| {
        let detail = format!(
            "`{}` is not one of the methods of this resource: {allow}.",
            request.method()
        );
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
            .with_header(header::ALLOW, allow.clone());
        async { Err::<String, _>(problem) }
    });
    methods
        .into_iter()
        .fold(web::resource(path), |resource, (_, route)| resource.route(route))
        .default_service(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_match_openapi_document() {
        let document = serde_json::to_value(crate::openapi::document()).unwrap();
        let mut described: Vec<String> = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                described.push(format!("{} {path}", method.to_uppercase()));
            }
        }
        let mut routed: Vec<String> = Vec::new();
        for (path, methods) in table() {
            routed.extend(methods.iter().map(|(method, _)| format!("{method} {path}")));
        }
        described.sort();
        routed.sort();
        assert_eq!(described, routed);
    }
}
