//! The account and the validated values of its fields.
use infravault_kernel::{AccountId, ImageId, Role};
use serde_json::{Map, Value};
use std::{fmt, str::FromStr};
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    pub id: AccountId,
    /// Address from the first sign-in. Not unique.
    pub email: String,
    pub display_name: DisplayName,
    pub locale: Locale,
    pub preferences: Preferences,
    pub avatar_image_id: Option<ImageId>,
    pub role: Role,
    pub state: AccountState,
    /// Quota in bytes of originals.
    pub quota_bytes: i64,
    /// Increases with every change.
    pub version: i32,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountState {
    Active,
    /// Credentials of the account are rejected.
    Suspended,
}

impl AccountState {
    /// The code in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a value is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValidationError(pub(crate) &'static str);

/// A display name: 1 to 100 characters without control characters, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    pub const MAX_CHARS: usize = 100;

    /// Trims and validates a name.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let too_long = text.chars().count() > Self::MAX_CHARS;
        let text = text.trim();
        if text.is_empty() || too_long || text.chars().any(char::is_control) {
            return Err(ValidationError(
                "must have 1 to 100 characters and no control characters",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// Makes a valid name from the claim of an identity provider, or from the local part of the e-mail address if
    /// nothing remains of the claim.
    #[must_use]
    pub fn from_claim(claim: &str, email: &str) -> Self {
        let clean = |text: &str| -> String {
            let printable: String = text.chars().filter(|character| !character.is_control()).collect();
            printable.trim().chars().take(Self::MAX_CHARS).collect()
        };
        let local_part = email.split('@').next().unwrap_or_default();
        [claim, local_part, "user"]
            .iter()
            .find_map(|text| Self::parse(&clean(text)).ok())
            .unwrap_or_else(|| Self("user".to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }
}

/// A language tag such as `en`, `de-CH` or `zh-Hant-TW` (a subset of RFC 5646): a language of two or three lower-case
/// letters and subtags, at most 35 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale(String);

impl Locale {
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let mut subtags = text.split('-');
        let language = subtags.next().unwrap_or_default();
        let valid = (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && text.len() <= 35
            && subtags.all(|tag| {
                (2..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError("must be a language tag such as `en` or `de-CH`"))
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }
}

/// A JSON object for frontends: at most 8 KiB of compact JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preferences(Map<String, Value>);

impl Preferences {
    pub const MAX_BYTES: usize = 8 * 1024;

    /// Validates an object. Rejects the character U+0000, which PostgreSQL cannot store, and numbers beyond 2⁵³:
    /// PostgreSQL writes `1.7976931348623157e308` in 309 digits, which not every client can parse.
    pub fn parse(object: Map<String, Value>) -> Result<Self, ValidationError> {
        let text = serde_json::to_string(&object).map_err(|_| ValidationError("must be a JSON object"))?;
        if text.len() > Self::MAX_BYTES {
            return Err(ValidationError("must have at most 8192 bytes"));
        }
        if object
            .iter()
            .any(|(name, value)| name.contains('\0') || contains_nul(value))
        {
            return Err(ValidationError("must not contain the character U+0000"));
        }
        if object.values().any(contains_huge_number) {
            return Err(ValidationError("must not contain numbers beyond 2^53"));
        }
        Ok(Self(object))
    }

    #[must_use]
    pub fn as_object(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn from_stored(value: Value) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self(object)),
            _ => None,
        }
    }
}

fn contains_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(contains_nul),
        Value::Object(object) => object
            .iter()
            .any(|(name, value)| name.contains('\0') || contains_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn contains_huge_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => !number
            .as_f64()
            .is_some_and(|number| number.abs() <= 9_007_199_254_740_992.0),
        Value::Array(items) => items.iter().any(contains_huge_number),
        Value::Object(object) => object.values().any(contains_huge_number),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// A quota in bytes: 0 to 2⁵³−1, which JSON clients represent exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaBytes(i64);

impl QuotaBytes {
    pub const MAX: i64 = (1 << 53) - 1;

    pub fn parse(bytes: i64) -> Result<Self, ValidationError> {
        if (0..=Self::MAX).contains(&bytes) {
            Ok(Self(bytes))
        } else {
            Err(ValidationError("must be 0 to 9007199254740991"))
        }
    }

    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl FromStr for AccountState {
    type Err = ValidationError;
    fn from_str(text: &str) -> Result<Self, ValidationError> {
        match text {
            "active" => Ok(Self::Active),
            "suspended" => Ok(Self::Suspended),
            _ => Err(ValidationError("must be one of active, suspended")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn display_names_are_trimmed_and_validated() {
        let long = "ö".repeat(100);
        for (text, expected) in [
            ("Ada", "Ada"),
            ("  Ada Lovelace ", "Ada Lovelace"),
            (&*long, &*long),
        ] {
            assert_eq!(DisplayName::parse(text).unwrap().as_str(), expected);
        }
        for text in ["", "   ", "a\0b", "a\nb", &"ö".repeat(101)] {
            assert!(DisplayName::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_claim_yields_a_valid_name() {
        let long = "x".repeat(300);
        let cases = [
            ("Ada", "ada@example.com", "Ada"),
            ("A\0d\na", "ada@example.com", "Ada"),
            ("", "ada@example.com", "ada"),
            (" \u{7f} ", "@", "user"),
            (&*long, "ada@example.com", long.get(..100).unwrap()),
        ];
        for (claim, email, expected) in cases {
            assert_eq!(DisplayName::from_claim(claim, email).as_str(), expected);
        }
    }

    #[test]
    fn locales_are_language_tags() {
        for good in ["en", "gsw", "de-CH", "zh-Hant-TW", "sl-rozaj-biske-1994"] {
            assert!(Locale::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "e",
            "EN",
            "en_US",
            "en-",
            "en-x",
            "english",
            "en\0",
            "en-abcdefghi",
            &"en-aaaa".repeat(6),
        ] {
            assert!(Locale::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn preferences_are_validated() {
        let parse = |value: Value| match value {
            Value::Object(object) => Preferences::parse(object),
            _ => panic!("an object"),
        };
        assert!(parse(json!({})).is_ok());
        assert!(parse(json!({ "theme": "dark", "grid": [1, 2.5, null, true] })).is_ok());
        // {"k":""} takes 8 bytes.
        assert!(parse(json!({ "k": "x".repeat(8192 - 8) })).is_ok());
        assert!(parse(json!({ "k": "x".repeat(8192 - 7) })).is_err());
        for nul in [
            json!({ "a\0": 1 }),
            json!({ "a": "\0" }),
            json!({ "a": [{ "b": "\0" }] }),
            json!({ "a": { "\0": 1 } }),
        ] {
            assert!(parse(nul.clone()).is_err(), "{nul}");
        }
        assert!(parse(json!({ "n": [9_007_199_254_740_992_i64, -0.5, 5e-324] })).is_ok());
        for huge in [
            json!({ "n": f64::MAX }),
            json!({ "n": [{ "m": f64::MIN }] }),
            json!({ "n": u64::MAX }),
        ] {
            assert!(parse(huge.clone()).is_err(), "{huge}");
        }
    }

    #[test]
    fn quotas_are_at_most_2_pow_53_minus_1() {
        assert_eq!(
            QuotaBytes::parse(QuotaBytes::MAX).unwrap().get(),
            9_007_199_254_740_991
        );
        for bad in [-1, QuotaBytes::MAX + 1, i64::MIN] {
            assert!(QuotaBytes::parse(bad).is_err(), "{bad}");
        }
    }
}
