//! Grants a role from the command line, e.g. to the first administrator.
use infravault_auth::Auth;
use infravault_db::Db;
use infravault_kernel::{AccountId, Ctx, Role};
use infravault_users::{AccountRef, Users};
use std::error::Error;

/// Changes the role and records it in the audit log, in one transaction. `account` is an email address or an id. Returns
/// the id of the account.
pub async fn grant_role(
    ctx: &Ctx,
    db: &Db,
    users: &Users,
    auth: &Auth,
    account: &str,
    role: Role,
) -> Result<AccountId, Box<dyn Error>> {
    let tx = db.begin_system().await?;
    let account: AccountRef = account.parse()?;
    let diff = users.grant_role_in(ctx, &tx, &account, role).await?;
    let id = diff.after.id;
    if let Some(roles) = diff.role() {
        auth.audit_role_change_in(&tx, ctx, None, id, roles).await?;
    }
    tx.commit().await?;
    Ok(id)
}
