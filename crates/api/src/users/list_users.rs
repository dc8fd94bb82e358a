//! `GET /users`: the directory of administrators.
use super::body::{AccountBody, RoleWord, StateWord};
use crate::{
    app::App,
    extract::{Query, RequestCtx},
    links,
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use infravault_kernel::{Cursor, Limit, Role};
use infravault_users::{AccountFilter, AccountState, SearchText};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

/// Which accounts, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListUsers {
    /// Only with this role.
    #[param(inline)]
    role: Option<RoleWord>,
    /// Only in this state.
    #[param(inline)]
    state: Option<StateWord>,
    /// Only those made after this moment (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_after: Option<OffsetDateTime>,
    /// Only those made before this moment (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
    /// Only those whose display name or e-mail address contains this, whatever its case.
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl ListUsers {
    fn filter(&self) -> Result<AccountFilter, Problem> {
        let search = self.q.as_deref().map(SearchText::parse).transpose();
        Ok(AccountFilter {
            role: self.role.map(Role::from),
            state: self.state.map(AccountState::from),
            created_after: self.created_after,
            created_before: self.created_before,
            search: search.map_err(|error| Problem::parameter("q", error))?,
        })
    }

    fn limit(&self) -> Result<Limit, Problem> {
        let refused = || Problem::parameter("limit", "must be 1 to 200");
        self.limit.map_or(Ok(Limit::default()), |limit| {
            Limit::new(limit).ok_or_else(refused)
        })
    }
}

/// A page of accounts, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountPage)]
pub struct AccountPageBody {
    /// The accounts.
    items: Vec<AccountBody>,
    /// Where the next page starts; null on the last one.
    next_cursor: Option<String>,
}

/// All accounts, newest first. Needs the role ADMIN.
#[utoipa::path(
    get, path = "/api/v1/users", tag = "users",
    params(ListUsers),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = AccountPageBody))
)]
pub async fn list_users(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    query: Query<ListUsers>,
) -> Result<HttpResponse, Problem> {
    let (filter, limit) = (query.0.filter()?, query.0.limit()?);
    let cursor = query.0.cursor.map(Cursor::from_text);
    let page = app
        .users
        .list_accounts(&ctx, &filter, limit, cursor.as_ref())
        .await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = &page.next {
        response.insert_header((header::LINK, links::next(&request, next)));
    }
    Ok(response.json(AccountPageBody {
        items: page.items.iter().map(AccountBody::from).collect(),
        next_cursor: page.next.map(|next| next.as_str().to_owned()),
    }))
}
