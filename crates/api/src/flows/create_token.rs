//! Creates an API token from the command line.
use infravault_auth::{Auth, NewApiToken};
use infravault_db::Db;
use infravault_kernel::{Ctx, Secret};
use infravault_users::{AccountRef, Error as UsersError, Users};
use std::error::Error;

/// Creates the token, and with `create_account` also the account if no account has the email address. Returns the text
/// of the token, which is not stored.
pub async fn create_token(
    ctx: &Ctx,
    db: &Db,
    users: &Users,
    auth: &Auth,
    account: &str,
    token: NewApiToken,
    create_account: bool,
) -> Result<Secret<String>, Box<dyn Error>> {
    let tx = db.begin_system().await?;
    let account_ref: AccountRef = account.parse()?;
    let id = match users.resolve_account_in(&tx, &account_ref).await {
        Err(UsersError::UnknownEmail(email)) if create_account => {
            users.create_account_in(ctx, &tx, &email, "").await?
        }
        found => found?,
    };
    let account = users
        .find_account_in(&tx, id)
        .await?
        .ok_or(UsersError::NotFound)?;
    let issued = auth
        .issue_api_token_in(&tx, ctx, account.id, account.role, token)
        .await?;
    tx.commit().await?;
    Ok(issued.secret)
}
