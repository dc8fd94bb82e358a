//! Reads and replaces the caller's profile.
use crate::{
    Account, DisplayName, Error, Locale, Preferences, Users, ValidationError,
    sql::{self, Params as _},
};
use infravault_kernel::{Ctx, FieldError, Id as _, ImageId, Scope};
use serde_json::{Map, Value};

/// A complete profile.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProfile {
    display_name: DisplayName,
    locale: Locale,
    preferences: Preferences,
    avatar_image_id: Option<ImageId>,
}

impl NewProfile {
    /// Validates a profile and reports every invalid field. Does not check that the avatar is an image of the account,
    /// because images belong to another context.
    pub fn parse(
        display_name: &str,
        locale: &str,
        preferences: Map<String, Value>,
        avatar_image_id: Option<ImageId>,
    ) -> Result<Self, Error> {
        let mut errors = Vec::new();
        let display_name = collect_error("display_name", DisplayName::parse(display_name), &mut errors);
        let locale = collect_error("locale", Locale::parse(locale), &mut errors);
        let preferences = collect_error("preferences", Preferences::parse(preferences), &mut errors);
        match (display_name, locale, preferences) {
            (Some(display_name), Some(locale), Some(preferences)) => Ok(Self {
                display_name,
                locale,
                preferences,
                avatar_image_id,
            }),
            _ => Err(Error::Invalid(errors)),
        }
    }

    #[must_use]
    pub fn avatar_image_id(&self) -> Option<ImageId> {
        self.avatar_image_id
    }
}

fn collect_error<T>(
    field: &str,
    parsed: Result<T, ValidationError>,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    parsed
        .map_err(|error| errors.push(FieldError::new(field, error)))
        .ok()
}

impl Users {
    /// Returns the caller's account.
    pub async fn get_profile(&self, ctx: &Ctx) -> Result<Account, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let principal = actor.require_scope(Scope::ProfileRead)?;
        self.find_account_in(&tx, principal.account)
            .await?
            .ok_or(Error::NotFound)
    }

    /// Replaces the caller's profile and returns the account. With an expected version, returns
    /// [`Error::VersionMismatch`] if the account has another one.
    pub async fn replace_profile(
        &self,
        ctx: &Ctx,
        profile: &NewProfile,
        expected_version: Option<i32>,
    ) -> Result<Account, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let principal = actor.require_scope(Scope::ProfileWrite)?;
        let params = sql::ReplaceProfileParams {
            display_name: profile.display_name.as_str(),
            locale: profile.locale.as_str(),
            preferences: Value::Object(profile.preferences.as_object().clone()),
            avatar_image_id: profile.avatar_image_id.map(ImageId::uuid),
            now: ctx.now(),
            id: principal.account.uuid(),
            expected_version,
        };
        let row = sql::replace_profile()
            .params(&*tx, &params)
            .opt()
            .await
            .map_err(Error::from_statement)?;
        // The account exists, because the transaction was authenticated with it. Only the version can differ.
        let account = sql::account(row.ok_or(Error::VersionMismatch)?)?;
        tx.commit().await?;
        Ok(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::DomainError;

    #[test]
    fn every_invalid_field_is_reported() {
        let error = NewProfile::parse("", "English", Map::new(), None).unwrap_err();
        let fields: Vec<String> = error.fields().into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["display_name", "locale"]);
        assert_eq!(error.code(), "validation-failed");
        assert!(NewProfile::parse("Ada", "en", Map::new(), None).is_ok());
    }
}
