//! `GET /.well-known/jwks.json`: the public keys of access tokens.
use crate::app::App;
use actix_web::{HttpResponse, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;

/// A public Ed25519 key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwk {
    /// Key type, always `OKP`.
    #[schema(example = "OKP")]
    kty: &'static str,
    /// Curve, always `Ed25519`.
    #[schema(example = "Ed25519")]
    crv: &'static str,
    /// Use of the key, always `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    usage: &'static str,
    /// Signature algorithm, always `EdDSA`.
    #[schema(example = "EdDSA")]
    alg: &'static str,
    /// Key ID: the JWK thumbprint (RFC 7638).
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    kid: String,
    /// Public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
}

/// A JSON Web Key Set (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct JwkSet {
    /// The public keys.
    keys: Vec<Jwk>,
}

/// Get the public keys of access tokens
///
/// Returns the keys that verify access tokens, for other services. Can be cached for five minutes. No authentication required.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "auth",
    responses((status = 200, description = "The public keys.", body = JwkSet))
)]
pub async fn get_jwks(app: web::Data<App>) -> HttpResponse {
    let keys = app.auth.public_keys().iter().map(|key| Jwk {
        kty: "OKP",
        crv: "Ed25519",
        usage: "sig",
        alg: "EdDSA",
        kid: key.kid.clone(),
        x: key.x.clone(),
    });
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(JwkSet { keys: keys.collect() })
}
