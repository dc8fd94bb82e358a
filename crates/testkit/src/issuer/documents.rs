//! The published documents: discovery, keys and user info.
use super::{IssuerDefect, State, id_token::subject};
use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde_json::json;

/// `GET /.well-known/openid-configuration` (OpenID Connect Discovery 1.0).
pub(super) async fn discovery(state: Data<State>) -> HttpResponse {
    if state.mutable().defect == Some(IssuerDefect::DiscoveryDown) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let url = &state.url;
    HttpResponse::Ok().json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "jwks_uri": format!("{url}/jwks"),
        "scopes_supported": ["openid", "email", "profile"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["iss", "sub", "aud", "iat", "exp", "nonce", "email", "email_verified", "name"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

/// `GET /jwks`.
pub(super) async fn jwks(state: Data<State>) -> HttpResponse {
    if state.mutable().defect == Some(IssuerDefect::JwksDown) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    HttpResponse::Ok().json(state.keys.jwks())
}

/// `GET` and `POST /userinfo` with a bearer token.
pub(super) async fn userinfo(request: HttpRequest, state: Data<State>) -> HttpResponse {
    let header = request
        .headers()
        .get("Authorization")
        .and_then(|value| value.to_str().ok());
    let token = header
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let email = state.mutable().access_tokens.get(token).cloned();
    let Some(email) = email else {
        return HttpResponse::Unauthorized()
            .insert_header(("WWW-Authenticate", "Bearer error=\"invalid_token\""))
            .finish();
    };
    HttpResponse::Ok().json(json!({
        "sub": subject(&email),
        "email": email,
        "email_verified": true,
        "name": state.name_of(&email),
    }))
}
