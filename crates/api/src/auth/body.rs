//! Sessions, API tokens and scopes on the wire.
use crate::wire::mirror_enum;
use infravault_auth as auth;
use infravault_kernel::{self as kernel, Id as _, Scopes};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

mirror_enum! {
    /// Permission of an API token.
    ///
    /// - `images:read`: read your images and their metadata.
    /// - `images:write`: upload images and change their metadata.
    /// - `images:delete`: delete images.
    /// - `profile:read`: read your profile.
    /// - `profile:write`: change your profile.
    /// - `admin`: everything that the role `ADMIN` allows.
    #[derive(Deserialize)]
    pub enum Scope = kernel::Scope {
        #[serde(rename = "images:read")]
        ImagesRead,
        #[serde(rename = "images:write")]
        ImagesWrite,
        #[serde(rename = "images:delete")]
        ImagesDelete,
        #[serde(rename = "profile:read")]
        ProfileRead,
        #[serde(rename = "profile:write")]
        ProfileWrite,
        #[serde(rename = "admin")]
        Admin,
    }
}

/// Returns every scope of a set, in order.
pub(super) fn list_scopes(scopes: &Scopes) -> Vec<Scope> {
    scopes.iter().map(Scope::from).collect()
}

/// A signed-in browser or native client.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Session ID.
    #[schema(example = "01a1fd57-7a38-7f04-9c61-5be20a8d7734")]
    id: Uuid,
    /// Name of the provider that was used to sign in.
    #[schema(example = "google")]
    provider: String,
    /// `User-Agent` of the browser.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")]
    user_agent: String,
    /// IP address of the sign-in.
    #[schema(example = "203.0.113.24")]
    ip: String,
    /// Whether this is the session of the request.
    #[schema(example = true)]
    current: bool,
    /// When the session started.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-21T09:02:11Z")]
    created_at: OffsetDateTime,
    /// When the user last authenticated at the provider.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-21T09:02:11Z")]
    authenticated_at: OffsetDateTime,
    /// When the session was last refreshed.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-21T10:17:11Z")]
    last_used_at: OffsetDateTime,
    /// When the session expires, even if it is used.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-12-21T09:02:11Z")]
    expires_at: OffsetDateTime,
}

impl Session {
    pub(super) fn new(session: auth::Session, current: bool) -> Self {
        Self {
            id: session.id.uuid(),
            provider: session.provider,
            user_agent: session.user_agent,
            ip: session.ip,
            current,
            created_at: session.created_at,
            authenticated_at: session.authenticated_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    }
}

/// An API token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiToken {
    /// API token ID.
    #[schema(example = "01a1a236-8748-7e90-b3fa-c8a14d62e57b")]
    id: Uuid,
    /// Name of the token.
    #[schema(example = "Photo backup")]
    name: String,
    /// Permissions of the token.
    scopes: Vec<Scope>,
    /// When the token was created.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-03T16:20:45Z")]
    created_at: OffsetDateTime,
    /// When the token expires.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2027-02-01T16:20:45Z")]
    expires_at: OffsetDateTime,
    /// When the token was last used, with a precision of one minute. Null if it was never used.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(example = "2026-11-21T03:00:00Z")]
    last_used_at: Option<OffsetDateTime>,
}

impl From<auth::ApiToken> for ApiToken {
    fn from(token: auth::ApiToken) -> Self {
        Self {
            id: token.id.uuid(),
            name: token.name,
            scopes: list_scopes(&token.scopes),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}
