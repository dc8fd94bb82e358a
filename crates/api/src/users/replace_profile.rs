//! `PUT /users/profile`: replaces the profile of the caller.
use super::body::{Account, account_response, expected_version};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_kernel::{DomainError as _, ErrorKind, Id as _, ImageId};
use infravault_users as users;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// The complete profile.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Display name, 1 to 100 characters. Surrounding white space is removed; control characters are rejected.
    #[schema(min_length = 1, max_length = 100, example = "Ada")]
    display_name: String,
    /// Preferred language as a language tag (BCP 47).
    #[schema(
        max_length = 35,
        pattern = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        example = "en-US"
    )]
    locale: String,
    /// Settings of frontends, a JSON object of up to 8 KiB.
    #[schema(value_type = Object)]
    preferences: Map<String, Value>,
    /// ID of an image of yours to use as the avatar. Omit it to have none.
    #[serde(default)]
    #[schema(example = "01a1f2dd-7c60-7a4f-b1d6-0c9e58f7a233")]
    avatar_image_id: Option<Uuid>,
}

/// Replace your profile
///
/// Replaces all fields of your profile and returns your account. `If-Match` is optional. Requires the scope `profile:write`.
#[utoipa::path(
    put, path = "/api/v1/users/profile", tag = "users",
    params(("If-Match" = Option<String>, Header, description = "`ETag` that was read. Returns 412 if the account has changed since.")),
    request_body(content = Profile, description = "The complete profile."),
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, description = "The updated account.", body = Account, headers(
        ("ETag" = String, description = "New version of the account.")))),
    extensions(("x-problems" = json!("precondition-failed")))
)]
pub async fn replace_profile(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    body: Json<Profile>,
) -> Result<HttpResponse, Problem> {
    let version = expected_version(&request)?;
    let Profile {
        display_name,
        locale,
        preferences,
        avatar_image_id,
    } = body.0;
    let avatar = avatar_image_id.map(ImageId::from_uuid);
    let profile = users::NewProfile::parse(&display_name, &locale, preferences, avatar)?;
    check_avatar(&app, &ctx, avatar).await?;
    let account = app.users.replace_profile(&ctx, &profile, version).await?;
    Ok(account_response(&account))
}

/// Only this crate knows both accounts and images.
async fn check_avatar(app: &App, ctx: &RequestCtx, avatar: Option<ImageId>) -> Result<(), Problem> {
    let Some(avatar) = avatar else {
        return Ok(());
    };
    let invalid = || Problem::field("avatar_image_id", "must be the id of an image of yours");
    let own = app.users.get_profile(ctx).await?.id;
    match app.images.library.find(ctx, avatar).await {
        Ok(image) if image.owner == own => Ok(()),
        Ok(_) => Err(invalid()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(invalid()),
        Err(error) => Err(error.into()),
    }
}
