//! Conditional requests for images: what the entity tags of a request mean.
use crate::{http::EtagCondition, problem::Problem};
use actix_web::HttpRequest;
use infravault_images::Selection;
use infravault_kernel::Sha256;

/// The versions of the metadata that `If-Match` names. The state of the image in an entity tag is ignored, because it does
/// not change the metadata.
pub(super) fn if_match_versions(request: &HttpRequest) -> Result<Option<Selection<i32>>, Problem> {
    let condition = EtagCondition::if_match(request)?;
    Ok(condition.map(|condition| match condition {
        EtagCondition::Any => Selection::All,
        EtagCondition::OneOf(tags) => Selection::OneOf(
            tags.iter()
                .filter(|tag| !tag.weak)
                .filter_map(|tag| parse_version(tag.tag()))
                .collect(),
        ),
    }))
}

/// The digests of the files that `If-None-Match` names.
pub(super) fn cached_digests(request: &HttpRequest) -> Result<Option<Selection<Sha256>>, Problem> {
    let condition = EtagCondition::if_none_match(request)?;
    Ok(condition.map(|condition| match condition {
        EtagCondition::Any => Selection::All,
        EtagCondition::OneOf(tags) => {
            Selection::OneOf(tags.iter().filter_map(|tag| tag.tag().parse().ok()).collect())
        }
    }))
}

/// The version in an entity tag of [`infravault_images::Image::etag`].
fn parse_version(tag: &str) -> Option<i32> {
    let number = match tag.split_once('-') {
        Some((number, "ready" | "failed")) => number,
        Some(_) => return None,
        None => tag,
    };
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn if_match_names_versions() {
        for (value, expected) in [
            ("*", Selection::All),
            ("\"1\", W/\"2\", \"x\"", Selection::OneOf(vec![1])),
            (
                "\"1-ready\", \"2-failed\", \"3-stored\", \"-4\", \"5-\", W/\"6-ready\", \"99999999999\"",
                Selection::OneOf(vec![1, 2]),
            ),
        ] {
            let request = TestRequest::default().insert_header(("If-Match", value));
            let versions = if_match_versions(&request.to_http_request()).unwrap();
            assert_eq!(versions, Some(expected), "{value}");
        }
        let request = TestRequest::default().to_http_request();
        assert_eq!(if_match_versions(&request).unwrap(), None);
    }
}
