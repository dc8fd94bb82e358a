//! Conditional requests (RFC 9110 section 13).
use super::range::parse_range;
use crate::problem::Problem;
use actix_web::{
    HttpRequest,
    http::{
        Method, StatusCode,
        header::{self, ByteRangeSpec, EntityTag, HeaderName},
    },
};
use std::ops::RangeInclusive;

/// The value of `If-Match` or `If-None-Match`.
///
/// The typed headers of actix-web split the list at commas inside of entity tags and skip invalid ones, so that an invalid
/// condition would be ignored instead of rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EtagCondition {
    Any,
    OneOf(Vec<EntityTag>),
}

impl EtagCondition {
    pub(crate) fn if_match(request: &HttpRequest) -> Result<Option<Self>, Problem> {
        Self::from_header(request, &header::IF_MATCH, "If-Match")
    }

    pub(crate) fn if_none_match(request: &HttpRequest) -> Result<Option<Self>, Problem> {
        Self::from_header(request, &header::IF_NONE_MATCH, "If-None-Match")
    }

    fn from_header(request: &HttpRequest, name: &HeaderName, shown: &str) -> Result<Option<Self>, Problem> {
        let Some(value) = joined_values(request, name) else {
            return Ok(None);
        };
        let invalid = || Problem::parameter(shown, "must be `*` or a list of entity tags in quotes");
        Self::parse(&value).map(Some).ok_or_else(invalid)
    }

    fn parse(text: &str) -> Option<Self> {
        if text.trim() == "*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = text.trim_matches([' ', '\t', ',']);
        while !rest.is_empty() {
            let open = rest.find('"')?;
            let close = rest.get(open + 1..)?.find('"')?;
            let (tag, after) = rest.split_at_checked(open + close + 2)?;
            tags.push(tag.parse().ok()?);
            let next = after.trim_start_matches([' ', '\t']);
            if !next.is_empty() && !next.starts_with(',') {
                return None;
            }
            rest = next.trim_start_matches([' ', '\t', ',']);
        }
        (!tags.is_empty()).then_some(Self::OneOf(tags))
    }

    /// Strong comparison, for `If-Match`.
    pub(crate) fn matches_strongly(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|listed| listed.strong_eq(tag)),
        }
    }

    /// Weak comparison, for `If-None-Match`.
    pub(crate) fn matches_weakly(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|listed| listed.weak_eq(tag)),
        }
    }
}

/// The condition of a range request (RFC 9110, section 13.1.5).
#[derive(Clone, Debug, Default)]
enum IfRange {
    #[default]
    Absent,
    Tag(EntityTag),
    /// A date, which never matches because originals have no `Last-Modified`, or an invalid value.
    Unmatched,
}

/// The conditional headers and the range of a download.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    if_match: Option<EtagCondition>,
    if_none_match: Option<EtagCondition>,
    if_range: IfRange,
    range: Option<ByteRangeSpec>,
    head_only: bool,
}

/// The part of the representation that the response contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SelectedBody {
    /// 304
    NotModified,
    /// 200
    Full,
    /// 206
    Partial(RangeInclusive<u64>),
}

impl Conditions {
    pub(crate) fn from_request(request: &HttpRequest) -> Result<Self, Problem> {
        let if_range = joined_values(request, &header::IF_RANGE);
        Ok(Self {
            if_match: EtagCondition::if_match(request)?,
            if_none_match: EtagCondition::if_none_match(request)?,
            if_range: match if_range.map(|value| value.trim().parse()) {
                None => IfRange::Absent,
                Some(Ok(tag)) => IfRange::Tag(tag),
                Some(Err(_)) => IfRange::Unmatched,
            },
            range: joined_values(request, &header::RANGE).and_then(|range| parse_range(&range)),
            head_only: request.method() == Method::HEAD,
        })
    }

    /// Evaluates the conditions in the order of RFC 9110 section 13.2.2, for a representation of `len` bytes.
    pub(crate) fn evaluate(&self, etag: &EntityTag, len: u64) -> Result<SelectedBody, Problem> {
        if self
            .if_match
            .as_ref()
            .is_some_and(|tags| !tags.matches_strongly(etag))
        {
            let detail = "The image does not match `If-Match`.";
            let status = StatusCode::PRECONDITION_FAILED;
            return Err(Problem::new(status, "precondition-failed", detail));
        }
        if self
            .if_none_match
            .as_ref()
            .is_some_and(|tags| tags.matches_weakly(etag))
        {
            return Ok(SelectedBody::NotModified);
        }
        let if_range_matches = match &self.if_range {
            IfRange::Absent => true,
            IfRange::Tag(tag) => tag.strong_eq(etag),
            IfRange::Unmatched => false,
        };
        match &self.range {
            // RFC 9110 section 14.2: `Range` applies only to GET.
            Some(range) if !self.head_only && if_range_matches => match range.to_satisfiable_range(len) {
                Some((first, last)) => Ok(SelectedBody::Partial(first..=last)),
                None => Err(range_not_satisfiable(len)),
            },
            _ => Ok(SelectedBody::Full),
        }
    }
}

