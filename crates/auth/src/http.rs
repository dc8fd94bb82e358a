//! The HTTP client for identity providers: limits time and response size, follows no redirects.
use crate::Error;
use openidconnect::{
    AsyncHttpClient, HttpRequest, HttpResponse, http,
    url::{Host, Url},
};
use std::{future::Future, pin::Pin, time::Duration};

const MAX_RESPONSE_BYTES: usize = 1 << 20;

/// Sends requests to identity providers.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient(reqwest::Client);

/// Reasons for a missing or unusable response. Statuses below 500 other than 429 are responses, not errors.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the URL is neither https nor on the loopback interface")]
    InsecureUrl,
    #[error("no response")]
    Transport(#[from] reqwest::Error),
    #[error("the response status is {0}")]
    Status(u16),
    #[error("the response has more than {MAX_RESPONSE_BYTES} bytes")]
    TooLarge,
    #[error("the response is malformed")]
    Malformed(#[from] http::Error),
}

impl HttpClient {
    /// Creates a client; `timeout` limits a whole request.
    pub(crate) fn new(timeout: Duration) -> Result<Self, Error> {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(timeout)
            .connect_timeout(timeout)
            .user_agent("infravault")
            .build()
            .map(Self)
            .map_err(|error| Error::setup("cannot create the HTTP client for sign-in providers", error))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| HttpError::InsecureUrl)?;
        if !is_secure_url(&url) {
            return Err(HttpError::InsecureUrl);
        }
        let mut received = self.0.execute(request.try_into()?).await?;
        if received.status().is_server_error() || received.status().as_u16() == 429 {
            return Err(HttpError::Status(received.status().as_u16()));
        }
        let mut response = http::Response::builder().status(received.status());
        for (name, value) in received.headers() {
            response = response.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = received.chunk().await? {
            if body.len() + chunk.len() > MAX_RESPONSE_BYTES {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(response.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Returns whether secrets may be sent to this URL: over TLS, or to the loopback interface.
pub(crate) fn is_secure_url(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        ("http", Some(Host::Domain(name))) => name == "localhost",
        _ => false,
    }
}
