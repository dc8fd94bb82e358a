//! Starts a sign-in: stores its state for this browser and builds the authorization URL.
use crate::{
    Auth, Error, ReturnTo,
    oidc::Provider,
    opaque_token,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, Secret};
use openidconnect::{
    CsrfToken, LoginHint, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreAuthenticationFlow, CoreProviderMetadata},
};

/// A configured provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderInfo {
    /// Name in paths.
    pub name: String,
    /// Display name.
    pub label: String,
}

/// Options of a sign-in.
#[derive(Clone, Debug, Default)]
pub struct SignInOptions {
    pub return_to: ReturnTo,
    /// Account that the provider suggests, usually an e-mail address.
    pub login_hint: Option<String>,
    /// Refresh token of this browser's current session, which the new session replaces.
    pub current_refresh: Option<Secret<String>>,
}

/// A started sign-in.
#[derive(Clone, Debug)]
pub struct StartedSignIn {
    /// URL that the browser is redirected to.
    pub authorization_url: String,
    /// Value of the transaction cookie, which binds the sign-in to this browser.
    pub transaction: Secret<String>,
}

/// The secrets of an authorization request, 256 random bits each.
struct SignInSecrets {
    transaction: Secret<String>,
    state: Secret<String>,
    nonce: Secret<String>,
    pkce_verifier: Secret<String>,
}

impl Auth {
    /// Fetches the metadata of every provider, for `infravault doctor`. Returns their names.
    pub async fn check_providers(&self, ctx: &Ctx) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for provider in &self.0.providers {
            let name = &provider.config.name;
            provider
                .metadata(ctx)
                .await
                .map_err(|error| Error::setup(format!("the provider `{name}` does not respond"), error.0))?;
            names.push(name.clone());
        }
        Ok(names)
    }

    /// Returns the configured providers in the order of the settings.
    #[must_use]
    pub fn list_providers(&self) -> Vec<ProviderInfo> {
        let info = |provider: &Provider| ProviderInfo {
            name: provider.config.name.clone(),
            label: provider.config.label.clone(),
        };
        self.0.providers.iter().map(info).collect()
    }

    /// Starts a sign-in (`OpenID` Connect authorization code flow with PKCE). State, nonce and PKCE verifier are
    /// stored under the hash of a random transaction id that only this browser receives.
    pub async fn begin_sign_in(
        &self,
        ctx: &Ctx,
        provider: &str,
        options: SignInOptions,
    ) -> Result<StartedSignIn, Error> {
        let provider = self.provider(provider).ok_or(Error::NotFound)?;
        let metadata = provider.metadata(ctx).await.map_err(|error| {
            slog::warn!(ctx.log, "sign-in provider does not respond";
                "provider" => &provider.config.name, "reason" => error.0);
            Error::ProviderUnavailable
        })?;
        let [transaction, state, nonce, pkce_verifier] = [(); 4].map(|()| opaque_token::generate(ctx));
        let secrets = SignInSecrets {
            transaction,
            state,
            nonce,
            pkce_verifier,
        };
        let authorization_url = self.authorization_url(provider, &metadata, &secrets, options.login_hint)?;
        let tx = self.db().begin_system().await?;
        let previous_session = self
            .find_session_by_refresh_token_in(&tx, options.current_refresh.as_ref())
            .await?;
        let row = sql::AddSignInParams {
            id_hash: opaque_token::hash(secrets.transaction.expose())
                .unwrap_or_default()
                .to_vec(),
            provider: &provider.config.name,
            state: secrets.state.expose(),
            nonce: secrets.nonce.expose(),
            pkce_verifier: secrets.pkce_verifier.expose(),
            return_to: options.return_to.as_str(),
            previous_session: previous_session.map(Id::uuid),
            expires_at: ctx.now() + self.config().sign_in_ttl,
        };
        sql::add_sign_in().params(&*tx, &row).await?;
        tx.commit().await?;
        Ok(StartedSignIn {
            authorization_url,
            transaction: secrets.transaction,
        })
    }

    fn authorization_url(
        &self,
        provider: &Provider,
        metadata: &CoreProviderMetadata,
        secrets: &SignInSecrets,
        login_hint: Option<String>,
    ) -> Result<String, Error> {
        let client = provider.client(metadata, self.redirect_uri()?);
        let verifier = PkceCodeVerifier::new(secrets.pkce_verifier.expose().clone());
        let (state, nonce) = (secrets.state.expose().clone(), secrets.nonce.expose().clone());
        // The library adds `openid` itself.
        let scopes = provider.config.scopes.iter().filter(|scope| *scope != "openid");
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(scopes.cloned().map(Scope::new));
        if let Some(hint) = login_hint {
            request = request.set_login_hint(LoginHint::new(hint));
        }
        let (url, _, _) = request.url();
        Ok(url.into())
    }

    pub(crate) fn provider(&self, name: &str) -> Option<&Provider> {
        self.0
            .providers
            .iter()
            .find(|provider| provider.config.name == name)
    }

    /// Returns the redirect URI of every provider. Built from the configured origin, never from a request.
    pub(crate) fn redirect_uri(&self) -> Result<RedirectUrl, Error> {
        let uri = format!("{}/api/v1/auth/callback", self.0.public_origin);
        RedirectUrl::new(uri).map_err(|error| Error::setup("the public origin is not a URL", error))
    }
}