fn range_not_satisfiable(len: u64) -> Problem {
    let detail = format!("The range starts after the end of the file, which has {len} bytes.");
    Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range-not-satisfiable", detail)
        .with_header(header::CONTENT_RANGE, format!("bytes */{len}"))
}

/// A strong entity tag.
pub(crate) fn strong_etag(tag: &(impl ToString + ?Sized)) -> EntityTag {
    EntityTag::new_strong(tag.to_string())
}

/// The values of a header, joined with commas.
fn joined_values(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    let values: Vec<_> = request
        .headers()
        .get_all(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weak(tag: &str) -> EntityTag {
        EntityTag::new_weak(tag.to_owned())
    }

    #[test]
    fn etag_lists_are_parsed_strictly() {
        for (text, expected) in [
            ("*", Some(EtagCondition::Any)),
            ("\"1\"", Some(EtagCondition::OneOf(vec![strong_etag("1")]))),
            (
                "\"a,b\" , W/\"c\",",
                Some(EtagCondition::OneOf(vec![strong_etag("a,b"), weak("c")])),
            ),
            ("\"\"", Some(EtagCondition::OneOf(vec![strong_etag("")]))),
            ("", None),
            (",", None),
            ("1", None),
            ("\"1", None),
            ("\"1\" \"2\"", None),
            ("x\"1\"", None),
            ("w/\"1\"", None),
            ("\"1\", *", None),
            ("\"a b\"", None),
        ] {
            assert_eq!(EtagCondition::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn strong_and_weak_comparison() {
        let tags = EtagCondition::parse("\"1\", W/\"2\", \"x\"").unwrap();
        let matches = |tag: &str| tags.matches_strongly(&strong_etag(tag));
        assert!(matches("1") && !matches("2") && !matches("3"));
        let matches = |tag: &str| tags.matches_weakly(&strong_etag(tag));
        assert!(matches("1") && matches("2") && !matches("3"));
    }

    fn range_if(if_range: IfRange) -> Conditions {
        Conditions {
            if_range,
            range: Some(ByteRangeSpec::FromTo(2, 4)),
            ..Conditions::default()
        }
    }

    fn evaluate(conditions: &Conditions, len: u64) -> Result<SelectedBody, &'static str> {
        let selected = conditions.evaluate(&strong_etag("tag"), len);
        selected.map_err(|problem| problem.code())
    }

    #[test]
    fn range_applies_only_if_if_range_matches() {
        let partial = Ok(SelectedBody::Partial(2..=4));
        for (conditions, expected) in [
            (range_if(IfRange::Absent), partial.clone()),
            (range_if(IfRange::Tag(strong_etag("tag"))), partial),
            (range_if(IfRange::Tag(weak("tag"))), Ok(SelectedBody::Full)),
            (
                range_if(IfRange::Tag(strong_etag("other"))),
                Ok(SelectedBody::Full),
            ),
            (range_if(IfRange::Unmatched), Ok(SelectedBody::Full)),
        ] {
            assert_eq!(evaluate(&conditions, 10), expected, "{conditions:?}");
        }
        let head = Conditions {
            head_only: true,
            ..range_if(IfRange::Absent)
        };
        assert_eq!(evaluate(&head, 10), Ok(SelectedBody::Full));
        assert_eq!(
            evaluate(&range_if(IfRange::Absent), 2),
            Err("range-not-satisfiable")
        );
    }

    #[test]
    fn conditions_are_evaluated_in_order() {
        let other = Conditions {
            if_match: Some(EtagCondition::OneOf(vec![strong_etag("other")])),
            if_none_match: Some(EtagCondition::Any),
            ..Conditions::default()
        };
        assert_eq!(evaluate(&other, 10), Err("precondition-failed"));
        let known = Conditions {
            if_none_match: Some(EtagCondition::OneOf(vec![weak("tag")])),
            ..range_if(IfRange::Absent)
        };
        assert_eq!(evaluate(&known, 10), Ok(SelectedBody::NotModified));
        assert_eq!(evaluate(&Conditions::default(), 10), Ok(SelectedBody::Full));
    }
}
