//! Who is asking: the proof that came with a request, and the person it turned out to be.
use crate::{AccountId, ApiTokenId, Failure, Kind, SessionId};
use std::{fmt, str::FromStr};

/// What a request proved without asking the database. Whether it still counts (session not ended, account
/// active) is decided when the request's transaction begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credential {
    /// Nothing was presented.
    #[default]
    Anonymous,
    /// An access token with a good signature.
    Session {
        /// The session the token belongs to (`sid`).
        session: SessionId,
        /// The account it names (`sub`).
        account: AccountId,
    },
    /// An API token whose checksum is right, as the SHA-256 that is stored of it.
    ApiToken {
        /// SHA-256 of the whole token text.
        hash: [u8; 32],
    },
    /// The process itself: sweeper, migrations, administration on the command line.
    System,
}

/// Who is asking, as the database knows it at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody signed in.
    Anonymous,
    /// A live credential of an active account.
    Person(Person),
    /// The process itself.
    System,
}

/// A person with a live credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// Its role now.
    pub role: Role,
    /// What this credential may do; a session may do everything.
    pub scopes: Scopes,
    /// How many bytes of originals the account may store.
    pub quota_bytes: i64,
    /// How the person proved it.
    pub via: Via,
}

/// The kind of credential a person came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A signed-in browser or native client.
    Session(SessionId),
    /// A scoped token for scripts.
    ApiToken(ApiTokenId),
}

impl Actor {
    /// The person, or why there is none.
    pub fn person(&self) -> Result<&Person, Denied> {
        match self {
            Self::Person(person) => Ok(person),
            Self::Anonymous | Self::System => Err(Denied::AuthenticationRequired),
        }
    }

    /// The person, if the credential carries this scope.
    pub fn with_scope(&self, scope: Scope) -> Result<&Person, Denied> {
        let person = self.person()?;
        if person.scopes.contains(scope) {
            Ok(person)
        } else {
            Err(Denied::InsufficientScope(scope))
        }
    }

    /// The person, if this is a session: tokens never manage credentials.
    pub fn with_session(&self) -> Result<(&Person, SessionId), Denied> {
        let person = self.person()?;
        match person.via {
            Via::Session(session) => Ok((person, session)),
            Via::ApiToken(_) => Err(Denied::SessionRequired),
        }
    }

    /// The person, if it is an administrator whose credential carries [`Scope::Admin`].
    pub fn administrator(&self) -> Result<&Person, Denied> {
        let person = self.with_scope(Scope::Admin)?;
        if person.role == Role::Admin {
            Ok(person)
        } else {
            Err(Denied::Forbidden)
        }
    }

    /// The account, where there is one.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Person(person) => Some(person.account),
            Self::Anonymous | Self::System => None,
        }
    }
}

/// Why somebody may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody is signed in.
    #[error("sign in, or send an API token as `Authorization: Bearer`")]
    AuthenticationRequired,
    /// The API token lacks a scope.
    #[error("this API token lacks the scope `{0}`")]
    InsufficientScope(Scope),
    /// An API token tried what only a signed-in person may do.
    #[error("an API token cannot do this; sign in with a browser session")]
    SessionRequired,
    /// The role does not allow it.
    #[error("your role does not allow this")]
    Forbidden,
}

impl Failure for Denied {
    fn kind(&self) -> Kind {
        match self {
            Self::AuthenticationRequired => Kind::Unauthenticated,
            Self::InsufficientScope(_) | Self::SessionRequired | Self::Forbidden => Kind::Denied,
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

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The word used in the API and in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(UnknownWord { allowed: &[$($word,)*] }),
                }
            }
        }
    };
}

/// A word outside a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    allowed: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be one of {}", self.allowed.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

words! {
    /// What a person is to this installation.
    Role {
        /// Stores own images.
        User = "USER",
        /// Also judges reported public images.
        Moderator = "MODERATOR",
        /// Also manages accounts and the installation.
        Admin = "ADMIN",
    }
}

words! {
    /// What an API token may do.
    Scope {
        /// Read own images and their metadata.
        ImagesRead = "images:read",
        /// Upload and change images.
        ImagesWrite = "images:write",
        /// Delete images.
        ImagesDelete = "images:delete",
        /// Read the own profile.
        ProfileRead = "profile:read",
        /// Change the own profile.
        ProfileWrite = "profile:write",
        /// What the role ADMIN allows.
        Admin = "admin",
    }
}

/// A set of scopes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Every scope, which is what a session has.
    #[must_use]
    pub fn all() -> Self {
        Self(Scope::ALL.to_vec())
    }

    /// A set of these scopes, ordered and without repeats.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut all: Vec<Scope> = scopes.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    /// Whether the scope is in the set.
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
        let words: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        text.split_ascii_whitespace()
            .map(str::parse)
            .collect::<Result<Vec<Scope>, _>>()
            .map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_round_trip_and_refuse_unknown_words() {
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
