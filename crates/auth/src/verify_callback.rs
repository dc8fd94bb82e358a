//! Finishes a sign-in: checks the callback against the started sign-in and verifies the ID token.
use crate::{
    AuditEvent, Auth, Error, ReturnTo,
    oidc::{Provider, ProviderError},
    opaque_token,
    sql::{self, Params},
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use infravault_kernel::{Ctx, Id, Secret, SessionId, error_chain};
use openidconnect::{
    AccessToken, AuthorizationCode, ClaimsVerificationError, EndUserEmail, LocalizedClaim, Nonce,
    OAuth2TokenResponse, PkceCodeVerifier, RequestTokenError, SignatureVerificationError, TokenResponse,
    UserInfoError,
    core::{CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreProviderMetadata, CoreUserInfoClaims},
};
use std::{
    ops::Deref,
    time::{Duration, SystemTime},
};
use time::OffsetDateTime;

/// Accepted difference between the provider's clock and ours.
const LEEWAY: Duration = Duration::from_mins(1);
const MAX_CODE_BYTES: usize = 4096;

/// The parameters and the cookie of a request to the callback.
#[derive(Clone, Debug, Default)]
pub struct Callback {
    pub state: Option<String>,
    pub code: Option<Secret<String>>,
    pub error: Option<String>,
    /// The parameter `iss` (RFC 9207).
    pub issuer: Option<String>,
    /// Value of the transaction cookie.
    pub transaction: Option<Secret<String>>,
}

/// A verified identity and the data of its sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedIdentity {
    /// Configured name of the provider.
    pub provider: String,
    pub issuer: String,
    pub subject: String,
    /// Verified by the provider. Does not identify an account.
    pub email: String,
    pub name: Option<String>,
    pub return_to: ReturnTo,
    /// Session of this browser when the sign-in started.
    pub previous_session: Option<SessionId>,
}

/// Why a callback has no verified identity.
enum CallbackError {
    /// The callback or the token is invalid; the text is for the log and the audit trail.
    Rejected(String),
    /// The provider does not respond; the text is for the log.
    ProviderUnavailable(String),
    Internal(Error),
}

impl From<ProviderError> for CallbackError {
    fn from(ProviderError(reason): ProviderError) -> Self {
        Self::ProviderUnavailable(reason)
    }
}

impl From<Error> for CallbackError {
    fn from(error: Error) -> Self {
        Self::Internal(error)
    }
}

fn reject<T>(reason: impl Into<String>) -> Result<T, CallbackError> {
    Err(CallbackError::Rejected(reason.into()))
}

impl Auth {
    /// Verifies a callback. Its sign-in is deleted whatever the result. Every rejection returns
    /// [`Error::SignInFailed`]; the reason is in the audit trail.
    pub async fn verify_callback(&self, ctx: &Ctx, callback: &Callback) -> Result<VerifiedIdentity, Error> {
        let started = self.consume_sign_in(ctx, callback).await?;
        let provider = started
            .as_ref()
            .map(|started| started.provider.clone())
            .unwrap_or_default();
        let error = match self.verify_identity(ctx, callback, started).await {
            Ok(identity) => return Ok(identity),
            Err(error) => error,
        };
        match error {
            CallbackError::Rejected(reason) => {
                slog::warn!(ctx.log, "sign-in rejected"; "provider" => &provider, "reason" => &reason);
                // Without a started sign-in, any client could fill the audit trail.
                if !provider.is_empty() {
                    let tx = self.db().begin_system().await?;
                    let detail = serde_json::json!({ "provider": provider, "reason": reason });
                    self.audit_in(&tx, ctx, None, AuditEvent::SignInFailed, None, &detail)
                        .await?;
                    tx.commit().await?;
                }
                Err(Error::SignInFailed)
            }
            CallbackError::ProviderUnavailable(reason) => {
                slog::warn!(ctx.log, "sign-in provider does not respond"; "provider" => provider, "reason" => reason);
                Err(Error::ProviderUnavailable)
            }
            CallbackError::Internal(error) => Err(error),
        }
    }

