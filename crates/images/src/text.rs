//! Validated texts: titles, descriptions, tags, file names and search terms.
use std::fmt;

/// Why a text is invalid: a predicate that completes a sentence about the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValidationError(&'static str);

impl ValidationError {
    pub(crate) const VISIBILITY: Self = Self("must be one of private, unlisted, public");
    pub(crate) const IDEMPOTENCY_KEY: Self =
        Self("must be 1 to 255 visible ASCII characters, with or without quotes");
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// 1 to 200 characters without control characters, trimmed.
    Title
}
text! {
    /// At most 4000 characters without control characters other than line breaks and tabs.
    Description
}
text! {
    /// 1 to 50 characters without control characters and commas, trimmed.
    Tag
}
text! {
    /// The name of the uploaded file. For display only, never used as a path.
    FileName
}
text! {
    /// Search terms: 1 to 200 characters without control characters.
    Words
}

impl Title {
    /// Maximum length in characters.
    pub const MAX: usize = 200;

    /// Trims white space.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        line(text, Self::MAX, "must have 1 to 200 characters").map(Self)
    }

    /// The default title: the file name without its extension.
    #[must_use]
    pub fn of_file(name: &FileName) -> Self {
        let stem = name.0.rsplit_once('.').map_or("", |(stem, _)| stem).trim();
        let stem = if stem.is_empty() { name.as_str() } else { stem };
        Self(stem.chars().take(Self::MAX).collect::<String>().trim().to_owned())
    }
}

impl Description {
    /// Maximum length in characters.
    pub const MAX: usize = 4000;

    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        if text.chars().count() > Self::MAX {
            return Err(ValidationError("must have at most 4000 characters"));
        }
        if text
            .chars()
            .any(|char| char.is_control() && !matches!(char, '\n' | '\r' | '\t'))
        {
            return Err(ValidationError("must not contain control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn empty() -> Self {
        Self(String::new())
    }
}

impl Tag {
    /// Maximum length in characters.
    pub const MAX: usize = 50;

    /// Trims white space.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        if text.contains(',') {
            return Err(ValidationError("must not contain a comma within a tag"));
        }
        line(text, Self::MAX, "must have 1 to 50 characters in every tag").map(Self)
    }
}

/// At most 50 different tags in the given order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<String>);

impl Tags {
    pub const MAX: usize = 50;

    /// Removes duplicates.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, ValidationError> {
        let mut tags: Vec<String> = Vec::new();
        for text in texts {
            let Tag(tag) = Tag::parse(text)?;
            if tags.contains(&tag) {
                continue;
            }
            if tags.len() == Self::MAX {
                return Err(ValidationError("must be at most 50 tags"));
            }
            tags.push(tag);
        }
        Ok(Self(tags))
    }

    /// Parses comma-separated lists and ignores empty items.
    pub fn parse_list<'a>(lists: impl IntoIterator<Item = &'a str>) -> Result<Self, ValidationError> {
        let tags = lists.into_iter().flat_map(|list| list.split(','));
        Self::parse(tags.map(str::trim).filter(|tag| !tag.is_empty()))
    }

    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl FileName {
    /// Maximum length in bytes.
    const MAX: usize = 255;

    /// Sanitizes a client's file name: the part after the last slash, without control and bidirectional formatting
    /// characters, at most 255 bytes. `image` if nothing is left.
    #[must_use]
    pub fn clean(text: &str) -> Self {
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let mut clean = String::new();
        for char in name
            .chars()
            .filter(|char| !char.is_control() && !is_bidi_control(*char))
        {
            if clean.len() + char.len_utf8() > Self::MAX {
                break;
            }
            clean.push(char);
        }
        let clean = clean.trim();
        Self(if clean.is_empty() { "image" } else { clean }.to_owned())
    }
}

impl Words {
    /// Maximum length in characters.
    pub const MAX: usize = 200;

