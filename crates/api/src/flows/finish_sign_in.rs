//! Finishes a sign-in: finds or creates the account and opens the session, in one transaction.
use crate::{app::App, problem::Problem};
use infravault_auth::{Callback, Device, NewSession, ReturnTo, SessionTokens};
use infravault_db::Error as DbError;
use infravault_kernel::Ctx;
use infravault_users::{AccountState, Error as UsersError};

/// Verifies the provider's callback and opens a session. The first sign-in of an identity creates an account; an identity
/// is never linked to an existing account by its email address.
pub async fn finish_sign_in(
    app: &App,
    ctx: &Ctx,
    callback: &Callback,
    device: Device,
) -> Result<(SessionTokens, ReturnTo), Problem> {
    let identity = app.auth.verify_callback(ctx, callback).await?;
    let tx = app.db.begin_system().await?;
    let account = if let Some(account) = app.auth.find_identity_in(&tx, ctx, &identity).await? {
        account
    } else {
        let name = identity.name.as_deref().unwrap_or_default();
        let account = app
            .users
            .create_account_in(ctx, &tx, &identity.email, name)
            .await?;
        app.auth.link_identity_in(&tx, ctx, &identity, account).await?;
        account
    };
    let account = app
        .users
        .find_account_in(&tx, account)
        .await?
        .ok_or(UsersError::NotFound)?;
    if account.state == AccountState::Suspended {
        return Err(DbError::AccountSuspended.into());
    }
    let session = NewSession {
        account: account.id,
        role: account.role,
        provider: identity.provider,
        device,
        replaces: identity.previous_session,
    };
    let tokens = app.auth.open_session_in(&tx, ctx, session).await?;
    tx.commit().await?;
    Ok((tokens, identity.return_to))
}
