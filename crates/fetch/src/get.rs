//! One GET request with its redirects.
use crate::{
    Config, Error,
    address::is_allowed,
    resolve::{NOT_PUBLIC, PublicResolver},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use percent_encoding::percent_decode_str;
use reqwest::{
    Client, Response, StatusCode,
    header::{self, HeaderMap},
    redirect::Policy,
};
use std::{error, net::IpAddr, pin::Pin, sync::Arc};
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

const MAX_REDIRECTS: usize = 3;
/// In bytes.
const MAX_URL_LEN: usize = 2048;
const TIMED_OUT: &str = "it timed out";

/// Sends requests to URLs from users. Clones share the client.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    config: Arc<Config>,
}

/// A successful response.
pub struct FetchResponse<S> {
    /// The last segment of the URL's path; may be empty.
    pub file_name: String,
    /// The `Content-Type` as received.
    pub media_type: String,
    /// The announced length in bytes.
    pub len: Option<u64>,
    /// The body.
    pub body: S,
}

impl Fetcher {
    /// Creates the client without connecting.
    pub fn new(config: Config) -> Result<Self, Error> {
        let resolver = PublicResolver {
            allowed: config.allowed_networks.clone().into(),
        };
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(resolver))
            // Each request opens a new connection, so that its address is checked.
            .pool_max_idle_per_host(0)
            .http1_only()
            .user_agent("infravault")
            .build()
            .map_err(Error::Setup)?;
        Ok(Self {
            client,
            config: Arc::new(config),
        })
    }

    /// Requests a URL. The body ends with an error if it is truncated, times out or exceeds `limit` bytes.
    pub async fn get(
        &self,
        url: &str,
        limit: u64,
    ) -> Result<FetchResponse<impl Stream<Item = Result<Bytes, Error>> + use<>>, Error> {
        if !self.config.enabled {
            return Err(Error::Disabled);
        }
        let deadline = Instant::now() + self.config.timeout;
        let (url, response) = timeout_at(deadline, self.follow_redirects(self.validate(url)?))
            .await
            .map_err(|_| Error::Failed(TIMED_OUT.to_owned()))??;
        let len = response.content_length();
        if len.is_some_and(|len| len > limit) {
            return Err(too_large(limit));
        }
        let media_type = header_text(response.headers(), &header::CONTENT_TYPE).to_owned();
        let mut remaining = limit;
        let bytes = response.bytes_stream().map_err(|error| convert_error(&error));
        let bytes = bytes.map(move |chunk| {
            let chunk = chunk?;
            let len = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            remaining = remaining.checked_sub(len).ok_or_else(|| too_large(limit))?;
            Ok(chunk)
        });
        let file_name = url.path_segments().and_then(|mut parts| parts.next_back());
        Ok(FetchResponse {
            file_name: percent_decode_str(file_name.unwrap_or_default())
                .decode_utf8_lossy()
                .into_owned(),
            media_type,
            len,
            body: with_deadline(deadline, bytes),
        })
    }

    /// Returns the first response that is not a redirect, and its URL.
    async fn follow_redirects(&self, mut url: Url) -> Result<(Url, Response), Error> {
        for _ in 0..=MAX_REDIRECTS {
            let request = self
                .client
                .get(url.clone())
                .header(header::ACCEPT, "image/jpeg, image/png, image/gif, image/webp")
                .header(header::ACCEPT_ENCODING, "identity");
            let response = request.send().await.map_err(|error| convert_error(&error))?;
            if !response.status().is_redirection() {
                return check_response(response).map(|response| (url, response));
            }
            let location = header_text(response.headers(), &header::LOCATION);
            let next = url
                .join(location)
                .map_err(|_| Error::NotAllowed("it redirects to an invalid URL"))?;
            url = self.validate(next.as_str())?;
        }
        Err(Error::NotAllowed("it redirects more than three times"))
    }

    /// Parses and checks a URL. IP addresses are checked here, host names by the resolver.
    fn validate(&self, text: &str) -> Result<Url, Error> {
        if text.len() > MAX_URL_LEN {
            return Err(Error::NotAllowed("it is longer than 2,048 bytes"));
        }
        let mut url = Url::parse(text).map_err(|_| Error::NotAllowed("it is not a valid URL"))?;
        // Remove the trailing dot of a fully qualified name; certificates and hosts files omit it.
        if let Some(name) = url.domain().and_then(|name| name.strip_suffix('.')) {
            let name = name.to_owned();
            url.set_host(Some(&name))
                .map_err(|_| Error::NotAllowed("it has no host"))?;
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::NotAllowed("it is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::NotAllowed("it contains a user name or password"));
        }
        if !url
            .port_or_known_default()
            .is_some_and(|port| self.config.ports.contains(&port))
        {
            return Err(Error::NotAllowed("its port is not allowed"));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(Error::NotAllowed("it has no host")),
        };
        match address {
            Some(address) if !is_allowed(address, &self.config.allowed_networks) => {
                Err(Error::NotAllowed(NOT_PUBLIC))
            }
            _ => Ok(url),
        }
    }
}

/// Checks the status and that the body is not compressed.
fn check_response(response: Response) -> Result<Response, Error> {
    if response.status() != StatusCode::OK {
        return Err(Error::Failed(format!(
            "the server responded with status {}",
            response.status().as_u16()
        )));
    }
    let encoding = header_text(response.headers(), &header::CONTENT_ENCODING);
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(Error::Failed("the response is compressed".to_owned()));
    }
    Ok(response)
}

fn header_text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> &'h str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn too_large(limit: u64) -> Error {
    Error::Failed(format!("the body is larger than the limit of {limit} bytes"))
}

/// Converts an error of the client, without its details about addresses.
fn convert_error(error: &reqwest::Error) -> Error {
    let mut cause: Option<&dyn error::Error> = Some(error);
    while let Some(error) = cause {
        if let Some(Error::NotAllowed(reason)) = error.downcast_ref() {
            return Error::NotAllowed(reason);
        }
        cause = error.source();
    }
    let reason = if error.is_connect() {
        "the server is unreachable"
    } else if error.is_body() || error.is_decode() {
        "the connection was interrupted"
    } else {
        "the response is not valid HTTP"
    };
    Error::Failed(reason.to_owned())
}

/// Ends the body with an error at the deadline.
fn with_deadline<S: Stream<Item = Result<Bytes, Error>>>(
    deadline: Instant,
    body: S,
) -> impl Stream<Item = Result<Bytes, Error>> {
    let next = move |body: Option<Pin<Box<S>>>| async move {
        let mut body = body?;
        match timeout_at(deadline, body.next()).await {
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(body))),
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Ok(None) => None,
            Err(_) => Some((Err(Error::Failed(TIMED_OUT.to_owned())), None)),
        }
    };
    futures_util::stream::unfold(Some(Box::pin(body)), next)
}
