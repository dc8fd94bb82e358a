//! `Upload-Metadata`: pairs of a name and a value in base64, of which some say what is known of the image.
use super::protocol::{UPLOAD_METADATA, own};
use crate::{images::keep, problem::Problem};
use base64::{Engine, engine::general_purpose::STANDARD};
use infravault_images::{Description, FileName, NewImage, Tags, Title, Visibility};
use infravault_kernel::FieldError;

/// Reads what is said about the image. Other names are kept and mean nothing here.
pub(super) fn parse(header: &str) -> Result<NewImage, Problem> {
    let refused = |detail: &str| own(Problem::parameter(UPLOAD_METADATA.as_str(), detail));
    let mut image = NewImage {
        file_name: FileName::clean(""),
        title: None,
        description: Description::empty(),
        tags: Tags::default(),
        visibility: Visibility::default(),
        keep_location: false,
    };
    let mut faults: Vec<FieldError> = Vec::new();
    for pair in header.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value.trim());
        let value = value.map_err(|_| refused("must have values in base64"))?;
        let known = matches!(
            name,
            "filename" | "name" | "title" | "description" | "visibility" | "tags" | "keep_location"
        );
        if !known {
            continue;
        }
        let text = String::from_utf8(value).map_err(|_| refused("must be UTF-8"))?;
        set(&mut image, &mut faults, name, &text);
    }
    match faults.into_iter().next() {
        Some(fault) => Err(refused(&format!("`{}` {}", fault.field, fault.detail))),
        None => Ok(image),
    }
}

fn set(image: &mut NewImage, faults: &mut Vec<FieldError>, name: &str, text: &str) {
    match name {
        "title" | "visibility" if text.is_empty() => {}
        "title" => image.title = keep(faults, "title", Title::parse(text)),
        "description" => {
            if let Some(description) = keep(faults, "description", Description::parse(text)) {
                image.description = description;
            }
        }
        "visibility" => {
            if let Some(visibility) = keep(faults, "visibility", text.parse::<Visibility>()) {
                image.visibility = visibility;
            }
        }
        "tags" => image.tags = keep(faults, "tags", Tags::parse_list([text])).unwrap_or_default(),
        "keep_location" => match text {
            "true" => image.keep_location = true,
            "false" | "" => image.keep_location = false,
            _ => faults.push(FieldError::new("keep_location", "must be `true` or `false`")),
        },
        _ => image.file_name = FileName::clean(text),
    }
}

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
    fn what_is_said_about_an_image() {
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
    fn what_will_not_do() {
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
