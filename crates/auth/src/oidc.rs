//! One provider: its metadata and keys, asked for when first needed and kept for a while.
use crate::{
    config::{ProviderConfig, is_private_enough},
    http::Http,
};
use infravault_kernel::Ctx;
use openidconnect::{
    AuthType, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    JsonWebKeySet, RedirectUrl,
    core::{CoreClient, CoreClientAuthMethod, CoreJwsSigningAlgorithm, CoreProviderMetadata},
};
use std::{error::Error as StdError, sync::Arc, time::Duration};
use time::OffsetDateTime;
use tokio::sync::Mutex;

/// How long a provider that did not answer is left alone.
const PAUSE: Duration = Duration::from_secs(2);
/// How often the keys are asked for again because a token names an unknown one.
const KEYS_PAUSE: Duration = Duration::from_mins(1);

/// The client of the code flow, as the metadata make it.
pub(crate) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider cannot be used at the moment; the text is for the log.
#[derive(Clone, Debug)]
pub(crate) struct Unavailable(pub(crate) String);

/// One provider.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) config: ProviderConfig,
    pub(crate) http: Http,
    ttl: Duration,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    metadata: Option<(Arc<CoreProviderMetadata>, OffsetDateTime)>,
    keys_again: Option<OffsetDateTime>,
    failed: Option<(Unavailable, OffsetDateTime)>,
}

impl Provider {
    /// A provider that nothing is known of yet.
    pub(crate) fn new(config: ProviderConfig, http: Http, ttl: Duration) -> Self {
        Self {
            config,
            http,
            ttl,
            known: Mutex::default(),
        }
    }

    /// The provider's metadata and keys. Whoever comes while they are asked for waits for the same answer.
    pub(crate) async fn metadata(&self, ctx: &Ctx) -> Result<Arc<CoreProviderMetadata>, Unavailable> {
        let mut known = self.known.lock().await;
        let now = ctx.now();
        if let Some((metadata, since)) = &known.metadata
            && now - *since < self.ttl
        {
            return Ok(Arc::clone(metadata));
        }
        if let Some((why, since)) = &known.failed
            && now - *since < PAUSE
        {
            return Err(why.clone());
        }
        match self.discover().await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                known.metadata = Some((Arc::clone(&metadata), ctx.now()));
                known.failed = None;
                Ok(metadata)
            }
            Err(why) => {
                known.failed = Some((why.clone(), ctx.now()));
                Err(why)
            }
        }
    }

    /// The metadata with keys asked for anew, at most once a minute; in between those that are known.
    pub(crate) async fn metadata_with_new_keys(
        &self,
        ctx: &Ctx,
    ) -> Result<Arc<CoreProviderMetadata>, Unavailable> {
        let metadata = self.metadata(ctx).await?;
        let mut known = self.known.lock().await;
        if known
            .keys_again
            .is_some_and(|since| ctx.now() - since < KEYS_PAUSE)
        {
            return Ok(metadata);
        }
        known.keys_again = Some(ctx.now());
        let keys = JsonWebKeySet::fetch_async(metadata.jwks_uri(), &self.http)
            .await
            .map_err(|error| Unavailable(format!("its keys: {}", causes(&error))))?;
        let metadata = Arc::new(CoreProviderMetadata::clone(&metadata).set_jwks(keys));
        known.metadata = Some((Arc::clone(&metadata), ctx.now()));
        Ok(metadata)
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, Unavailable> {
        let issuer =
            IssuerUrl::new(self.config.issuer.clone()).map_err(|error| Unavailable(error.to_string()))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(|error| Unavailable(format!("its metadata: {}", causes(&error))))?;
        let token_endpoint = metadata
            .token_endpoint()
            .ok_or_else(|| Unavailable("its metadata name no token endpoint".to_owned()))?;
        if !is_private_enough(metadata.authorization_endpoint().url())
            || !is_private_enough(token_endpoint.url())
        {
            return Err(Unavailable("its metadata name addresses without TLS".to_owned()));
        }
        Ok(metadata)
    }

    /// The client of the code flow.
    pub(crate) fn client(&self, metadata: &CoreProviderMetadata, redirect: RedirectUrl) -> Client {
        let secret = self
            .config
            .client_secret
            .as_ref()
            .map(|secret| ClientSecret::new(secret.expose().clone()));
        let id = ClientId::new(self.config.client_id.clone());
        CoreClient::from_provider_metadata(metadata.clone(), id, secret)
            .set_redirect_uri(redirect)
            .set_auth_type(auth_type(metadata))
    }

    /// The algorithms that an ID token of this provider may be signed with.
    pub(crate) fn algorithms(&self, metadata: &CoreProviderMetadata) -> Vec<CoreJwsSigningAlgorithm> {
        let ours = [
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        ];
        if self.config.name == "google" {
            return vec![CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256];
        }
        ours.into_iter()
            .filter(|algorithm| {
                metadata
                    .id_token_signing_alg_values_supported()
                    .contains(algorithm)
            })
            .collect()
    }
}

/// HTTP Basic, which every provider must know, unless this one says that it only takes the secret in the body.
fn auth_type(metadata: &CoreProviderMetadata) -> AuthType {
    let body_only = metadata
        .token_endpoint_auth_methods_supported()
        .is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
    if body_only {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }
}

/// The message of an error and of everything that caused it, for the log.
pub(crate) fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::{Clock, Credential, config::Env};
    use std::{
        io::{BufRead, BufReader, Write},
        net::TcpListener,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };
    use time::macros::datetime;

    /// Answers every request for keys with an empty set, and counts them. The thread ends with the process.
    fn serve(listener: &TcpListener, asked: &AtomicUsize) {
        let url = format!("http://{}", listener.local_addr().unwrap());
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap())
                .lines()
                .map(Result::unwrap);
            let first = lines.next().unwrap_or_default();
            for line in lines {
                if line.is_empty() {
                    break;
                }
            }
            let body = if first.contains("/jwks") {
                asked.fetch_add(1, Ordering::SeqCst);
                r#"{"keys":[]}"#.to_owned()
            } else {
                format!(
                    r#"{{"issuer":"{url}","authorization_endpoint":"{url}/a","token_endpoint":"{url}/t","jwks_uri":"{url}/jwks","response_types_supported":["code"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["HS256","RS512","ES256"]}}"#
                )
            };
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
    }

    #[tokio::test]
    async fn keys_are_asked_for_again_once_a_minute_at_most() {
        infravault_testkit::install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        std::thread::spawn(move || serve(&listener, &counter));
        let values = [
            ("OIDC_PROVIDERS", "x"),
            ("OIDC_X_ISSUER", &issuer),
            ("OIDC_X_CLIENT_ID", "x"),
        ];
        let mut env: Env = values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let config = crate::Config::from_env(&mut env);
        let http = Http::new(config.provider_timeout).unwrap();
        let provider = Provider::new(config.providers[0].clone(), http, config.discovery_ttl);
        let clock = Clock::fixed(datetime!(2026-10-01 12:00 UTC));
        let ctx = Ctx::new(&infravault_testkit::log(), Credential::Anonymous, clock.clone());

        let metadata = provider.metadata(&ctx).await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert_eq!(
            provider.algorithms(&metadata),
            [CoreJwsSigningAlgorithm::EcdsaP256Sha256]
        );
        for _ in 0..5 {
            provider.metadata_with_new_keys(&ctx).await.unwrap();
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        clock.advance(time::Duration::seconds(60));
        for _ in 0..5 {
            provider.metadata_with_new_keys(&ctx).await.unwrap();
        }
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}
