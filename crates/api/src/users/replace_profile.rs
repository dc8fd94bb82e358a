//! `PUT /users/profile`: replaces what the caller says about himself.
use super::body::{AccountBody, answer, expected_version};
use crate::{
    app::App,
    extract::{Json, RequestCtx},
    problem::Problem,
};
use actix_web::{HttpRequest, HttpResponse, web};
use infravault_kernel::{DomainError as _, ErrorKind, Id as _, ImageId};
use infravault_users::NewProfile;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a person says about himself, whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProfile)]
pub struct NewProfileBody {
    /// How the person wants to be called; space around it is cut, control characters are refused.
    #[schema(min_length = 1, max_length = 100)]
    display_name: String,
    /// The language the person reads, as a language tag.
    #[schema(max_length = 35, pattern = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    locale: String,
    /// What a frontend keeps for the person, at most 8 KiB.
    #[schema(value_type = Object)]
    preferences: Map<String, Value>,
    /// An own image that shows the person; left out, none.
    #[serde(default)]
    avatar_image_id: Option<Uuid>,
}

/// Replaces the caller's profile. `If-Match` is optional.
#[utoipa::path(
    put, path = "/api/v1/users/profile", tag = "users",
    params(("If-Match" = Option<String>, Header, description = "Only if the account still has this `ETag`")),
    request_body = NewProfileBody,
    security(("session" = []), ("api_token" = [])),
    responses((status = 200, body = AccountBody, headers(("ETag" = String, description = "For `If-Match`"))))
)]
pub async fn replace_profile(
    app: web::Data<App>,
    ctx: RequestCtx,
    request: HttpRequest,
    body: Json<NewProfileBody>,
) -> Result<HttpResponse, Problem> {
    let version = expected_version(&request)?;
    let NewProfileBody {
        display_name,
        locale,
        preferences,
        avatar_image_id,
    } = body.0;
    let avatar = avatar_image_id.map(ImageId::from_uuid);
    let profile = NewProfile::parse(&display_name, &locale, preferences, avatar)?;
    check_avatar(&app, &ctx, avatar).await?;
    let account = app.users.replace_profile(&ctx, &profile, version).await?;
    Ok(answer(&account))
}

/// Images are another context's, so that only here both are known.
async fn check_avatar(app: &App, ctx: &RequestCtx, avatar: Option<ImageId>) -> Result<(), Problem> {
    let Some(avatar) = avatar else {
        return Ok(());
    };
    let refused = || Problem::field("avatar_image_id", "must be the id of an image of yours");
    let own = app.users.get_profile(ctx).await?.id;
    match app.images.library.find(ctx, avatar).await {
        Ok(image) if image.owner == own => Ok(()),
        Ok(_) => Err(refused()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(refused()),
        Err(error) => Err(error.into()),
    }
}
