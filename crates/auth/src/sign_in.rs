//! Starting a sign-in: a transaction for this browser, and the address at the provider.
use crate::{
    Auth, Error, ReturnTo,
    oidc::Provider,
    opaque,
    sql::{self, Params},
};
use infravault_kernel::{Ctx, Id, Secret};
use openidconnect::{
    CsrfToken, LoginHint, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    core::CoreAuthenticationFlow,
};

/// A provider, for people to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderInfo {
    /// Its name in paths.
    pub name: String,
    /// Its name for people.
    pub label: String,
}

/// A sign-in to be started.
#[derive(Clone, Debug, Default)]
pub struct NewSignIn {
    /// Where the browser goes afterwards.
    pub return_to: ReturnTo,
    /// Whom the provider should offer, as a rule an e-mail address.
    pub login_hint: Option<String>,
    /// The refresh token of the session that this browser has, which the new one will replace.
    pub earlier: Option<Secret<String>>,
}

/// A sign-in that has begun.
#[derive(Clone, Debug)]
pub struct SignInStarted {
    /// Where the browser goes now.
    pub location: String,
    /// Binds the sign-in to this browser; belongs into the transaction cookie.
    pub transaction: Secret<String>,
}

impl Auth {
    /// Asks every provider who it is, for `infravault doctor`; gives their names.
    pub async fn check_providers(&self, ctx: &Ctx) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for provider in &self.0.providers {
            let answer = provider.metadata(ctx).await;
            let name = &provider.config.name;
            answer.map_err(|why| Error::setup(format!("the provider `{name}` does not answer"), why.0))?;
            names.push(provider.config.name.clone());
        }
        Ok(names)
    }

    /// The providers that people can sign in with.
    #[must_use]
    pub fn list_providers(&self) -> Vec<ProviderInfo> {
        let info = |provider: &Provider| ProviderInfo {
            name: provider.config.name.clone(),
            label: provider.config.label.clone(),
        };
        self.0.providers.iter().map(info).collect()
    }

    /// Begins a sign-in (`OpenID` Connect code flow with PKCE): state, nonce and verifier of 256 random bits each are
    /// kept under the hash of a random id that only this browser gets.
    pub async fn begin_sign_in(
        &self,
        ctx: &Ctx,
        provider: &str,
        new: NewSignIn,
    ) -> Result<SignInStarted, Error> {
        let provider = self.provider(provider).ok_or(Error::NotFound)?;
        let metadata = provider.metadata(ctx).await.map_err(|why| {
            slog::warn!(ctx.log, "a sign-in provider does not answer";
                "provider" => &provider.config.name, "reason" => why.0);
            Error::LoginUnavailable
        })?;
        let [id, state, nonce, verifier] = [(); 4].map(|()| opaque::new(ctx));
        let client = provider.client(&metadata, self.redirect_uri()?);
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.expose().clone()));
        let (state_text, nonce_text) = (state.expose().clone(), nonce.expose().clone());
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state_text),
                || Nonce::new(nonce_text),
            )
            .set_pkce_challenge(challenge)
            // The library adds `openid` by itself.
            .add_scopes(
                provider
                    .config
                    .scopes
                    .iter()
                    .filter(|scope| *scope != "openid")
                    .cloned()
                    .map(Scope::new),
            );
        if let Some(hint) = new.login_hint {
            request = request.set_login_hint(LoginHint::new(hint));
        }
        let (location, _, _) = request.url();

        let tx = self.db().begin_system().await?;
        let row = sql::AddSignInParams {
            id_hash: opaque::hash(id.expose()).unwrap_or_default().to_vec(),
            provider: &provider.config.name,
            state: state.expose(),
            nonce: nonce.expose(),
            pkce_verifier: verifier.expose(),
            return_to: new.return_to.as_str(),
            earlier_session: self
                .session_of_refresh_in(&tx, new.earlier.as_ref())
                .await?
                .map(Id::uuid),
            created_at: ctx.now(),
            expires_at: ctx.now() + self.config().sign_in_ttl,
        };
        sql::add_sign_in().params(&*tx, &row).await?;
        tx.commit().await?;
        Ok(SignInStarted {
            location: location.into(),
            transaction: id,
        })
    }

    pub(crate) fn provider(&self, name: &str) -> Option<&Provider> {
        self.0
            .providers
            .iter()
            .find(|provider| provider.config.name == name)
    }

    /// The one address that providers send browsers back to; made of the configured origin, never of a request.
    pub(crate) fn redirect_uri(&self) -> Result<RedirectUrl, Error> {
        let address = format!("{}/api/v1/auth/callback", self.0.public_origin);
        RedirectUrl::new(address).map_err(|error| Error::setup("the public origin is no address", error))
    }
}
