//! `PATCH /users/{id}`: changes role, state or quota of an account.
use super::body::{Account, AccountState, Role, account_response, expected_version};
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    flows,
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_kernel::AccountId;
use infravault_users::{AccountChange, QuotaBytes};
use serde::Deserialize;
use utoipa::ToSchema;

/// Changes to an account. Omitted fields stay unchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPatch {
    /// New role.
    role: Option<Role>,
    /// New state.
    state: Option<AccountState>,
    /// New maximum total size of originals in bytes.
    #[schema(
        minimum = 0,
        maximum = 9_007_199_254_740_991_i64,
        example = 21_474_836_480_i64
    )]
    quota_bytes: Option<i64>,
}

impl AccountPatch {
    fn parse(self) -> Result<AccountChange, Problem> {
        let quota_bytes = self.quota_bytes.map(QuotaBytes::parse).transpose();
        Ok(AccountChange {
            role: self.role.map(Into::into),
            state: self.state.map(Into::into),
            quota_bytes: quota_bytes.map_err(|error| Problem::field("quota_bytes", error))?,
        })
    }
}

/// Update an account
///
/// Changes the role, the state or the quota of an account and returns it. Administrators cannot change their own role or suspend
/// their own account, and the last active administrator cannot be demoted or suspended. Suspending an account revokes its sessions.
/// `If-Match` is optional. Requires the role `ADMIN`.
#[utoipa::path(
    patch, path = "/api/v1/users/{id}", tag = "users",
    params(
        ("id" = Uuid, Path, description = "Account ID."),
        ("If-Match" = Option<String>, Header, description = "`ETag` that was read. Returns 412 if the account has changed since.")
    ),
    request_body(content = AccountPatch, description = "Fields to change."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The updated account.", body = Account, headers(
        ("ETag" = String, description = "New version of the account.")))),
    extensions(("x-problems" = json!("forbidden last-administrator precondition-failed")))
)]
pub async fn update_user(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<AccountId>,
    body: Json<AccountPatch>,
) -> Result<HttpResponse, Problem> {
    let version = expected_version(&request)?;
    let change = body.0.parse()?;
    let account = flows::change_account(&app, &ctx, id.0, &change, version).await?;
    Ok(account_response(&account))
}
