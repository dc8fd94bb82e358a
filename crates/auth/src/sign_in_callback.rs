//! Finishing a sign-in: what the browser brings back is checked against what was begun, and the provider is asked.
use crate::{
    Auth, Error, Event, ReturnTo,
    oidc::{Provider, Unavailable, causes},
    opaque,
    sql::{self, Params},
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use infravault_kernel::{Ctx, Id, Secret, SessionId};
use openidconnect::{
    AccessToken, AuthorizationCode, ClaimsVerificationError, Nonce, OAuth2TokenResponse, PkceCodeVerifier,
    RequestTokenError, SignatureVerificationError, TokenResponse, UserInfoError,
    core::{CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreProviderMetadata, CoreUserInfoClaims},
};
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;

/// How far the provider's clock may be from ours.
const LEEWAY: Duration = Duration::from_mins(1);
/// Longer texts are no part of a callback.
const MAX_BYTES: usize = 4096;

/// What a browser brings back from the provider.
#[derive(Clone, Debug, Default)]
pub struct Callback {
    /// The `state` parameter.
    pub state: Option<String>,
    /// The `code` parameter.
    pub code: Option<Secret<String>>,
    /// The `error` parameter.
    pub error: Option<String>,
    /// The `iss` parameter (RFC 9207).
    pub issuer: Option<String>,
    /// The transaction cookie.
    pub transaction: Option<Secret<String>>,
}

/// Who signed in, as a provider says and as was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedIdentity {
    /// The provider's name here.
    pub provider: String,
    /// The provider's issuer identifier.
    pub issuer: String,
    /// The person's identifier at that issuer.
    pub subject: String,
    /// The e-mail address, which the provider has verified. It is no identity.
    pub email: String,
    /// The name for people, where the provider tells one.
    pub name: Option<String>,
    /// The address of an image, where the provider tells one.
    pub image: Option<String>,
    /// Where the browser wanted to go.
    pub return_to: ReturnTo,
    /// The session that this browser had when it started to sign in.
    pub earlier_session: Option<SessionId>,
}

/// Why there is no identity.
enum Refusal {
    /// Something is wrong with the sign-in; the text is for the audit trail.
    Refused(String),
    /// The provider cannot be asked.
    Unavailable(String),
    /// A fault of ours.
    Ours(Error),
}

impl From<Unavailable> for Refusal {
    fn from(Unavailable(why): Unavailable) -> Self {
        Self::Unavailable(why)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

fn refused<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Refused(why.into()))
}

impl Auth {
    /// Verifies a callback. The sign-in it belongs to is used up, whatever comes out. Every refusal is the same
    /// [`Error::LoginFailed`]; why stands in the audit trail.
    pub async fn verify_callback(&self, ctx: &Ctx, callback: &Callback) -> Result<VerifiedIdentity, Error> {
        let begun = self.take_sign_in(ctx, callback).await?;
        let provider = begun
            .as_ref()
            .map(|begun| begun.provider.clone())
            .unwrap_or_default();
        let refusal = match self.verify(ctx, callback, begun).await {
            Ok(identity) => return Ok(identity),
            Err(refusal) => refusal,
        };
        match refusal {
            Refusal::Refused(reason) => {
                slog::warn!(ctx.log, "a sign-in was refused"; "provider" => &provider, "reason" => &reason);
                // Without a sign-in of ours anybody could fill the audit trail.
                if !provider.is_empty() {
                    let tx = self.db().begin_system().await?;
                    let detail = serde_json::json!({ "provider": provider, "reason": reason });
                    self.audit_in(&tx, ctx, None, Event::SignInFailed, None, &detail)
                        .await?;
                    tx.commit().await?;
                }
                Err(Error::LoginFailed)
            }
            Refusal::Unavailable(reason) => {
                slog::warn!(ctx.log, "a sign-in provider does not answer"; "provider" => provider, "reason" => reason);
                Err(Error::LoginUnavailable)
            }
            Refusal::Ours(error) => Err(error),
        }
    }

    /// Takes the sign-in of this browser out of the database, together with the one that the state names.
    async fn take_sign_in(&self, ctx: &Ctx, callback: &Callback) -> Result<Option<sql::TakeSignIns>, Error> {
        let cookie = callback.transaction.as_ref().map_or("", |id| id.expose());
        let (id_hash, state) = (opaque::hash(cookie), callback.state.clone().unwrap_or_default());
        if id_hash.is_none() && opaque::hash(&state).is_none() {
            return Ok(None);
        }
        let id_hash = id_hash.unwrap_or_default().to_vec();
        let tx = self.db().begin_system().await?;
        let taken = sql::take_sign_ins()
            .params(
                &*tx,
                &sql::TakeSignInsParams {
                    id_hash: id_hash.as_slice(),
                    state: state.replace('\0', ""),
                },
            )
            .all()
            .await?;
        tx.commit().await?;
        let own = taken.into_iter().find(|row| row.id_hash == id_hash);
        Ok(own.filter(|row| row.expires_at > ctx.now()))
    }

