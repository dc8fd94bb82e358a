//! What a request proves about its caller, found out offline.
use crate::{Auth, Error, token_text};
use infravault_kernel::Credential;
use time::OffsetDateTime;

/// What a request presented.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// The value of `Authorization: Bearer`: an access token or an API token.
    Bearer(&'a str),
    /// The value of the access cookie: an access token.
    Cookie(&'a str),
}

impl Auth {
    /// Turns what was presented into a credential, or refuses it, without a look at the database. Whether the session
    /// or API token still counts is decided when the request's transaction begins.
    pub fn authenticate(&self, presented: Presented<'_>, now: OffsetDateTime) -> Result<Credential, Error> {
        let token = match presented {
            Presented::Bearer(token) if token.starts_with(token_text::PREFIX) => {
                let hash = token_text::hash(token).ok_or(Error::InvalidToken)?;
                return Ok(Credential::ApiToken { hash });
            }
            Presented::Bearer(token) | Presented::Cookie(token) => token,
        };
        let (session, account) = self.0.access_tokens.verify(token, now)?;
        Ok(Credential::Session { session, account })
    }
}
