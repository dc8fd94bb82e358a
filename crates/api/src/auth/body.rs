//! How sessions, API tokens and scopes look on the wire.
use infravault_auth::{ApiToken, Session};
use infravault_kernel::{Id as _, Scope, Scopes};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// What an API token may do.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Scope)]
pub enum ScopeWord {
    /// Read own images and their metadata.
    #[serde(rename = "images:read")]
    ImagesRead,
    /// Upload and change images.
    #[serde(rename = "images:write")]
    ImagesWrite,
    /// Delete images.
    #[serde(rename = "images:delete")]
    ImagesDelete,
    /// Read the own profile.
    #[serde(rename = "profile:read")]
    ProfileRead,
    /// Change the own profile.
    #[serde(rename = "profile:write")]
    ProfileWrite,
    /// What the role ADMIN allows.
    #[serde(rename = "admin")]
    Admin,
}

impl From<Scope> for ScopeWord {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::ImagesRead => Self::ImagesRead,
            Scope::ImagesWrite => Self::ImagesWrite,
            Scope::ImagesDelete => Self::ImagesDelete,
            Scope::ProfileRead => Self::ProfileRead,
            Scope::ProfileWrite => Self::ProfileWrite,
            Scope::Admin => Self::Admin,
        }
    }
}

impl From<ScopeWord> for Scope {
    fn from(word: ScopeWord) -> Self {
        match word {
            ScopeWord::ImagesRead => Self::ImagesRead,
            ScopeWord::ImagesWrite => Self::ImagesWrite,
            ScopeWord::ImagesDelete => Self::ImagesDelete,
            ScopeWord::ProfileRead => Self::ProfileRead,
            ScopeWord::ProfileWrite => Self::ProfileWrite,
            ScopeWord::Admin => Self::Admin,
        }
    }
}

/// Every scope of a set, in order.
pub(super) fn words(scopes: &Scopes) -> Vec<ScopeWord> {
    scopes.iter().map(ScopeWord::from).collect()
}

/// A signed-in browser or client.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionBody {
    /// Names the session.
    id: Uuid,
    /// The provider that the person signed in with.
    provider: String,
    /// What the browser says it is.
    user_agent: String,
    /// The address it signed in from.
    ip: String,
    /// Whether it is the one that asks.
    current: bool,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When the person last proved who they are.
    #[serde(with = "time::serde::rfc3339")]
    authenticated_at: OffsetDateTime,
    /// When it was last refreshed.
    #[serde(with = "time::serde::rfc3339")]
    last_used_at: OffsetDateTime,
    /// When it ends at the latest.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl SessionBody {
    pub(super) fn new(session: Session, current: bool) -> Self {
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

/// An API token, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiToken)]
pub struct ApiTokenBody {
    /// Names the token.
    id: Uuid,
    /// What its owner calls it.
    name: String,
    /// What it may do.
    scopes: Vec<ScopeWord>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it stops working.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// When it was last used, to the minute.
    #[serde(with = "time::serde::rfc3339::option")]
    last_used_at: Option<OffsetDateTime>,
}

impl From<ApiToken> for ApiTokenBody {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id.uuid(),
            name: token.name,
            scopes: words(&token.scopes),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}
