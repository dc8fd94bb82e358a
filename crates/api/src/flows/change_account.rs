//! Changes an account and records the changes in the audit log, in one transaction.
use crate::{app::App, problem::Problem};
use infravault_auth::Event;
use infravault_kernel::{AccountId, Ctx};
use infravault_users::{Account, AccountChange, Changed};
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
    let changed = app
        .users
        .change_in(ctx, &tx, &actor, id, change, expected_version)
        .await?;
    for (event, detail) in events(&changed) {
        app.auth
            .audit_in(&tx, ctx, actor.account(), event, Some(id), &detail)
            .await?;
    }
    tx.commit().await?;
    Ok(changed.after)
}

fn events(changed: &Changed) -> Vec<(Event, Value)> {
    let role = changed
        .role()
        .map(|(from, to)| json!({ "from": from.as_str(), "to": to.as_str() }));
    let state = changed.state().map(|to| json!({ "to": to.as_str() }));
    let quota = changed
        .quota_bytes()
        .map(|(from, to)| json!({ "from": from, "to": to }));
    [
        (Event::RoleChanged, role),
        (Event::StateChanged, state),
        (Event::QuotaChanged, quota),
    ]
    .into_iter()
    .filter_map(|(event, detail)| detail.map(|detail| (event, detail)))
    .collect()
}
