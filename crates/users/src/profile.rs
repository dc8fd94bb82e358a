//! Reads and replaces what a person says about himself.
use crate::{
    Account, DisplayName, Error, Locale, Preferences, Users, ValidationError,
    sql::{self, Params as _},
};
use infravault_kernel::{Ctx, FieldError, Id as _, ImageId, Scope};
use serde_json::{Map, Value};

/// What a person says about himself, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProfile {
    display_name: DisplayName,
    locale: Locale,
    preferences: Preferences,
    avatar_image_id: Option<ImageId>,
}

impl NewProfile {
    /// Accepts a profile, or names every field that will not do. Whether the avatar is an own image is for the
    /// caller to find out: images belong to another context.
    pub fn parse(
        display_name: &str,
        locale: &str,
        preferences: Map<String, Value>,
        avatar_image_id: Option<ImageId>,
    ) -> Result<Self, Error> {
        let mut faults = Vec::new();
        let display_name = noted("display_name", DisplayName::parse(display_name), &mut faults);
        let locale = noted("locale", Locale::parse(locale), &mut faults);
        let preferences = noted("preferences", Preferences::parse(preferences), &mut faults);
        match (display_name, locale, preferences) {
            (Some(display_name), Some(locale), Some(preferences)) => Ok(Self {
                display_name,
                locale,
                preferences,
                avatar_image_id,
            }),
            _ => Err(Error::Invalid(faults)),
        }
    }

    /// The image that is to show the person.
    #[must_use]
    pub fn avatar_image_id(&self) -> Option<ImageId> {
        self.avatar_image_id
    }
}

fn noted<T>(field: &str, parsed: Result<T, ValidationError>, faults: &mut Vec<FieldError>) -> Option<T> {
    parsed
        .map_err(|unfit| faults.push(FieldError::new(field, unfit)))
        .ok()
}

impl Users {
    /// The caller's account.
    pub async fn get_profile(&self, ctx: &Ctx) -> Result<Account, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ProfileRead)?;
        self.find_account_in(&tx, person.account)
            .await?
            .ok_or(Error::NotFound)
    }

    /// Replaces the caller's profile and returns the account. With an expected version, only if the account
    /// still is that version ([`Error::VersionChanged`] otherwise).
    pub async fn replace_profile(
        &self,
        ctx: &Ctx,
        profile: &NewProfile,
        expected_version: Option<i32>,
    ) -> Result<Account, Error> {
        let (tx, actor) = self.db.begin(ctx).await?;
        let person = actor.require_scope(Scope::ProfileWrite)?;
        let change = sql::ReplaceProfileParams {
            display_name: profile.display_name.as_str(),
            locale: profile.locale.as_str(),
            preferences: Value::Object(profile.preferences.as_object().clone()),
            avatar_image_id: profile.avatar_image_id.map(ImageId::uuid),
            now: ctx.now(),
            id: person.account.uuid(),
            expected_version,
        };
        let row = sql::replace_profile()
            .params(&*tx, &change)
            .opt()
            .await
            .map_err(Error::from_statement)?;
        // The gate has just seen the account, so that only its version can be in the way.
        let account = sql::account(row.ok_or(Error::VersionChanged)?)?;
        tx.commit().await?;
        Ok(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::DomainError;

    #[test]
    fn every_wrong_field_is_named() {
        let error = NewProfile::parse("", "English", Map::new(), None).unwrap_err();
        let fields: Vec<String> = error.fields().into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["display_name", "locale"]);
        assert_eq!(error.code(), "validation-failed");
        assert!(NewProfile::parse("Ada", "en", Map::new(), None).is_ok());
    }
}