    /// Deletes the sign-in of this browser and the one that the state names; returns the former if it has not
    /// expired.
    async fn consume_sign_in(
        &self,
        ctx: &Ctx,
        callback: &Callback,
    ) -> Result<Option<sql::ConsumeSignIns>, Error> {
        let cookie = callback.transaction.as_ref().map_or("", |id| id.expose());
        let (id_hash, state) = (
            opaque_token::hash(cookie),
            callback.state.clone().unwrap_or_default(),
        );
        if id_hash.is_none() && opaque_token::hash(&state).is_none() {
            return Ok(None);
        }
        let id_hash = id_hash.unwrap_or_default().to_vec();
        let params = sql::ConsumeSignInsParams {
            id_hash: id_hash.as_slice(),
            state: state.replace('\0', ""),
        };
        let tx = self.db().begin_system().await?;
        let deleted = sql::consume_sign_ins().params(&*tx, &params).all().await?;
        tx.commit().await?;
        let own = deleted.into_iter().find(|row| row.id_hash == id_hash);
        Ok(own.filter(|row| row.expires_at > ctx.now()))
    }

    async fn verify_identity(
        &self,
        ctx: &Ctx,
        callback: &Callback,
        started: Option<sql::ConsumeSignIns>,
    ) -> Result<VerifiedIdentity, CallbackError> {
        let Some(started) = started else {
            return reject("no sign-in in progress in this browser");
        };
        let Some(provider) = self.provider(&started.provider) else {
            return reject("the provider is no longer configured");
        };
        let code = check_parameters(callback, &started, provider)?;
        let metadata = provider.metadata(ctx).await?;
        let (id_token, access_token) = self.exchange_code(provider, &metadata, code, &started).await?;
        let nonce = Nonce::new(started.nonce);
        let claims = verify_id_token(ctx, provider, &metadata, &id_token, &nonce).await?;
        let (email, name) = self
            .fetch_profile(provider, &metadata, &claims, access_token)
            .await?;
        Ok(VerifiedIdentity {
            provider: started.provider,
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email,
            name,
            return_to: started.return_to.parse().unwrap_or_default(),
            previous_session: started.previous_session.map(SessionId::from_uuid),
        })
    }

    /// Exchanges the authorization code. The provider's access token is used only to fetch the profile.
    async fn exchange_code(
        &self,
        provider: &Provider,
        metadata: &CoreProviderMetadata,
        code: &Secret<String>,
        started: &sql::ConsumeSignIns,
    ) -> Result<(CoreIdToken, AccessToken), CallbackError> {
        let client = provider.client(metadata, self.redirect_uri()?);
        let response = client
            .exchange_code(AuthorizationCode::new(code.expose().clone()))
            .map_err(|error| CallbackError::ProviderUnavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(started.pkce_verifier.clone()))
            .request_async(&provider.http)
            .await;
        match response {
            Ok(tokens) => match tokens.id_token() {
                Some(id_token) => Ok((id_token.clone(), tokens.access_token().clone())),
                None => reject("the token response has no ID token"),
            },
            Err(RequestTokenError::Request(error)) => {
                Err(CallbackError::ProviderUnavailable(error_chain(&error)))
            }
            Err(RequestTokenError::ServerResponse(response)) => {
                let code = response.error().as_ref();
                reject(format!("the provider rejected the code: {code}"))
            }
            Err(RequestTokenError::Parse(error, _)) => reject(format!("token response: {error}")),
            Err(RequestTokenError::Other(reason)) => reject(format!("token response: {reason}")),
        }
    }

    /// Returns e-mail address and name from the ID token, or from the userinfo endpoint if the ID token has no
    /// e-mail address.
    async fn fetch_profile(
        &self,
        provider: &Provider,
        metadata: &CoreProviderMetadata,
        claims: &CoreIdTokenClaims,
        access_token: AccessToken,
    ) -> Result<(String, Option<String>), CallbackError> {
        if let Some(email) = claims.email() {
            let email = require_verified(email, claims.email_verified())?;
            return Ok((email, default_text(claims.name())));
        }
        let client = provider.client(metadata, self.redirect_uri()?);
        let Ok(request) = client.user_info(access_token, Some(claims.subject().clone())) else {
            return reject("the provider returned no e-mail address");
        };
        let info: CoreUserInfoClaims = match request.request_async(&provider.http).await {
            Ok(info) => info,
            Err(UserInfoError::Request(error)) => {
                return Err(CallbackError::ProviderUnavailable(error_chain(&error)));
            }
            Err(error) => return reject(format!("userinfo: {error}")),
        };
        let Some(email) = info.email() else {
            return reject("the provider returned no e-mail address");
        };
        let email = require_verified(email, info.email_verified())?;
        Ok((email, default_text(info.name())))
    }
}

