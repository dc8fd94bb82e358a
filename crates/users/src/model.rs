//! The words of accounts: the account itself, and the values a person or an administrator may set.
use infravault_kernel::{AccountId, ImageId, Role};
use serde_json::{Map, Value};
use std::{fmt, str::FromStr};
use time::OffsetDateTime;

/// A person to this installation.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Names it for ever.
    pub id: AccountId,
    /// The address that the identity provider gave at the first sign-in; not unique.
    pub email: String,
    /// How the person wants to be called.
    pub display_name: DisplayName,
    /// The language the person reads.
    pub locale: Locale,
    /// What a frontend keeps for the person.
    pub preferences: Preferences,
    /// An own image.
    pub avatar_image_id: Option<ImageId>,
    /// What the person may do.
    pub role: Role,
    /// Whether the person may do anything at all.
    pub state: State,
    /// How many bytes of originals the account may store.
    pub quota_bytes: i64,
    /// Grows with every change.
    pub version: i32,
    /// When it was made, UTC.
    pub created_at: OffsetDateTime,
    /// When it was changed last, UTC.
    pub updated_at: OffsetDateTime,
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It may.
    Active,
    /// Its credentials are refused until an administrator activates it.
    Suspended,
}

impl State {
    /// The word used in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a value will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValidationError(pub(crate) &'static str);

/// How a person is called: 1 to 100 characters without control characters, no space at either end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The most characters.
    pub const MAX: usize = 100;

    /// Accepts a name after cutting the space around it.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let long = text.chars().count() > Self::MAX;
        let text = text.trim();
        if text.is_empty() || long || text.chars().any(char::is_control) {
            return Err(ValidationError(
                "must have 1 to 100 characters, none of them a control character",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// A name made of what an identity provider says, which keeps no such rules; where nothing is left of it,
    /// of the part of the e-mail address before the `@`.
    #[must_use]
    pub fn from_claim(claim: &str, email: &str) -> Self {
        let clean = |text: &str| -> String {
            let kept: String = text.chars().filter(|letter| !letter.is_control()).collect();
            kept.trim().chars().take(Self::MAX).collect()
        };
        let mailbox = email.split('@').next().unwrap_or_default();
        [claim, mailbox, "somebody"]
            .iter()
            .find_map(|text| Self::parse(&clean(text)).ok())
            .unwrap_or_else(|| Self("somebody".to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name that is stored already.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }
}

/// A language tag such as `en`, `de-CH` or `zh-Hant-TW` (the plain form of RFC 5646): a language of two or three
/// small letters, then subtags; at most 35 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale(String);

impl Locale {
    /// Accepts a language tag.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let mut subtags = text.split('-');
        let language = subtags.next().unwrap_or_default();
        let fits = (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && text.len() <= 35
            && subtags.all(|tag| {
                (2..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError("must be a language tag such as `en` or `de-CH`"))
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A tag that is stored already.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }
}

/// A JSON object of at most 8 KiB (written compactly) that means something to a frontend only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preferences(Map<String, Value>);

impl Preferences {
    /// The most bytes.
    pub const MAX_BYTES: usize = 8 * 1024;

    /// Accepts an object of fitting size without the character U+0000, which PostgreSQL cannot store, and without
    /// numbers beyond 2⁵³: PostgreSQL writes `1.7976931348623157e308` out in 309 digits, which not every reader can
    /// take back.
    pub fn parse(object: Map<String, Value>) -> Result<Self, ValidationError> {
        let text = serde_json::to_string(&object).map_err(|_| ValidationError("must be a JSON object"))?;
        if text.len() > Self::MAX_BYTES {
            return Err(ValidationError("must have at most 8192 bytes"));
        }
        if object
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value))
        {
            return Err(ValidationError("must not contain the character U+0000"));
        }
        if object.values().any(holds_huge_number) {
            return Err(ValidationError(
                "must not contain numbers beyond 2^53, which not every reader can take",
            ));
        }
        Ok(Self(object))
    }

    /// The object.
    #[must_use]
    pub fn as_object(&self) -> &Map<String, Value> {
        &self.0
    }

    /// An object that is stored already.
    pub(crate) fn stored(value: Value) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self(object)),
            _ => None,
        }
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(object) => object
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn holds_huge_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => !number
            .as_f64()
            .is_some_and(|number| number.abs() <= 9_007_199_254_740_992.0),
        Value::Array(items) => items.iter().any(holds_huge_number),
        Value::Object(object) => object.values().any(holds_huge_number),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// A limit in bytes: 0 to 2⁵³−1, so that every JSON reader takes it exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaBytes(i64);

impl QuotaBytes {
    /// The largest limit.
    pub const MAX: i64 = (1 << 53) - 1;

    /// Accepts a limit.
    pub fn parse(bytes: i64) -> Result<Self, ValidationError> {
        if (0..=Self::MAX).contains(&bytes) {
            Ok(Self(bytes))
        } else {
            Err(ValidationError("must be 0 to 9007199254740991"))
        }
    }

    /// The number of bytes.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl FromStr for State {
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
    fn display_names_are_short_and_printable() {
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
    fn a_claim_always_makes_a_name() {
        let long = "x".repeat(300);
        let cases = [
            ("Ada", "ada@example.com", "Ada"),
            ("A\0d\na", "ada@example.com", "Ada"),
            ("", "ada@example.com", "ada"),
            (" \u{7f} ", "@", "somebody"),
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
    fn preferences_are_small_objects() {
        let parse = |value: Value| match value {
            Value::Object(object) => Preferences::parse(object),
            _ => panic!("an object"),
        };
        assert!(parse(json!({})).is_ok());
        assert!(parse(json!({ "theme": "dark", "grid": [1, 2.5, null, true] })).is_ok());
        // {"k":""} is 8 bytes of frame.
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
    fn limits_are_exact_in_json() {
        assert_eq!(
            QuotaBytes::parse(QuotaBytes::MAX).unwrap().get(),
            9_007_199_254_740_991
        );
        for bad in [-1, QuotaBytes::MAX + 1, i64::MIN] {
            assert!(QuotaBytes::parse(bad).is_err(), "{bad}");
        }
    }
}
