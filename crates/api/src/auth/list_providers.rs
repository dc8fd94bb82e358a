//! `GET /auth/providers`: the configured sign-in providers.
use crate::{app::App, page::Page};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

/// An OpenID Connect provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Provider {
    /// Name of the provider in paths.
    #[schema(example = "google")]
    name: String,
    /// Name of the provider to display.
    #[schema(example = "Google")]
    label: String,
    /// Path that starts a sign-in with this provider.
    #[schema(example = "/api/v1/auth/google")]
    sign_in_url: String,
}

type ProviderPage = Page<Provider>;

/// List the sign-in providers
///
/// Returns the configured providers in display order. There is only one page. No authentication required.
#[utoipa::path(
    get, path = "/api/v1/auth/providers", tag = "auth",
    responses((status = 200, description = "The providers.", body = ProviderPage))
)]
pub async fn list_providers(app: web::Data<App>) -> HttpResponse {
    let providers = app.auth.list_providers().into_iter();
    let items = providers.map(|provider| Provider {
        sign_in_url: format!("/api/v1/auth/{}", provider.name),
        name: provider.name,
        label: provider.label,
    });
    HttpResponse::Ok().json(Page::single(items))
}
