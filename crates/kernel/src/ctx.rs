//! The context of one request or one background task; the first parameter of every use case.
use crate::{Clock, Credential, Id};
use slog::Logger;
use std::fmt;
use uuid::Uuid;

/// The ID of one request, in responses and logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Parses an ID from a trusted proxy: 8 to 64 ASCII letters, digits and hyphens.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (8..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        fits.then(|| Self(text.to_owned()))
    }

    /// The ID as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The context of a request. It has exactly four fields; everything else is an argument.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The request ID.
    pub request_id: RequestId,
    /// A child logger that carries the request ID.
    pub log: Logger,
    /// The verified credential.
    pub credential: Credential,
    /// The clock.
    pub clock: Clock,
}

impl Ctx {
    /// Creates a context with a new request ID.
    #[must_use]
    pub fn new(log: &Logger, credential: Credential, clock: Clock) -> Self {
        Self::with_request_id(RequestId(new_uuid(&clock).to_string()), log, credential, clock)
    }

    /// Creates a context with a given request ID.
    #[must_use]
    pub fn with_request_id(
        request_id: RequestId,
        log: &Logger,
        credential: Credential,
        clock: Clock,
    ) -> Self {
        let log = log.new(slog::o!("request_id" => request_id.to_string()));
        Self {
            request_id,
            log,
            credential,
            clock,
        }
    }

    /// Creates a context for the process itself.
    #[must_use]
    pub fn system(log: &Logger, clock: Clock) -> Self {
        Self::new(log, Credential::System, clock)
    }

    /// Clones the context with another credential.
    #[must_use]
    pub fn with_credential(&self, credential: Credential) -> Self {
        Self {
            credential,
            ..self.clone()
        }
    }

    /// The time in UTC.
    #[must_use]
    pub fn now(&self) -> time::OffsetDateTime {
        self.clock.now()
    }

    /// Generates an ID that sorts after earlier ones (UUID version 7).
    #[must_use]
    pub fn new_id<I: Id>(&self) -> I {
        I::from_uuid(new_uuid(&self.clock))
    }

    /// Returns random bytes from the operating system.
    ///
    /// # Panics
    /// Panics if the operating system provides no randomness.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        random()
    }
}

#[expect(clippy::expect_used, reason = "no operation is secure without randomness")]
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system provides random bytes");
    bytes
}

fn new_uuid(clock: &Clock) -> Uuid {
    let millis = u64::try_from(clock.now().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_limited_to_letters_digits_and_hyphens() {
        for good in ["abcdefgh", "01930000-0000-7000-8000-00000000002a"] {
            assert!(RequestId::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "short",
            "with space in",
            "new\nline-here",
            &"a".repeat(65),
            "quote\"quote",
        ] {
            assert!(RequestId::parse(bad).is_none(), "{bad}");
        }
    }
}
