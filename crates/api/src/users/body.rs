//! Accounts on the wire, and their entity tags.
use crate::{problem::Problem, wire::mirror_enum};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use infravault_kernel::{self as kernel, Id as _, ImageId, ParseEnumError};
use infravault_users::{self as users, ValidationError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Account ID.
    #[schema(example = "01a0fb8f-5208-7d02-8f4e-61c0a7b3d912")]
    id: Uuid,
    /// Email address of the first sign-in. Not unique.
    #[schema(example = "ada@example.org")]
    email: String,
    /// Display name, 1 to 100 characters.
    #[schema(example = "Ada")]
    display_name: String,
    /// Preferred language as a language tag (BCP 47).
    #[schema(example = "en-US")]
    locale: String,
    /// Settings of frontends, a JSON object of up to 8 KiB.
    #[schema(value_type = Object)]
    preferences: Map<String, Value>,
    /// ID of the image that is the avatar. Null if there is none.
    #[schema(example = "01a1f2dd-7c60-7a4f-b1d6-0c9e58f7a233")]
    avatar_image_id: Option<Uuid>,
    /// Role of the account.
    role: Role,
    /// State of the account.
    state: AccountState,
    /// Maximum total size of originals in bytes.
    #[schema(example = 10_737_418_240_i64)]
    quota_bytes: i64,
    /// When the account was created.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-10-02T07:41:09Z")]
    created_at: OffsetDateTime,
    /// When the account was last changed.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(example = "2026-11-19T08:13:02Z")]
    updated_at: OffsetDateTime,
}

impl From<&users::Account> for Account {
    fn from(account: &users::Account) -> Self {
        Self {
            id: account.id.uuid(),
            email: account.email.clone(),
            display_name: account.display_name.as_str().to_owned(),
            locale: account.locale.as_str().to_owned(),
            preferences: account.preferences.as_object().clone(),
            avatar_image_id: account.avatar_image_id.map(ImageId::uuid),
            role: account.role.into(),
            state: account.state.into(),
            quota_bytes: account.quota_bytes,
            created_at: account.created_at,
            updated_at: account.updated_at,
        }
    }
}

/// Returns 200 with the account and its entity tag.
pub(super) fn account_response(account: &users::Account) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, format!("\"{}\"", account.version)))
        .json(Account::from(account))
}

/// Returns the version of `If-Match`, or `None` without the header or for any version.
pub(super) fn expected_version(request: &HttpRequest) -> Result<Option<i32>, Problem> {
    let Some(tag) = request.headers().get(header::IF_MATCH) else {
        return Ok(None);
    };
    let tag = tag.to_str().unwrap_or_default().trim();
    if tag == "*" {
        return Ok(None);
    }
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    if quoted.len() < 2 || !quoted.starts_with('"') || !quoted.ends_with('"') {
        return Err(Problem::parameter(
            "If-Match",
            "must be `*` or an entity tag in quotes, such as \"3\"",
        ));
    }
    // A weak tag never matches here (RFC 9110 section 13.1.1).
    let version = tag
        .strip_prefix('"')
        .and_then(|tag| tag.strip_suffix('"'))
        .and_then(|tag| tag.parse().ok());
    version.map(Some).ok_or_else(|| {
        let detail = "`If-Match` is not an entity tag of this account. Read the account again.";
        Problem::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", detail)
    })
}

mirror_enum! {
    /// Role of an account.
    ///
    /// - `USER`: stores images.
    /// - `MODERATOR`: also moderates public images.
    /// - `ADMIN`: also manages accounts and the installation.
    #[derive(Deserialize)]
    #[serde(rename_all = "UPPERCASE", try_from = "String")]
    pub enum Role = kernel::Role {
        /// Stores images.
        User,
        /// Moderates public images.
        Moderator,
        /// Manages accounts and the installation.
        Admin,
    }
}

impl TryFrom<String> for Role {
    type Error = ParseEnumError;
    fn try_from(text: String) -> Result<Self, ParseEnumError> {
        text.parse::<kernel::Role>().map(Self::from)
    }
}

mirror_enum! {
    /// State of an account.
    ///
    /// - `active`: the account can be used.
    /// - `suspended`: all credentials are rejected until an administrator activates the account.
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase", try_from = "String")]
    pub enum AccountState = users::AccountState {
        Active,
        Suspended,
    }
}

impl TryFrom<String> for AccountState {
    type Error = ValidationError;
    fn try_from(text: String) -> Result<Self, ValidationError> {
        text.parse::<users::AccountState>().map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn if_match_accepts_strong_tags_of_accounts_only() {
        let read = |value: Option<&str>| {
            let mut request = TestRequest::default();
            if let Some(value) = value {
                request = request.insert_header((header::IF_MATCH, value));
            }
            expected_version(&request.to_http_request()).map_err(|problem| problem.code())
        };
        assert_eq!(read(None), Ok(None));
        assert_eq!(read(Some("*")), Ok(None));
        assert_eq!(read(Some("\"12\"")), Ok(Some(12)));
        for other in ["W/\"12\"", "\"x\"", "\"99999999999\""] {
            assert_eq!(read(Some(other)), Err("precondition-failed"), "{other}");
        }
        for other in ["12", "", "\"", "W/12"] {
            assert_eq!(read(Some(other)), Err("invalid-parameter"), "{other}");
        }
    }
}
