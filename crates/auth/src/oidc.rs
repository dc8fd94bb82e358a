//! One identity provider: its metadata and keys, fetched when first needed and cached.
use crate::{
    config::ProviderConfig,
    http::{HttpClient, is_secure_url},
};
use infravault_kernel::{Ctx, error_chain};
use openidconnect::{
    AuthType, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    JsonWebKeySet, RedirectUrl,
    core::{CoreClient, CoreClientAuthMethod, CoreJwsSigningAlgorithm, CoreProviderMetadata},
};
use std::{sync::Arc, time::Duration};
use time::OffsetDateTime;
use tokio::sync::Mutex;

/// Minimum interval between failed discovery requests.
const DISCOVERY_RETRY_INTERVAL: Duration = Duration::from_secs(2);
/// Minimum interval between key requests because of an unknown key ID.
const KEY_REFRESH_INTERVAL: Duration = Duration::from_mins(1);

/// The client of the authorization code flow.
pub(crate) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why the provider cannot be used at the moment; for the log.
#[derive(Clone, Debug)]
pub(crate) struct ProviderError(pub(crate) String);

#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) config: ProviderConfig,
    pub(crate) http: HttpClient,
    ttl: Duration,
    cache: Mutex<ProviderCache>,
}

#[derive(Debug, Default)]
struct ProviderCache {
    metadata: Option<(Arc<CoreProviderMetadata>, OffsetDateTime)>,
    keys_refreshed_at: Option<OffsetDateTime>,
    last_error: Option<(ProviderError, OffsetDateTime)>,
}

impl Provider {
    pub(crate) fn new(config: ProviderConfig, http: HttpClient, ttl: Duration) -> Self {
        Self {
            config,
            http,
            ttl,
            cache: Mutex::default(),
        }
    }

    /// Returns the provider's metadata and keys. Concurrent callers share one request.
    pub(crate) async fn metadata(&self, ctx: &Ctx) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let mut cache = self.cache.lock().await;
        let now = ctx.now();
        if let Some((metadata, fetched_at)) = &cache.metadata
            && now - *fetched_at < self.ttl
        {
            return Ok(Arc::clone(metadata));
        }
        if let Some((error, failed_at)) = &cache.last_error
            && now - *failed_at < DISCOVERY_RETRY_INTERVAL
        {
            return Err(error.clone());
        }
        match self.discover().await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                cache.metadata = Some((Arc::clone(&metadata), ctx.now()));
                cache.last_error = None;
                Ok(metadata)
            }
            Err(error) => {
                cache.last_error = Some((error.clone(), ctx.now()));
                Err(error)
            }
        }
    }

    /// Returns the metadata with refreshed keys. Keys are refreshed at most once a minute.
    pub(crate) async fn metadata_with_refreshed_keys(
        &self,
        ctx: &Ctx,
    ) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let metadata = self.metadata(ctx).await?;
        let mut cache = self.cache.lock().await;
        if cache
            .keys_refreshed_at
            .is_some_and(|refreshed_at| ctx.now() - refreshed_at < KEY_REFRESH_INTERVAL)
        {
            return Ok(metadata);
        }
        cache.keys_refreshed_at = Some(ctx.now());
        let keys = JsonWebKeySet::fetch_async(metadata.jwks_uri(), &self.http)
            .await
            .map_err(|error| ProviderError(format!("keys: {}", error_chain(&error))))?;
        let metadata = Arc::new(CoreProviderMetadata::clone(&metadata).set_jwks(keys));
        cache.metadata = Some((Arc::clone(&metadata), ctx.now()));
        Ok(metadata)
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, ProviderError> {
        let issuer =
            IssuerUrl::new(self.config.issuer.clone()).map_err(|error| ProviderError(error.to_string()))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(|error| ProviderError(format!("metadata: {}", error_chain(&error))))?;
        let token_endpoint = metadata
            .token_endpoint()
            .ok_or_else(|| ProviderError("metadata: no token endpoint".to_owned()))?;
        if !is_secure_url(metadata.authorization_endpoint().url()) || !is_secure_url(token_endpoint.url()) {
            return Err(ProviderError("metadata: endpoint URLs without TLS".to_owned()));
        }
        Ok(metadata)
    }

    /// Creates the client of the authorization code flow.
    pub(crate) fn client(&self, metadata: &CoreProviderMetadata, redirect_uri: RedirectUrl) -> Client {
        let secret = self
            .config
            .client_secret
            .as_ref()
            .map(|secret| ClientSecret::new(secret.expose().clone()));
        let id = ClientId::new(self.config.client_id.clone());
        CoreClient::from_provider_metadata(metadata.clone(), id, secret)
            .set_redirect_uri(redirect_uri)
            .set_auth_type(token_auth_type(metadata))
    }

    /// Returns the algorithms that are accepted for ID tokens of this provider.
    pub(crate) fn algorithms(&self, metadata: &CoreProviderMetadata) -> Vec<CoreJwsSigningAlgorithm> {
        let accepted = [
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        ];
        if self.config.name == "google" {
            return vec![CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256];
        }
        let supported = metadata.id_token_signing_alg_values_supported();
        accepted
            .into_iter()
            .filter(|algorithm| supported.contains(algorithm))
            .collect()
    }
}

/// Returns HTTP Basic, which every provider must support, unless the metadata lists only the request body.
fn token_auth_type(metadata: &CoreProviderMetadata) -> AuthType {
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

    /// Serves metadata and an empty key set, and counts the key requests. The thread ends with the process.
    fn serve(listener: &TcpListener, key_requests: &AtomicUsize) {
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
                key_requests.fetch_add(1, Ordering::SeqCst);
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
    async fn keys_are_refreshed_at_most_once_a_minute() {
        infravault_testkit::install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key_requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&key_requests);
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
        let http = HttpClient::new(config.provider_timeout).unwrap();
        let provider = Provider::new(config.providers[0].clone(), http, config.discovery_ttl);
        let clock = Clock::fixed(datetime!(2026-10-01 12:00 UTC));
        let ctx = Ctx::new(&infravault_testkit::log(), Credential::Anonymous, clock.clone());

        let metadata = provider.metadata(&ctx).await.unwrap();
        assert_eq!(key_requests.load(Ordering::SeqCst), 1);
        assert_eq!(
            provider.algorithms(&metadata),
            [CoreJwsSigningAlgorithm::EcdsaP256Sha256]
        );
        for _ in 0..5 {
            provider.metadata_with_refreshed_keys(&ctx).await.unwrap();
        }
        assert_eq!(key_requests.load(Ordering::SeqCst), 2);
        clock.advance(time::Duration::seconds(60));
        for _ in 0..5 {
            provider.metadata_with_refreshed_keys(&ctx).await.unwrap();
        }
        assert_eq!(key_requests.load(Ordering::SeqCst), 3);
    }
}
