//! `GET /auth/providers`: where one can sign in.
use crate::app::App;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

/// One provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Provider)]
pub struct ProviderBody {
    /// Its name in paths.
    name: String,
    /// Its name for people.
    label: String,
    /// Where a sign-in with it starts.
    sign_in_url: String,
}

/// Every provider, in the order they are offered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderList)]
pub struct ProviderListBody {
    /// The providers.
    items: Vec<ProviderBody>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

/// The configured sign-in providers.
#[utoipa::path(
    get, path = "/api/v1/auth/providers", tag = "auth",
    responses((status = 200, body = ProviderListBody))
)]
pub async fn list_providers(app: web::Data<App>) -> HttpResponse {
    let providers = app.auth.list_providers().into_iter();
    let items = providers.map(|provider| ProviderBody {
        sign_in_url: format!("/api/v1/auth/{}", provider.name),
        name: provider.name,
        label: provider.label,
    });
    HttpResponse::Ok().json(ProviderListBody {
        items: items.collect(),
        next_cursor: None,
    })
}
