//! Verifies the token of a request without the database.
use crate::{Auth, Error, api_token_secret};
use infravault_kernel::Credential;
use time::OffsetDateTime;

/// A token as the request transports it.
#[derive(Clone, Copy)]
pub enum PresentedToken<'a> {
    /// The value of `Authorization: Bearer`: an access token or an API token.
    Bearer(&'a str),
    /// The value of the access cookie: an access token.
    Cookie(&'a str),
}

impl Auth {
    /// Verifies the token and returns a credential. The transaction of the request checks later whether the session
    /// or API token is still valid.
    pub fn authenticate(&self, token: PresentedToken<'_>, now: OffsetDateTime) -> Result<Credential, Error> {
        let token = match token {
            PresentedToken::Bearer(token) if token.starts_with(api_token_secret::PREFIX) => {
                let hash = api_token_secret::hash(token).ok_or(Error::InvalidToken)?;
                return Ok(Credential::ApiToken { hash });
            }
            PresentedToken::Bearer(token) | PresentedToken::Cookie(token) => token,
        };
        let (session, account) = self.0.access_tokens.verify(token, now)?;
        Ok(Credential::Session { session, account })
    }
}
