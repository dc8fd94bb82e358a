//! API tokens: scoped credentials for scripts, made and revoked by a signed-in person.
use crate::{
    Auth, Error, Event, policy,
    sql::{self, Params},
    token_text,
};
use infravault_db::Tx;
use infravault_kernel::{
    AccountId, ApiTokenId, Ctx, FieldError, Id, Principal, Role, Scope, Scopes, Secret, SessionId,
};
use serde_json::json;
use std::time::Duration;
use time::OffsetDateTime;

/// As long as a name may be, in characters.
const NAME_LETTERS: usize = 100;
/// More tokens than can live at once; expired ones are listed until they are removed.
const LISTED: i64 = 200;
const DAY: u64 = 86_400;

/// An API token, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it stops working.
    pub expires_at: OffsetDateTime,
    /// When it was last used, to the minute.
    pub last_used_at: Option<OffsetDateTime>,
}

/// An API token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    /// What its owner calls it: 1 to 100 characters.
    pub name: String,
    /// What it may do: at least one scope.
    pub scopes: Scopes,
    /// For how many days it works; the default of the installation where nothing is said.
    pub days: Option<u32>,
}

/// An API token that has just been made. Its text is shown now and never again.
#[derive(Clone, Debug)]
pub struct IssuedApiToken {
    /// The token.
    pub token: ApiToken,
    /// Its text.
    pub text: Secret<String>,
}

impl Auth {
    /// Makes an API token. This needs a session whose sign-in is fresh; API tokens never make tokens.
    pub async fn create_api_token(&self, ctx: &Ctx, new: NewApiToken) -> Result<IssuedApiToken, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (person, session) = actor.require_session()?;
        self.require_fresh_in(&tx, ctx, person, session).await?;
        let issued = self
            .issue_in(&tx, ctx, Some(person.account), (person.account, person.role), new)
            .await?;
        tx.commit().await?;
        Ok(issued)
    }

    /// Makes an API token for an account, inside a transaction of the process itself: what an operator does on the
    /// host.
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
        let ttl = self.check(&new, role)?;
        self.require_room_in(tx, ctx, account).await?;
        let (id, text): (ApiTokenId, _) = (ctx.new_id(), token_text::new(ctx));
        let token = ApiToken {
            id,
            name: new.name.trim().to_owned(),
            scopes: new.scopes,
            created_at: ctx.now(),
            expires_at: ctx.now() + ttl,
            last_used_at: None,
        };
        let row = sql::AddApiTokenParams {
            id: id.uuid(),
            account_id: account.uuid(),
            name: &token.name,
            hash: token_text::hash(text.expose()).unwrap_or_default().to_vec(),
            scopes: token.scopes.to_string(),
            created_at: token.created_at,
            expires_at: token.expires_at,
        };
        sql::add_api_token().params(&**tx, &row).await?;
        let detail = json!({ "token": id.to_string(), "scopes": token.scopes.to_string() });
        self.audit_in(tx, ctx, actor, Event::ApiTokenCreated, Some(account), &detail)
            .await?;
        Ok(IssuedApiToken { token, text })
    }

    /// The API tokens of the caller that were not revoked, newest first.
    pub async fn list_api_tokens(&self, ctx: &Ctx) -> Result<Vec<ApiToken>, Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (person, _) = actor.require_session()?;
        let which = sql::ListApiTokensParams {
            account_id: person.account.uuid(),
            most: LISTED,
        };
        let rows = sql::list_api_tokens().params(&*tx, &which).all().await?;
        rows.into_iter()
            .map(|row| {
                let unreadable =
                    |_| infravault_db::Error::Inconsistent("the scopes of an API token".to_owned());
                Ok(ApiToken {
                    id: ApiTokenId::from_uuid(row.id),
                    name: row.name,
                    scopes: row.scopes.parse().map_err(unreadable)?,
                    created_at: row.created_at,
                    expires_at: row.expires_at,
                    last_used_at: row.last_used_at,
                })
            })
            .collect()
    }

    /// Revokes an API token of the caller, at once and on every node.
    pub async fn revoke_api_token(&self, ctx: &Ctx, token: ApiTokenId) -> Result<(), Error> {
        let (tx, actor) = self.db().begin(ctx).await?;
        let (person, _) = actor.require_session()?;
        let which = sql::RevokeApiTokenParams {
            now: ctx.now(),
            id: token.uuid(),
            account_id: person.account.uuid(),
        };
        if sql::revoke_api_token().params(&*tx, &which).await? == 0 {
            return Err(Error::NotFound);
        }
        let (account, detail) = (Some(person.account), json!({ "token": token.to_string() }));
        self.audit_in(&tx, ctx, account, Event::ApiTokenRevoked, account, &detail)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn require_fresh_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        person: &Principal,
        session: SessionId,
    ) -> Result<(), Error> {
        let which = sql::FindSessionParams {
            id: session.uuid(),
            account_id: person.account.uuid(),
        };
        let session = sql::find_session().params(&**tx, &which).one().await?;
        Ok(policy::require_fresh(
            self.config(),
            session.authenticated_at,
            ctx.now(),
        )?)
    }

    async fn require_room_in(&self, tx: &Tx, ctx: &Ctx, account: AccountId) -> Result<(), Error> {
        let key = format!("api tokens of {account}");
        sql::take_turn().bind(&**tx, &key).one().await?;
        let which = sql::CountApiTokensParams {
            account_id: account.uuid(),
            now: ctx.now(),
        };
        let count = sql::count_api_tokens().params(&**tx, &which).one().await?;
        let most = self.config().api_tokens.most;
        if count < i64::from(most) {
            Ok(())
        } else {
            Err(Error::TooManyTokens(most))
        }
    }

    /// How long the token will work, if its fields will do.
    fn check(&self, new: &NewApiToken, role: Role) -> Result<Duration, Error> {
        let mut faults = Vec::new();
        let letters = new.name.trim().chars().count();
        if !(1..=NAME_LETTERS).contains(&letters) || new.name.chars().any(char::is_control) {
            let detail =
                format!("must have 1 to {NAME_LETTERS} characters, none of them a control character");
            faults.push(FieldError::new("name", detail));
        }
        if new.scopes.iter().next().is_none() {
            faults.push(FieldError::new("scopes", "must name at least one scope"));
        }
        if new.scopes.contains(Scope::Admin) && role != Role::Admin {
            faults.push(FieldError::new(
                "scopes",
                "may hold `admin` for administrators only",
            ));
        }
        let most = self.config().api_tokens.max_ttl;
        let ttl = new.days.map_or(self.config().api_tokens.ttl, |days| {
            Duration::from_secs(u64::from(days) * DAY)
        });
        if ttl.is_zero() || ttl > most {
            let detail = format!("must be 1 to {}", most.as_secs() / DAY);
            faults.push(FieldError::new("expires_in_days", detail));
        }
        if faults.is_empty() {
            Ok(ttl)
        } else {
            Err(Error::Invalid(faults))
        }
    }
}
