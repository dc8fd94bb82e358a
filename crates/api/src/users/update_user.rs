//! `PATCH /users/{id}`: administrators change role, state and quota.
use super::body::{AccountBody, RoleWord, StateWord, answer, expected_version};
use crate::{
    app::App,
    extract::{Json, Path, RequestCtx},
    flows,
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_kernel::{AccountId, Role};
use infravault_users::{AccountChange, AccountState, QuotaBytes};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountPatch)]
pub struct AccountPatchBody {
    /// The new role.
    role: Option<RoleWord>,
    /// Suspend or activate.
    state: Option<StateWord>,
    /// The most bytes of originals that the account may store.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    quota_bytes: Option<i64>,
}

impl AccountPatchBody {
    fn parse(self) -> Result<AccountChange, Problem> {
        let quota_bytes = self.quota_bytes.map(QuotaBytes::parse).transpose();
        Ok(AccountChange {
            role: self.role.map(Role::from),
            state: self.state.map(AccountState::from),
            quota_bytes: quota_bytes.map_err(|error| Problem::field("quota_bytes", error))?,
        })
    }
}

/// Changes an account's role, state or quota. Needs the role ADMIN; nobody changes the own role or suspends the
/// own account, and one active administrator stays. `If-Match` is optional.
#[utoipa::path(
    patch, path = "/api/v1/users/{id}", tag = "users",
    params(
        ("id" = Uuid, Path, description = "The account"),
        ("If-Match" = Option<String>, Header, description = "Only if the account still has this `ETag`")
    ),
    request_body = AccountPatchBody,
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = AccountBody, headers(("ETag" = String, description = "For `If-Match`"))))
)]
pub async fn update_user(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    id: Path<AccountId>,
    body: Json<AccountPatchBody>,
) -> Result<HttpResponse, Problem> {
    let version = expected_version(&request)?;
    let change = body.0.parse()?;
    let account = flows::change_account(&app, &ctx, id.0, &change, version).await?;
    Ok(answer(&account))
}
