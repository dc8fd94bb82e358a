//! `GET /users`: the accounts of the installation.
use super::body::{Account, AccountState, Role};
use crate::{
    app::App,
    extract::{Query, RequestCtx},
    page::{Page, page_response, parse_limit},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_kernel::Cursor;
use infravault_users::{AccountFilter, SearchText};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::IntoParams;

/// Filters and page of the list of accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListUsers {
    /// Only accounts with this role.
    #[param(inline)]
    role: Option<Role>,
    /// Only accounts in this state.
    #[param(inline)]
    state: Option<AccountState>,
    /// Only accounts created after this time (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[param(example = "2026-10-01T00:00:00Z")]
    created_after: Option<OffsetDateTime>,
    /// Only accounts created before this time (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[param(example = "2026-11-01T00:00:00Z")]
    created_before: Option<OffsetDateTime>,
    /// Only accounts whose display name or email address contains this text, ignoring case.
    #[param(min_length = 1, max_length = 200, example = "ada")]
    q: Option<String>,
    /// Maximum number of items per page. Default 50, maximum 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Value of `next_cursor` of the previous page. It is valid only with the same filters.
    cursor: Option<String>,
}

impl ListUsers {
    fn filter(&self) -> Result<AccountFilter, Problem> {
        let search = self.q.as_deref().map(SearchText::parse).transpose();
        Ok(AccountFilter {
            role: self.role.map(Into::into),
            state: self.state.map(Into::into),
            created_after: self.created_after,
            created_before: self.created_before,
            search: search.map_err(|error| Problem::parameter("q", error))?,
        })
    }
}

type AccountPage = Page<Account>;

/// List accounts
///
/// Returns all accounts, newest first. Requires the role `ADMIN`.
#[utoipa::path(
    get, path = "/api/v1/users", tag = "users",
    params(ListUsers),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "One page of accounts.", body = AccountPage, headers(
        ("Link" = Option<String>, description = "URL of the next page with `rel=\"next\"`. Absent on the last page.")))),
    extensions(("x-problems" = json!("forbidden")))
)]
pub async fn list_users(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<ListUsers>,
) -> Result<HttpResponse, Problem> {
    let (filter, limit) = (query.0.filter()?, parse_limit(query.0.limit)?);
    let cursor = query.0.cursor.map(Cursor::from_text);
    let page = app
        .users
        .list_accounts(&ctx, &filter, limit, cursor.as_ref())
        .await?;
    Ok(page_response(&request, page, |account| Account::from(&account)))
}
