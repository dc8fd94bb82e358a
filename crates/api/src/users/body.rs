//! How an account looks on the wire, and its entity tag.
use crate::problem::Problem;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use infravault_kernel::{Id as _, ImageId, ParseEnumError, Role};
use infravault_users::{Account, AccountState, ValidationError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A person to this installation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountBody {
    /// Names the account for ever.
    id: Uuid,
    /// The address of the first sign-in; not unique.
    email: String,
    /// How the person wants to be called.
    display_name: String,
    /// The language the person reads, as a language tag.
    locale: String,
    /// What a frontend keeps for the person.
    #[schema(value_type = Object)]
    preferences: Map<String, Value>,
    /// An own image that shows the person.
    avatar_image_id: Option<Uuid>,
    /// What the person may do.
    role: RoleWord,
    /// Whether the person may do anything at all.
    state: StateWord,
    /// How many bytes of originals the account may store.
    quota_bytes: i64,
    /// When the account was made.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

impl From<&Account> for AccountBody {
    fn from(account: &Account) -> Self {
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

/// 200 with the account and its entity tag.
pub(super) fn answer(account: &Account) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, format!("\"{}\"", account.version)))
        .json(AccountBody::from(account))
}

/// The version that `If-Match` asks for; none without the header, or where any version will do.
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
        let detail = "`If-Match` is no entity tag of this account; read it again.";
        Problem::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", detail)
    })
}

/// What a person is to this installation.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE", try_from = "String")]
#[schema(as = Role)]
pub enum RoleWord {
    /// Stores own images.
    User,
    /// Also judges reported public images.
    Moderator,
    /// Also manages accounts and the installation.
    Admin,
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Moderator => Self::Moderator,
            Role::Admin => Self::Admin,
        }
    }
}

impl TryFrom<String> for RoleWord {
    type Error = ParseEnumError;
    fn try_from(word: String) -> Result<Self, ParseEnumError> {
        word.parse::<Role>().map(Self::from)
    }
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::User => Self::User,
            RoleWord::Moderator => Self::Moderator,
            RoleWord::Admin => Self::Admin,
        }
    }
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase", try_from = "String")]
#[schema(as = AccountState)]
pub enum StateWord {
    /// It may.
    Active,
    /// Its credentials are refused until an administrator activates it.
    Suspended,
}

impl From<AccountState> for StateWord {
    fn from(state: AccountState) -> Self {
        match state {
            AccountState::Active => Self::Active,
            AccountState::Suspended => Self::Suspended,
        }
    }
}

impl TryFrom<String> for StateWord {
    type Error = ValidationError;
    fn try_from(word: String) -> Result<Self, ValidationError> {
        word.parse::<AccountState>().map(Self::from)
    }
}

impl From<StateWord> for AccountState {
    fn from(word: StateWord) -> Self {
        match word {
            StateWord::Active => Self::Active,
            StateWord::Suspended => Self::Suspended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn if_match_is_a_strong_tag_of_ours() {
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
