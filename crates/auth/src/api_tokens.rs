//! API tokens: scoped credentials for scripts, created and revoked by their owner.
use crate::{
    AuditEvent, Auth, Error, api_token_secret, policy,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{
    AccountId, ApiTokenId, Ctx, FieldError, Id, Principal, Role, Scope, Scopes, Secret, SessionId,
};
use serde_json::json;
use std::time::Duration;
use time::OffsetDateTime;

const NAME_MAX_CHARS: usize = 100;
/// More than an account can have; expired tokens are listed until they are deleted.
const LIST_LIMIT: i64 = 200;
const SECONDS_PER_DAY: u64 = 86_400;

/// An API token, without its secret text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub name: String,
    pub scopes: Scopes,
    pub created_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    /// Accurate to one minute.
    pub last_used_at: Option<OffsetDateTime>,
}

/// Parameters of a new API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    /// 1 to 100 characters.
    pub name: String,
    /// At least one scope.
    pub scopes: Scopes,
    /// Lifetime in days. Default `AUTH_API_TOKEN_TTL`.
    pub days: Option<u32>,
}

/// A new API token with its secret text, which is not stored.
#[derive(Clone, Debug)]
pub struct IssuedApiToken {
    pub token: ApiToken,
    pub secret: Secret<String>,
}

impl Auth {
    /// Creates an API token. Requires a session with a recent sign-in; API tokens cannot create tokens.
    pub async fn create_api_token(&self, ctx: &Ctx, new: NewApiToken) -> Result<IssuedApiToken, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (principal, session) = actor.require_session()?;
        self.require_recent_sign_in_in(&tx, ctx, principal, session)
            .await?;
        let (account, role) = (principal.account, principal.role);
        let issued = self
            .issue_in(&tx, ctx, Some(account), (account, role), new)
            .await?;
        tx.commit().await?;
        Ok(issued)
    }

    /// Creates an API token for an account within a system transaction, for operators on the host.
    pub async fn issue_api_token_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        account: AccountId,
        role: Role,
        new: NewApiToken,
    ) -> Result<IssuedApiToken, Error> {
        self.issue_in(tx, ctx, None, (account, role), new).await
    }

    async fn issue_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        actor: Option<AccountId>,
        (account, role): (AccountId, Role),
        new: NewApiToken,
    ) -> Result<IssuedApiToken, Error> {
        let ttl = self.validate(&new, role)?;
        self.require_capacity_in(tx, ctx, account).await?;
        let secret = api_token_secret::generate(ctx);
        let token = ApiToken {
            id: ctx.new_id(),
            name: new.name.trim().to_owned(),
            scopes: new.scopes,
            created_at: ctx.now(),
            expires_at: ctx.now() + ttl,
            last_used_at: None,
        };
        let row = sql::AddApiTokenParams {
            id: token.id.uuid(),
            account_id: account.uuid(),
            name: &token.name,
            hash: api_token_secret::hash(secret.expose())
                .unwrap_or_default()
                .to_vec(),
            scopes: token.scopes.to_string(),
            created_at: token.created_at,
            expires_at: token.expires_at,
        };
        sql::add_api_token().params(&**tx, &row).await?;
        let detail = json!({ "token": token.id.to_string(), "scopes": token.scopes.to_string() });
        self.audit_in(
            tx,
            ctx,
            actor,
            AuditEvent::ApiTokenCreated,
            Some(account),
            &detail,
        )
        .await?;
        Ok(IssuedApiToken { token, secret })
    }

    /// Returns the API tokens of the caller that are not revoked, newest first.
    pub async fn list_api_tokens(&self, ctx: &Ctx) -> Result<Vec<ApiToken>, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (principal, _) = actor.require_session()?;
        let params = sql::ListApiTokensParams {
            account_id: principal.account.uuid(),
            limit: LIST_LIMIT,
        };
        let rows = sql::list_api_tokens().params(&*tx, &params).all().await?;
        rows.into_iter()
            .map(|row| {
                let inconsistent =
                    |_| infravault_db::Error::Inconsistent("the scopes of an API token".to_owned());
                Ok(ApiToken {
                    id: ApiTokenId::from_uuid(row.id),
                    name: row.name,
                    scopes: row.scopes.parse().map_err(inconsistent)?,
                    created_at: row.created_at,
                    expires_at: row.expires_at,
                    last_used_at: row.last_used_at,
                })
            })
            .collect()
    }

    /// Revokes an API token of the caller, effective immediately on every node.
    pub async fn revoke_api_token(&self, ctx: &Ctx, token: ApiTokenId) -> Result<(), Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (principal, _) = actor.require_session()?;
        let params = sql::RevokeApiTokenParams {
            now: ctx.now(),
            id: token.uuid(),
            account_id: principal.account.uuid(),
        };
        if sql::revoke_api_token().params(&*tx, &params).await? == 0 {
            return Err(Error::NotFound);
        }
        let (account, detail) = (Some(principal.account), json!({ "token": token.to_string() }));
        self.audit_in(&tx, ctx, account, AuditEvent::ApiTokenRevoked, account, &detail)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn require_recent_sign_in_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        principal: &Principal,
        session: SessionId,
    ) -> Result<(), Error> {
        let params = sql::FindSessionParams {
            id: session.uuid(),
            account_id: principal.account.uuid(),
        };
        let session = sql::find_session().params(&**tx, &params).one().await?;
        policy::require_recent_sign_in(self.config(), session.authenticated_at, ctx.now())?;
        Ok(())
    }

    /// Holds an advisory lock on the account's tokens until the transaction ends.
    async fn require_capacity_in(&self, tx: &Tx, ctx: &Ctx, account: AccountId) -> Result<(), Error> {
        let key = format!("api tokens of {account}");
        sql::lock_key().bind(&**tx, &key).one().await?;
        let params = sql::CountApiTokensParams {
            account_id: account.uuid(),
            now: ctx.now(),
        };
        let count = sql::count_api_tokens().params(&**tx, &params).one().await?;
        let max = self.config().api_tokens.max_count;
        if count < i64::from(max) {
            Ok(())
        } else {
            Err(Error::TooManyTokens(max))
        }
    }

    /// Returns the lifetime of the token if all fields are valid.
    fn validate(&self, new: &NewApiToken, role: Role) -> Result<Duration, Error> {
        let mut errors = Vec::new();
        let chars = new.name.trim().chars().count();
        if !(1..=NAME_MAX_CHARS).contains(&chars) || new.name.chars().any(char::is_control) {
            let detail = format!("must have 1 to {NAME_MAX_CHARS} characters and no control characters");
            errors.push(FieldError::new("name", detail));
        }
        if new.scopes.iter().next().is_none() {
            errors.push(FieldError::new("scopes", "must contain at least one scope"));
        }
        if new.scopes.contains(Scope::Admin) && role != Role::Admin {
            let detail = "must not contain `admin` unless you are an administrator";
            errors.push(FieldError::new("scopes", detail));
        }
        let max_ttl = self.config().api_tokens.max_ttl;
        let ttl = new.days.map_or(self.config().api_tokens.ttl, |days| {
            Duration::from_secs(u64::from(days) * SECONDS_PER_DAY)
        });
        if ttl.is_zero() || ttl > max_ttl {
            let detail = format!("must be 1 to {}", max_ttl.as_secs() / SECONDS_PER_DAY);
            errors.push(FieldError::new("expires_in_days", detail));
        }
        if errors.is_empty() {
            Ok(ttl)
        } else {
            Err(Error::Invalid(errors))
        }
    }
}
