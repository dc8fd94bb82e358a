//! One GET with its redirects.
use crate::{
    Config, Error,
    address::may_be_reached,
    resolve::{NOT_PUBLIC, PublicOnly},
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

/// How often another address may be named instead.
const MAX_REDIRECTS: usize = 3;
/// No URL of an image is longer.
const MAX_URL_LEN: usize = 2048;
const TOO_SLOW: &str = "it took too long";

/// Fetches by URL. Clones share the client.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    config: Arc<Config>,
}

/// What is about to come.
pub struct FetchResponse<S> {
    /// What the last part of the URL's path is called; may be empty.
    pub file_name: String,
    /// The `Content-Type`, as it was sent.
    pub media_type: String,
    /// How many bytes will come, where that was said.
    pub len: Option<u64>,
    /// The bytes.
    pub body: S,
}

impl Fetcher {
    /// The client. Nothing is connected yet.
    pub fn new(config: Config) -> Result<Self, Error> {
        let resolver = PublicOnly {
            allowed: config.allowed_networks.clone().into(),
        };
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(resolver))
            // Every connection is judged anew.
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

    /// Asks for a URL; at most `limit` bytes will come. What ends early, late or too large ends the body with an error.
    pub async fn get(
        &self,
        url: &str,
        limit: u64,
    ) -> Result<FetchResponse<impl Stream<Item = Result<Bytes, Error>> + use<>>, Error> {
        if !self.config.enabled {
            return Err(Error::Disabled);
        }
        let deadline = Instant::now() + self.config.timeout;
        let (url, response) = timeout_at(deadline, self.follow(self.permitted(url)?))
            .await
            .map_err(|_| Error::Failed(TOO_SLOW.to_owned()))??;
        let len = response.content_length();
        if len.is_some_and(|len| len > limit) {
            return Err(too_large(limit));
        }
        let media_type = text(response.headers(), &header::CONTENT_TYPE).to_owned();
        let mut left = limit;
        let bytes = response.bytes_stream().map_err(|error| failed(&error));
        let bytes = bytes.map(move |piece| {
            let piece = piece?;
            let len = u64::try_from(piece.len()).unwrap_or(u64::MAX);
            left = left.checked_sub(len).ok_or_else(|| too_large(limit))?;
            Ok(piece)
        });
        let file_name = url.path_segments().and_then(|mut parts| parts.next_back());
        Ok(FetchResponse {
            file_name: percent_decode_str(file_name.unwrap_or_default())
                .decode_utf8_lossy()
                .into_owned(),
            media_type,
            len,
            body: until(deadline, bytes),
        })
    }

    /// The answer that is no redirect, and the URL that gave it.
    async fn follow(&self, mut url: Url) -> Result<(Url, Response), Error> {
        for _ in 0..=MAX_REDIRECTS {
            let request = self
                .client
                .get(url.clone())
                .header(header::ACCEPT, "image/jpeg, image/png, image/gif, image/webp")
                .header(header::ACCEPT_ENCODING, "identity");
            let response = request.send().await.map_err(|error| failed(&error))?;
            if !response.status().is_redirection() {
                return judged(response).map(|response| (url, response));
            }
            let to = text(response.headers(), &header::LOCATION);
            let next = url
                .join(to)
                .map_err(|_| Error::NotAllowed("a redirect leads nowhere"))?;
            url = self.permitted(next.as_str())?;
        }
        Err(Error::NotAllowed("it redirects more than three times"))
    }

    /// The URL, if its form may be fetched. Names are judged when they are looked up; numbers never are, so they are here.
    fn permitted(&self, text: &str) -> Result<Url, Error> {
        if text.len() > MAX_URL_LEN {
            return Err(Error::NotAllowed("it is longer than 2,048 bytes"));
        }
        let mut url = Url::parse(text).map_err(|_| Error::NotAllowed("it is no URL"))?;
        // A name with its last dot is the same name; certificates and hosts files have it without.
        if let Some(name) = url.domain().and_then(|name| name.strip_suffix('.')) {
            let name = name.to_owned();
            url.set_host(Some(&name))
                .map_err(|_| Error::NotAllowed("it names no host"))?;
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::NotAllowed("it is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::NotAllowed("it names a user"));
        }
        if !url
            .port_or_known_default()
            .is_some_and(|port| self.config.ports.contains(&port))
        {
            return Err(Error::NotAllowed("its port is not permitted"));
        }
        let number = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(Error::NotAllowed("it names no host")),
        };
        match number {
            Some(address) if !may_be_reached(address, &self.config.allowed_networks) => {
                Err(Error::NotAllowed(NOT_PUBLIC))
            }
            _ => Ok(url),
        }
    }
}

/// The answer, if it brings the thing itself and as it is.
fn judged(response: Response) -> Result<Response, Error> {
    if response.status() != StatusCode::OK {
        return Err(Error::Failed(format!(
            "it answered {}",
            response.status().as_u16()
        )));
    }
    let encoding = text(response.headers(), &header::CONTENT_ENCODING);
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(Error::Failed("it sent it compressed".to_owned()));
    }
    Ok(response)
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> &'h str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn too_large(limit: u64) -> Error {
    Error::Failed(format!(
        "it has more than the {limit} bytes that an image may have"
    ))
}

/// What the client says went wrong, without what it says about addresses.
fn failed(error: &reqwest::Error) -> Error {
    let mut cause: Option<&dyn error::Error> = Some(error);
    while let Some(error) = cause {
        if let Some(Error::NotAllowed(reason)) = error.downcast_ref() {
            return Error::NotAllowed(reason);
        }
        cause = error.source();
    }
    let reason = if error.is_connect() {
        "it cannot be reached"
    } else if error.is_body() || error.is_decode() {
        "it broke off"
    } else {
        "it does not speak HTTP"
    };
    Error::Failed(reason.to_owned())
}

/// The same, until the deadline.
fn until<S: Stream<Item = Result<Bytes, Error>>>(
    deadline: Instant,
    body: S,
) -> impl Stream<Item = Result<Bytes, Error>> {
    let next = move |body: Option<Pin<Box<S>>>| async move {
        let mut body = body?;
        match timeout_at(deadline, body.next()).await {
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(body))),
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Ok(None) => None,
            Err(_) => Some((Err(Error::Failed(TOO_SLOW.to_owned())), None)),
        }
    };
    futures_util::stream::unfold(Some(Box::pin(body)), next)
}