    async fn verify(
        &self,
        ctx: &Ctx,
        callback: &Callback,
        begun: Option<sql::TakeSignIns>,
    ) -> Result<VerifiedIdentity, Refusal> {
        let Some(begun) = begun else {
            return refused("no sign-in under way in this browser");
        };
        let state = callback.state.as_deref().unwrap_or_default();
        if verify_slices_are_equal(state.as_bytes(), begun.state.as_bytes()).is_err() {
            return refused("the state belongs to another sign-in");
        }
        let Some(provider) = self.provider(&begun.provider) else {
            return refused("the provider is not configured any more");
        };
        if let Some(issuer) = &callback.issuer
            && *issuer != provider.config.issuer
        {
            return refused("the answer comes from another issuer");
        }
        if let Some(error) = &callback.error {
            let error: String = error.chars().filter(char::is_ascii_graphic).take(60).collect();
            return refused(format!("the provider answered with the error {error}"));
        }
        let Some(code) = callback
            .code
            .as_ref()
            .filter(|code| code.expose().len() <= MAX_BYTES)
        else {
            return refused("the answer holds no code");
        };
        let metadata = provider.metadata(ctx).await?;
        let (id_token, access_token) = self.exchange(provider, &metadata, code, &begun).await?;
        let claims = verified_claims(
            ctx,
            provider,
            &metadata,
            &id_token,
            &Nonce::new(begun.nonce.clone()),
        )
        .await?;
        // The library leaves this one to us: who the token was issued to, where it says so.
        if claims
            .authorized_party()
            .is_some_and(|party| party.as_str() != provider.config.client_id)
        {
            return refused("the ID token: it was issued to another party");
        }
        let profile = profile(self, provider, &metadata, &claims, access_token).await?;
        Ok(VerifiedIdentity {
            provider: begun.provider.clone(),
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email: profile.email,
            name: profile.name,
            image: profile.image,
            return_to: begun.return_to.parse().unwrap_or_default(),
            earlier_session: begun.earlier_session.map(SessionId::from_uuid),
        })
    }

    /// Exchanges the code for tokens; the provider's access token is used for the profile at most, then thrown away.
    async fn exchange(
        &self,
        provider: &Provider,
        metadata: &CoreProviderMetadata,
        code: &Secret<String>,
        begun: &sql::TakeSignIns,
    ) -> Result<(CoreIdToken, AccessToken), Refusal> {
        let client = provider.client(metadata, self.redirect_uri()?);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.expose().clone()))
            .map_err(|error| Refusal::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(begun.pkce_verifier.clone()))
            .request_async(&provider.http)
            .await;
        match answer {
            Ok(tokens) => match tokens.id_token() {
                Some(id_token) => Ok((id_token.clone(), tokens.access_token().clone())),
                None => refused("the provider gave no ID token"),
            },
            Err(RequestTokenError::Request(error)) => Err(Refusal::Unavailable(causes(&error))),
            Err(RequestTokenError::ServerResponse(answer)) => refused(format!(
                "the provider refused the code: {}",
                answer.error().as_ref()
            )),
            Err(RequestTokenError::Parse(error, _)) => refused(format!("the provider's tokens: {error}")),
            Err(RequestTokenError::Other(why)) => refused(format!("the provider's tokens: {why}")),
        }
    }
}

/// Verifies the ID token; when no known key fits, the keys are asked for again.
async fn verified_claims(
    ctx: &Ctx,
    provider: &Provider,
    metadata: &CoreProviderMetadata,
    id_token: &CoreIdToken,
    nonce: &Nonce,
) -> Result<CoreIdTokenClaims, Refusal> {
    let first = verifier(ctx.now(), provider, metadata);
    match id_token.claims(&first, nonce) {
        Ok(claims) => return Ok(claims.clone()),
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {}
        Err(error) => return refused(format!("the ID token: {}", causes(&error))),
    }
    let metadata = provider.metadata_with_new_keys(ctx).await?;
    let second = verifier(ctx.now(), provider, &metadata);
    match id_token.claims(&second, nonce) {
        Ok(claims) => Ok(claims.clone()),
        Err(error) => refused(format!("the ID token: {}", causes(&error))),
    }
}

/// Checks signature, issuer, audience, nonce and times (`OpenID` Connect Core 3.1.3.7).
fn verifier<'a>(
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

struct Profile {
    email: String,
    name: Option<String>,
    image: Option<String>,
}

/// E-mail and name: from the ID token where it carries them, else from the userinfo endpoint.
async fn profile(
    auth: &Auth,
    provider: &Provider,
    metadata: &CoreProviderMetadata,
    claims: &CoreIdTokenClaims,
    access_token: AccessToken,
) -> Result<Profile, Refusal> {
    let first = |name: Option<&openidconnect::LocalizedClaim<openidconnect::EndUserName>>| {
        name.and_then(|names| names.get(None))
            .map(|name| name.to_string())
    };
    let image = |image: Option<&openidconnect::LocalizedClaim<openidconnect::EndUserPictureUrl>>| {
        image
            .and_then(|images| images.get(None))
            .map(|image| image.to_string())
    };
    if let Some(email) = claims.email() {
        let email = verified_email(email, claims.email_verified())?;
        return Ok(Profile {
            email,
            name: first(claims.name()),
            image: image(claims.picture()),
        });
    }
    let client = provider.client(metadata, auth.redirect_uri()?);
    let Ok(request) = client.user_info(access_token, Some(claims.subject().clone())) else {
        return refused("the provider tells no e-mail address");
    };
    let info: CoreUserInfoClaims = match request.request_async(&provider.http).await {
        Ok(info) => info,
        Err(UserInfoError::Request(error)) => return Err(Refusal::Unavailable(causes(&error))),
        Err(error) => return refused(format!("the userinfo: {error}")),
    };
    let Some(email) = info.email() else {
        return refused("the provider tells no e-mail address");
    };
    let email = verified_email(email, info.email_verified())?;
    Ok(Profile {
        email,
        name: first(info.name()),
        image: image(info.picture()),
    })
}

fn verified_email(email: &openidconnect::EndUserEmail, verified: Option<bool>) -> Result<String, Refusal> {
    if verified == Some(true) {
        Ok(email.to_string())
    } else {
        refused("the e-mail address is not verified")
    }
}
