//! Validates the reply of a worker, which a hostile image may control.

use crate::wire::{MAX_OUTPUT_BYTES, RenditionRange};
use bytes::Bytes;
use infravault_imaging::{Camera, DecodeError, Description, EncodedImage, Format, ProcessRequest};
use rustix::{
    fs::fstat,
    io::{pread, retry_on_intr},
};
use std::os::fd::BorrowedFd;

/// Maximum number of characters of an error message.
const MAX_MESSAGE: usize = 300;

/// Maximum pixels per side of a rendition, in any format.
const MAX_SIDE: u32 = 65_535;

/// The result of a processed image.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessReply {
    /// The description, if requested.
    pub description: Option<Description>,
    /// One rendition per recipe, in the order of the recipes.
    pub renditions: Vec<EncodedImage>,
    /// The peak resident memory of the worker during the request, including its program; 0 if unknown.
    pub peak_rss_bytes: u64,
}

/// A reply that does not match its request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid reply: {0}")]
pub(crate) struct InvalidReply(pub(crate) &'static str);

/// Checks a reply against its request and reads the renditions.
pub(crate) fn validate_reply(
    request: &ProcessRequest,
    description: Option<Description>,
    renditions: &[RenditionRange],
    output: BorrowedFd<'_>,
) -> Result<ProcessReply, InvalidReply> {
    if description.is_some() != request.describe {
        return Err(InvalidReply("unrequested or missing description"));
    }
    if let Some(description) = &description {
        validate_description(description, request)?;
    }
    if renditions.len() != request.recipes.len() {
        return Err(InvalidReply("wrong number of renditions"));
    }
    let written = fstat(output)
        .map_err(|_| InvalidReply("unreadable output file"))?
        .st_size;
    let written = u64::try_from(written).unwrap_or(0).min(MAX_OUTPUT_BYTES);
    let mut total: u64 = 0;
    let mut images = Vec::with_capacity(renditions.len());
    for (range, recipe) in renditions.iter().zip(&request.recipes) {
        total = total.saturating_add(range.length);
        let sides = 1..=MAX_SIDE;
        if range.format != recipe.format || !sides.contains(&range.width) || !sides.contains(&range.height) {
            return Err(InvalidReply("wrong format or size of a rendition"));
        }
        if total > written || range.offset.saturating_add(range.length) > written {
            return Err(InvalidReply("rendition outside the output file"));
        }
        images.push(EncodedImage {
            width: range.width,
            height: range.height,
            format: range.format,
            bytes: read_rendition(output, range)?,
        });
    }
    Ok(ProcessReply {
        description,
        renditions: images,
        peak_rss_bytes: 0,
    })
}

/// Removes control characters from the message of a worker, and limits its length.
pub(crate) fn sanitize_error(error: &DecodeError) -> DecodeError {
    let message = error
        .message
        .chars()
        .filter(|character| !character.is_control())
        .take(MAX_MESSAGE);
    DecodeError::new(error.kind, message.collect::<String>())
}

/// Reads a rendition and checks that it has the signature of its format.
fn read_rendition(output: BorrowedFd<'_>, range: &RenditionRange) -> Result<Bytes, InvalidReply> {
    let unreadable = InvalidReply("unreadable rendition");
    let Ok(length) = usize::try_from(range.length) else {
        return Err(unreadable);
    };
    let mut bytes: Vec<u8> = Vec::with_capacity(length.max(1));
    while bytes.len() < length {
        let mut rest = vec![0; (length - bytes.len()).min(1024 * 1024)];
        let at = range
            .offset
            .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let count = retry_on_intr(|| pread(output, rest.as_mut_slice(), at)).unwrap_or(0);
        match rest.get(..count) {
            Some(part) if count > 0 => bytes.extend_from_slice(part),
            _ => return Err(unreadable),
        }
    }
    if has_signature(range.format, &bytes) {
        Ok(bytes.into())
    } else {
        Err(InvalidReply("wrong signature of a rendition"))
    }
}

/// Whether a file starts with the signature of its format.
fn has_signature(format: Format, bytes: &[u8]) -> bool {
    let at = |offset: usize, signature: &[u8]| {
        bytes
            .get(offset..)
            .is_some_and(|rest| rest.starts_with(signature))
    };
    match format {
        Format::Avif => at(4, b"ftypavif") || at(4, b"ftypavis"),
        Format::Webp => at(0, b"RIFF") && at(8, b"WEBP"),
        Format::Jpeg => at(0, &[0xFF, 0xD8, 0xFF]),
        Format::Png => at(0, b"\x89PNG\r\n\x1a\n"),
    }
}

/// Checks the ranges of all fields.
fn validate_description(description: &Description, request: &ProcessRequest) -> Result<(), InvalidReply> {
    let sides = 1..=request.limits.max_side;
    if !sides.contains(&description.width) || !sides.contains(&description.height) {
        return Err(InvalidReply("invalid size"));
    }
    if description.thumbhash.len() > 25 {
        return Err(InvalidReply("invalid thumbhash"));
    }
    let camera = &description.camera;
    if !camera_texts(camera).all(|text| text.chars().count() <= 100 && !text.chars().any(char::is_control)) {
        return Err(InvalidReply("invalid camera text"));
    }
    let numbers = [camera.f_number, camera.focal_length];
    let valid_location = description.location.is_none_or(|location| {
        location.latitude.abs() <= 90.0
            && location.longitude.abs() <= 180.0
            && location.altitude.is_none_or(f32::is_finite)
    });
    if !valid_location || !numbers.into_iter().flatten().all(f32::is_finite) {
        return Err(InvalidReply("invalid number"));
    }
    Ok(())
}

fn camera_texts(camera: &Camera) -> impl Iterator<Item = &String> {
    [&camera.make, &camera.model, &camera.lens, &camera.taken_at]
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_imaging::{Limits, Location, Recipe};
    use rustix::{
        fs::{MemfdFlags, memfd_create},
        io::pwrite,
    };
    use std::os::fd::AsFd;

    fn request(describe: bool) -> ProcessRequest {
        ProcessRequest {
            limits: Limits::default(),
            describe,
            recipes: vec![Recipe::new(Format::Jpeg, 80)],
        }
    }

    fn range() -> RenditionRange {
        RenditionRange {
            width: 4,
            height: 3,
            format: Format::Jpeg,
            offset: 2,
            length: 5,
        }
    }

    fn description() -> Description {
        Description {
            width: 4,
            height: 3,
            has_alpha: false,
            color: [1, 2, 3],
            thumbhash: vec![0; 25],
            phash: None,
            camera: Camera::default(),
            location: None,
        }
    }

    #[test]
    fn reply_must_match_the_request_and_the_output_file() {
        let output = memfd_create(c"test", MemfdFlags::CLOEXEC).unwrap();
        pwrite(&output, b"..\xFF\xD8\xFFab", 0).unwrap();
        let file = output.as_fd();
        let good = validate_reply(&request(false), None, &[range()], file).unwrap();
        assert_eq!(good.renditions[0].bytes, &b"\xFF\xD8\xFFab"[..]);
        let bad = |change: fn(&mut RenditionRange)| {
            let mut one = range();
            change(&mut one);
            validate_reply(&request(false), None, &[one], file).unwrap_err()
        };
        let outside = InvalidReply("rendition outside the output file");
        assert_eq!(bad(|one| one.length = 6), outside);
        assert_eq!(bad(|one| one.offset = 3), outside);
        assert_eq!(bad(|one| one.offset = u64::MAX), outside);
        assert_eq!(bad(|one| one.length = u64::MAX), outside);
        let kind = InvalidReply("wrong format or size of a rendition");
        assert_eq!(bad(|one| one.format = Format::Png), kind);
        assert_eq!(bad(|one| one.width = 0), kind);
        assert_eq!(bad(|one| one.height = 65_536), kind);
        let format = InvalidReply("wrong signature of a rendition");
        assert_eq!(bad(|one| one.offset = 1), format);
        assert_eq!(bad(|one| one.length = 0), format);
        let number = InvalidReply("wrong number of renditions");
        assert_eq!(validate_reply(&request(false), None, &[], file), Err(number));
        assert_eq!(
            validate_reply(&request(false), None, &[range(), range()], file).unwrap_err(),
            InvalidReply("wrong number of renditions")
        );
        assert!(validate_reply(&request(true), None, &[range()], file).is_err());
        assert!(validate_reply(&request(false), Some(description()), &[range()], file).is_err());
    }

    #[test]
    fn invalid_descriptions_are_rejected() {
        assert_eq!(validate_description(&description(), &request(true)), Ok(()));
        let changes: [fn(&mut Description); 7] = [
            |it| it.width = 0,
            |it| it.height = 12_001,
            |it| it.thumbhash = vec![0; 26],
            |it| it.camera.make = Some("a\nb".to_owned()),
            |it| it.camera.taken_at = Some("x".repeat(101)),
            |it| it.camera.f_number = Some(f32::NAN),
            |it| {
                it.location = Some(Location {
                    latitude: 90.1,
                    longitude: 0.0,
                    altitude: None,
                });
            },
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut one = description();
            change(&mut one);
            assert!(
                validate_description(&one, &request(true)).is_err(),
                "change {number}"
            );
        }
    }

    #[test]
    fn messages_are_sanitized_and_truncated() {
        let sanitize = |message: &str| {
            let error = DecodeError::new(infravault_imaging::DecodeErrorKind::Corrupt, message);
            sanitize_error(&error).message
        };
        assert_eq!(sanitize("a\u{1b}[31m\nb"), "a[31mb");
        assert_eq!(sanitize(&"x".repeat(1000)).len(), MAX_MESSAGE);
    }
}
