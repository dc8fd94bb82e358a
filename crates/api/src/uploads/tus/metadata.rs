//! `Upload-Metadata`: pairs of a key and a base64 value; some are the metadata of the image.
use super::protocol::{UPLOAD_METADATA, tus_problem};
use crate::{
    images::{FieldErrors, NewImageFields, parse_keep_location},
    problem::Problem,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use infravault_images::{NewImage, Tags, Visibility};
use std::collections::BTreeMap;

/// Parses the metadata of the image. Other keys are stored with the upload session and have no meaning here.
pub(super) fn parse(header: &str) -> Result<NewImage, Problem> {
    let invalid = |detail: &str| tus_problem(Problem::parameter(UPLOAD_METADATA.as_str(), detail));
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    for pair in header.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value.trim());
        let value = value.map_err(|_| invalid("must have values in base64"))?;
        let key = if key == "name" { "filename" } else { key };
        if KEYS.contains(&key) {
            let text = String::from_utf8(value).map_err(|_| invalid("must be UTF-8"))?;
            values.insert(key, text);
        }
    }
    let mut errors = FieldErrors::default();
    let value = |key| values.get(key).map(String::as_str);
    let present = |key| value(key).filter(|text| !text.is_empty());
    let visibility = present("visibility").map(str::parse::<Visibility>);
    let visibility = visibility.and_then(|parsed| errors.check("visibility", parsed));
    let keep_location = errors.check("keep_location", parse_keep_location(value("keep_location")));
    let image = NewImageFields {
        file_name: value("filename").unwrap_or_default(),
        title: present("title"),
        description: value("description"),
        tags: Tags::parse_list(value("tags")),
        visibility,
        keep_location: keep_location.unwrap_or_default(),
    };
    let image = image.parse(&mut errors);
    match errors.first() {
        Some(error) => Err(invalid(&format!("`{}` {}", error.field, error.detail))),
        None => Ok(image),
    }
}

const KEYS: [&str; 6] = [
    "filename",
    "title",
    "description",
    "visibility",
    "tags",
    "keep_location",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn header(pairs: &[(&str, &str)]) -> String {
        let pairs = pairs
            .iter()
            .map(|(name, value)| format!("{name} {}", STANDARD.encode(value)));
        pairs.collect::<Vec<_>>().join(",")
    }

    #[test]
    fn metadata_of_image_is_parsed() {
        let image = parse(&header(&[
            ("filename", "käse.jpg"),
            ("title", "Cheese"),
            ("tags", "food, milk"),
            ("visibility", "public"),
            ("keep_location", "true"),
            ("filetype", "image/jpeg"),
        ]))
        .unwrap();
        assert_eq!(image.file_name.as_str(), "käse.jpg");
        assert_eq!(image.title.unwrap().as_str(), "Cheese");
        assert_eq!(image.tags.as_slice(), ["food", "milk"]);
        assert_eq!(image.visibility, Visibility::Public);
        assert!(image.keep_location);
        assert_eq!(parse("is_confidential").unwrap().file_name.as_str(), "image");
        assert_eq!(parse("").unwrap().file_name.as_str(), "image");
    }

    #[test]
    fn invalid_metadata_is_rejected() {
        for text in [
            header(&[("visibility", "secret")]),
            header(&[("keep_location", "yes")]),
            header(&[("title", &"x".repeat(201))]),
            "title !!!".to_owned(),
            "title /w==".to_owned(),
        ] {
            assert_eq!(parse(&text).unwrap_err().code(), "invalid-parameter", "{text}");
        }
    }
}
