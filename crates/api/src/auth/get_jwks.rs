//! `GET /.well-known/jwks.json`: the public keys of access tokens.
use crate::app::App;
use actix_web::{HttpResponse, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;

/// A public Ed25519 key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Jwk)]
pub struct JwkBody {
    /// `OKP`.
    kty: &'static str,
    /// `Ed25519`.
    crv: &'static str,
    /// `sig`.
    #[serde(rename = "use")]
    usage: &'static str,
    /// `EdDSA`.
    alg: &'static str,
    /// The thumbprint (RFC 7638).
    kid: String,
    /// The key itself.
    x: String,
}

/// A key set (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JwkSet)]
pub struct JwkSetBody {
    /// The keys.
    keys: Vec<JwkBody>,
}

/// The public keys that access tokens are signed with.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "auth",
    responses((status = 200, body = JwkSetBody))
)]
pub async fn get_jwks(app: web::Data<App>) -> HttpResponse {
    let keys = app.auth.public_keys().iter().map(|key| JwkBody {
        kty: "OKP",
        crv: "Ed25519",
        usage: "sig",
        alg: "EdDSA",
        kid: key.kid.clone(),
        x: key.x.clone(),
    });
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(JwkSetBody { keys: keys.collect() })
}