/// Checks `state`, `iss` and `error`, and returns the authorization code.
fn check_parameters<'c>(
    callback: &'c Callback,
    started: &sql::ConsumeSignIns,
    provider: &Provider,
) -> Result<&'c Secret<String>, CallbackError> {
    let state = callback.state.as_deref().unwrap_or_default();
    if verify_slices_are_equal(state.as_bytes(), started.state.as_bytes()).is_err() {
        return reject("the state belongs to another sign-in");
    }
    if let Some(issuer) = &callback.issuer
        && *issuer != provider.config.issuer
    {
        return reject("the response is from another issuer");
    }
    if let Some(error) = &callback.error {
        let error: String = error.chars().filter(char::is_ascii_graphic).take(60).collect();
        return reject(format!("the provider returned the error {error}"));
    }
    match &callback.code {
        Some(code) if code.expose().len() <= MAX_CODE_BYTES => Ok(code),
        _ => reject("the response has no code"),
    }
}

/// Verifies the ID token. If no known key matches, the provider's keys are refreshed first.
async fn verify_id_token(
    ctx: &Ctx,
    provider: &Provider,
    metadata: &CoreProviderMetadata,
    id_token: &CoreIdToken,
    nonce: &Nonce,
) -> Result<CoreIdTokenClaims, CallbackError> {
    use {ClaimsVerificationError::SignatureVerification, SignatureVerificationError::NoMatchingKey};
    let first = id_token_verifier(ctx.now(), provider, metadata);
    let mut verified = id_token.claims(&first, nonce).cloned();
    if matches!(verified, Err(SignatureVerification(NoMatchingKey))) {
        let metadata = provider.metadata_with_refreshed_keys(ctx).await?;
        let second = id_token_verifier(ctx.now(), provider, &metadata);
        verified = id_token.claims(&second, nonce).cloned();
    }
    let claims = match verified {
        Ok(claims) => claims,
        Err(error) => return reject(format!("ID token: {}", error_chain(&error))),
    };
    // The library does not check the authorized party.
    match claims.authorized_party() {
        Some(party) if party.as_str() != provider.config.client_id => {
            reject("ID token: issued to another party")
        }
        _ => Ok(claims),
    }
}

/// Checks signature, issuer, audience, nonce and times (`OpenID` Connect Core 3.1.3.7).
fn id_token_verifier<'a>(
    now: OffsetDateTime,
    provider: &Provider,
    metadata: &CoreProviderMetadata,
) -> CoreIdTokenVerifier<'a> {
    let now = SystemTime::from(now);
    CoreIdTokenVerifier::new_public_client(
        openidconnect::ClientId::new(provider.config.client_id.clone()),
        metadata.issuer().clone(),
        metadata.jwks().clone(),
    )
    .set_allowed_algs(provider.algorithms(metadata))
    .set_time_fn(move || (now - LEEWAY).into())
    .set_issue_time_verifier_fn(move |issued| {
        if SystemTime::from(issued) <= now + LEEWAY {
            Ok(())
        } else {
            Err("issued in the future".to_owned())
        }
    })
}

/// Returns the value of a claim that has no language tag.
fn default_text<T: Deref<Target = String>>(claim: Option<&LocalizedClaim<T>>) -> Option<String> {
    let value = claim.and_then(|values| values.get(None))?;
    Some(String::clone(value))
}

fn require_verified(email: &EndUserEmail, verified: Option<bool>) -> Result<String, CallbackError> {
    if verified == Some(true) {
        Ok(email.to_string())
    } else {
        reject("the e-mail address is not verified")
    }
}
