//! Typed identifiers: every id is a UUID version 7 (RFC 9562), made by the application.
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// What all typed ids can do.
pub trait Id: Copy + Eq {
    /// Takes the id from a stored or parsed UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID itself, for queries.
    fn uuid(self) -> Uuid;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl Id for $name {
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            /// Accepts the hyphenated form only, so that an id has one spelling.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse::<uuid::fmt::Hyphenated>().map(|id| Self(id.into_uuid()))
            }
        }
    )*};
}

ids! {
    /// A person's account.
    AccountId;
    /// A signed-in browser or native client.
    SessionId;
    /// A scoped credential for scripts.
    ApiTokenId;
    /// One image with its metadata.
    ImageId;
    /// An upload that is open: announced, its bytes still to come.
    UploadId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let text = "01930000-0000-7000-8000-00000000002a";
        assert_eq!(text.parse::<ImageId>().unwrap().to_string(), text);
        for other in [
            "",
            "42",
            "0193000000007000800000000000002a",
            "{01930000-0000-7000-8000-00000000002a}",
        ] {
            assert!(other.parse::<ImageId>().is_err(), "{other}");
        }
    }
}
