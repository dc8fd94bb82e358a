//! Changes an account and records the changes in the audit log, in one transaction.
use crate::{app::App, problem::Problem};
use infravault_auth::AuditEvent;
use infravault_kernel::{AccountId, Ctx};
use infravault_users::{Account, AccountChange, AccountDiff};
use serde_json::{Value, json};

/// Applies the change and returns the changed account. The change takes effect with the account's next request, because
/// every transaction reads the role and the state from the database.
pub async fn change_account(
    app: &App,
    ctx: &Ctx,
    id: AccountId,
    change: &AccountChange,
    expected_version: Option<i32>,
) -> Result<Account, Problem> {
    let (tx, actor) = app.db.begin(ctx).await?;
    let diff = app
        .users
        .change_account_in(ctx, &tx, &actor, id, change, expected_version)
        .await?;
    for (event, detail) in audit_events(&diff) {
        app.auth
            .audit_in(&tx, ctx, actor.account(), event, Some(id), &detail)
            .await?;
    }
    tx.commit().await?;
    Ok(diff.after)
}

fn audit_events(diff: &AccountDiff) -> Vec<(AuditEvent, Value)> {
    let role = diff
        .role()
        .map(|(from, to)| json!({ "from": from.as_str(), "to": to.as_str() }));
    let state = diff.state().map(|to| json!({ "to": to.as_str() }));
    let quota = diff
        .quota_bytes()
        .map(|(from, to)| json!({ "from": from, "to": to }));
    [
        (AuditEvent::RoleChanged, role),
        (AuditEvent::StateChanged, state),
        (AuditEvent::QuotaChanged, quota),
    ]
    .into_iter()
    .filter_map(|(event, detail)| detail.map(|detail| (event, detail)))
    .collect()
}
