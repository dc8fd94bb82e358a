//! The context of one request or one background task; the first parameter of every use case.
use crate::{Clock, Credential, Id};
use slog::Logger;
use std::fmt;
use uuid::Uuid;

/// Names one request in answers and logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Accepts what a trusted proxy sent: 8 to 64 letters, digits and hyphens.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (8..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
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

/// Who asks, when, under which name, and where to log. Four fields; anything else is an argument.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Names the request.
    pub request_id: RequestId,
    /// A child logger that already carries the request id.
    pub log: Logger,
    /// What the request proved.
    pub credential: Credential,
    /// The time.
    pub clock: Clock,
}

impl Ctx {
    /// A context for a request that starts now, with a new request id.
    #[must_use]
    pub fn new(log: &Logger, credential: Credential, clock: Clock) -> Self {
        Self::with_request_id(RequestId(new_uuid(&clock).to_string()), log, credential, clock)
    }

    /// A context whose request id is already known.
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

    /// A context for the process itself.
    #[must_use]
    pub fn system(log: &Logger, clock: Clock) -> Self {
        Self::new(log, Credential::System, clock)
    }

    /// The same request with another credential.
    #[must_use]
    pub fn acting_as(&self, credential: Credential) -> Self {
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

    /// A new id that sorts after the earlier ones (UUID version 7).
    #[must_use]
    pub fn new_id<I: Id>(&self) -> I {
        I::from_uuid(new_uuid(&self.clock))
    }

    /// Unpredictable bytes from the operating system.
    ///
    /// # Panics
    /// Never in practice: a system without randomness cannot run a vault.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        random()
    }
}

#[expect(
    clippy::expect_used,
    reason = "without randomness nothing here is safe to continue"
)]
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
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
    fn request_ids_are_plain_words() {
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
