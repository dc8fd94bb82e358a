//! The caller of a request: its credential, and the actor that the database resolves it to.
use crate::{AccountId, ApiTokenId, DomainError, ErrorKind, SessionId};
use std::{fmt, str::FromStr};

/// The credential of a request, verified without the database. The request's transaction checks that the session or
/// token is still valid and the account is active.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credential {
    /// No credential.
    #[default]
    Anonymous,
    /// An access token with a valid signature.
    Session {
        /// The session of the token (`sid`).
        session: SessionId,
        /// The account of the token (`sub`).
        account: AccountId,
    },
    /// An API token with a valid checksum.
    ApiToken {
        /// The SHA-256 of the token's text.
        hash: [u8; 32],
    },
    /// The process itself: sweeper, migrations, administrative commands.
    System,
}

/// The caller, as resolved by the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A caller without a credential.
    Anonymous,
    /// An active account with a valid credential.
    Authenticated(Principal),
    /// The process itself.
    System,
}

/// An active account with a valid credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub account: AccountId,
    /// The current role of the account.
    pub role: Role,
    /// The scopes of the credential. A session has every scope.
    pub scopes: Scopes,
    /// The quota of the account, in bytes of originals.
    pub quota_bytes: i64,
    /// The kind of credential.
    pub auth_method: AuthMethod,
}

/// The kind of credential that a principal authenticated with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// A session of a browser or native client.
    Session(SessionId),
    /// An API token.
    ApiToken(ApiTokenId),
}

impl Actor {
    /// Returns the principal, or an error if the caller is not authenticated.
    pub fn require_principal(&self) -> Result<&Principal, AccessError> {
        match self {
            Self::Authenticated(principal) => Ok(principal),
            Self::Anonymous | Self::System => Err(AccessError::AuthenticationRequired),
        }
    }

    /// Returns the principal if its credential has this scope.
    pub fn require_scope(&self, scope: Scope) -> Result<&Principal, AccessError> {
        let principal = self.require_principal()?;
        if principal.scopes.contains(scope) {
            Ok(principal)
        } else {
            Err(AccessError::InsufficientScope(scope))
        }
    }

    /// Returns the principal if it authenticated with a session. API tokens cannot manage credentials.
    pub fn require_session(&self) -> Result<(&Principal, SessionId), AccessError> {
        let principal = self.require_principal()?;
        match principal.auth_method {
            AuthMethod::Session(session) => Ok((principal, session)),
            AuthMethod::ApiToken(_) => Err(AccessError::SessionRequired),
        }
    }

    /// Returns the principal if it is an administrator with [`Scope::Admin`].
    pub fn require_admin(&self) -> Result<&Principal, AccessError> {
        let principal = self.require_scope(Scope::Admin)?;
        if principal.role == Role::Admin {
            Ok(principal)
        } else {
            Err(AccessError::Forbidden)
        }
    }

    /// The account of an authenticated caller.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Authenticated(principal) => Some(principal.account),
            Self::Anonymous | Self::System => None,
        }
    }
}

/// The caller is not allowed to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The caller is not authenticated.
    #[error("sign in, or send an API token as `Authorization: Bearer`")]
    AuthenticationRequired,
    /// The API token lacks a scope.
    #[error("this API token lacks the scope `{0}`")]
    InsufficientScope(Scope),
    /// The operation requires a session, not an API token.
    #[error("this operation requires a browser session; API tokens are not accepted")]
    SessionRequired,
    /// The role of the account does not allow the operation.
    #[error("your role does not allow this operation")]
    Forbidden,
}

impl DomainError for AccessError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::AuthenticationRequired => ErrorKind::Unauthenticated,
            Self::InsufficientScope(_) | Self::SessionRequired | Self::Forbidden => ErrorKind::Denied,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::AuthenticationRequired => "authentication-required",
            Self::InsufficientScope(_) | Self::SessionRequired => "insufficient-scope",
            Self::Forbidden => "forbidden",
        }
    }
}

macro_rules! string_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The text in the API and in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ParseEnumError;
            fn from_str(text: &str) -> Result<Self, ParseEnumError> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(ParseEnumError { allowed: &[$($text,)*] }),
                }
            }
        }
    };
}

/// The text is not a value of the enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseEnumError {
    allowed: &'static [&'static str],
}

impl fmt::Display for ParseEnumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be one of {}", self.allowed.join(", "))
    }
}

impl std::error::Error for ParseEnumError {}

string_enum! {
    /// The role of an account.
    Role {
        /// Stores images.
        User = "USER",
        /// Also reviews reported public images.
        Moderator = "MODERATOR",
        /// Also manages accounts and the installation.
        Admin = "ADMIN",
    }
}

string_enum! {
    /// A permission of an API token.
    Scope {
        /// Read images and their metadata.
        ImagesRead = "images:read",
        /// Upload and change images.
        ImagesWrite = "images:write",
        /// Delete images.
        ImagesDelete = "images:delete",
        /// Read the profile.
        ProfileRead = "profile:read",
        /// Change the profile.
        ProfileWrite = "profile:write",
        /// Use the permissions of the role ADMIN.
        Admin = "admin",
    }
}

/// A set of scopes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Every scope; sessions have this set.
    #[must_use]
    pub fn all() -> Self {
        Self(Scope::ALL.to_vec())
    }

    /// Creates a sorted set without duplicates.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut all: Vec<Scope> = scopes.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    /// Whether the set contains the scope.
    #[must_use]
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }
}

impl fmt::Display for Scopes {
    /// Space-separated, as in RFC 6749 section 3.3.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&names.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = ParseEnumError;
    fn from_str(text: &str) -> Result<Self, ParseEnumError> {
        text.split_ascii_whitespace()
            .map(str::parse)
            .collect::<Result<Vec<Scope>, _>>()
            .map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_round_trip_and_unknown_values_are_rejected() {
        let scopes: Scopes = "images:write images:read images:read".parse().unwrap();
        assert_eq!(scopes.to_string(), "images:read images:write");
        assert!(scopes.contains(Scope::ImagesRead) && !scopes.contains(Scope::Admin));
        assert!("images:read root".parse::<Scopes>().is_err());
        assert_eq!(
            "user".parse::<Role>().unwrap_err().to_string(),
            "must be one of USER, MODERATOR, ADMIN"
        );
    }
}
