//! The HTTP client for providers: bounded in time and size, follows no redirect.
use crate::{Error, config};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http, url::Url};
use std::{future::Future, pin::Pin, time::Duration};

/// No document of a provider is larger.
const MAX_BYTES: usize = 1 << 20;

/// Asks providers.
#[derive(Clone, Debug)]
pub(crate) struct Http(reqwest::Client);

/// Why a provider could not be asked. A refusal that it can explain is no error here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// The address is not one that secrets may be sent to.
    #[error("the address is neither https nor on this machine")]
    Address,
    /// It cannot be reached, or is too slow.
    #[error("no answer")]
    Transport(#[from] reqwest::Error),
    /// It says that it has a problem.
    #[error("the answer was {0}")]
    Status(u16),
    /// The answer is too large.
    #[error("the answer has more than {MAX_BYTES} bytes")]
    TooLarge,
    /// The answer cannot be passed on.
    #[error("the answer is malformed")]
    Malformed(#[from] http::Error),
}

impl Http {
    /// A client that waits for `timeout` at most.
    pub(crate) fn new(timeout: Duration) -> Result<Self, Error> {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(timeout)
            .connect_timeout(timeout)
            .user_agent("infravault")
            .build()
            .map(Self)
            .map_err(|error| Error::setup("the HTTP client for sign-in providers cannot be made", error))
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let address = Url::parse(&request.uri().to_string()).map_err(|_| HttpError::Address)?;
        if !config::is_private_enough(&address) {
            return Err(HttpError::Address);
        }
        let mut response = self.0.execute(request.try_into()?).await?;
        if response.status().is_server_error() || response.status().as_u16() == 429 {
            return Err(HttpError::Status(response.status().as_u16()));
        }
        let mut answer = http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(answer.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