    /// Trims white space.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        line(text, Self::MAX, "must have 1 to 200 characters").map(Self)
    }

    /// Whether a fuzzy search makes sense: there are letters or digits, and no exact phrase (quotes) or exclusion (minus).
    pub(crate) fn may_be_misspelt(&self) -> bool {
        let exact = self.0.contains('"') || self.0.split_whitespace().any(|word| word.starts_with('-'));
        !exact && self.0.chars().any(char::is_alphanumeric)
    }
}

/// Bidirectional formatting characters can hide the real extension of a file name.
fn is_bidi_control(char: char) -> bool {
    matches!(char, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn line(text: &str, max: usize, wrong_length: &'static str) -> Result<String, ValidationError> {
    let long = text.chars().count() > max;
    let text = text.trim();
    if text.is_empty() || long {
        return Err(ValidationError(wrong_length));
    }
    if text.chars().any(char::is_control) {
        return Err(ValidationError("must not contain control characters"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_trimmed_and_checked() {
        for (text, expected) in [
            (" A title ", Some("A title")),
            (&"é".repeat(200), Some(&*"é".repeat(200))),
            ("", None),
            (" \t ", None),
            (&"é".repeat(201), None),
            ("a\0b", None),
            ("a\nb", None),
            ("a\u{1b}[2J", None),
        ] {
            let title = Title::parse(text);
            assert_eq!(title.as_ref().map(Title::as_str).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn descriptions_allow_line_breaks_and_tabs_only() {
        assert!(Description::parse("two\nlines\tand a tab").is_ok());
        assert!(Description::parse(&"x".repeat(4000)).is_ok());
        assert!(Description::parse(&"x".repeat(4001)).is_err());
        assert!(Description::parse("a\0b").is_err());
    }

    #[test]
    fn tags_are_trimmed_deduplicated_and_limited() {
        let tags = Tags::parse_list([" red, Blue ,,red", "green"]).unwrap();
        assert_eq!(tags.as_slice(), ["red", "Blue", "green"]);
        let many: Vec<String> = (0..51).map(|n| n.to_string()).collect();
        assert!(Tags::parse(many.iter().map(String::as_str)).is_err());
        assert!(Tags::parse(many.iter().skip(1).map(String::as_str)).is_ok());
        for bad in ["", " ", "a,b", "a\0", &"x".repeat(51)] {
            assert!(Tags::parse([bad]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn file_names_are_sanitized() {
        for (text, expected, title) in [
            ("holiday.jpg", "holiday.jpg", "holiday"),
            ("a.jpg.php", "a.jpg.php", "a.jpg"),
            ("a.php\0.jpg", "a.php.jpg", "a.php"),
            (".htaccess", ".htaccess", ".htaccess"),
            ("../../etc/passwd", "passwd", "passwd"),
            ("C:\\images\\x.png", "x.png", "x"),
            ("evil\u{202E}gpj.exe", "evilgpj.exe", "evilgpj"),
            ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg", "aSet-Cookie: x"),
            ("", "image", "image"),
            ("/", "image", "image"),
        ] {
            let name = FileName::clean(text);
            assert_eq!(name.as_str(), expected, "{text:?}");
            assert_eq!(Title::of_file(&name).as_str(), title, "{text:?}");
        }
        let long = FileName::clean(&"🦀".repeat(1000));
        assert_eq!(long.as_str().len(), 252);
        assert!(Title::parse(Title::of_file(&long).as_str()).is_ok());
        let long = FileName::clean(&format!("{}.jpg", "x".repeat(250)));
        assert_eq!(Title::of_file(&long).as_str().len(), 200);
    }

    #[test]
    fn fuzzy_search_is_for_plain_words_only() {
        for (words, plain) in [
            ("%", false),
            ("50%", true),
            ("a-b", true),
            ("a -b", false),
            ("\"a b\"", false),
        ] {
            assert_eq!(Words::parse(words).unwrap().may_be_misspelt(), plain, "{words}");
        }
        assert!(Words::parse("").is_err() && Words::parse(&"x".repeat(201)).is_err());
    }
}
