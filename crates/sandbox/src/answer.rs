//! Checks what a child says, for it may be in the hands of the image it read.

use crate::wire::Placed;
use bytes::Bytes;
use infravault_imaging::{Camera, Description, Format, Order};
use rustix::{
    fs::fstat,
    io::{pread, retry_on_intr},
};
use std::os::fd::BorrowedFd;

/// Bytes of all renditions of an order together: the lossless ones of the largest image fit.
pub(crate) const MOST_OUTPUT: u64 = 256 * 1024 * 1024;

/// Characters of a text for the owner.
const LONGEST_TEXT: usize = 300;

/// Pixels along a side of a rendition: no format knows more.
const LONGEST_SIDE: u32 = 65_535;

/// What an order brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What the image shows, where that was asked for.
    pub description: Option<Description>,
    /// One for each recipe, in the order of the recipes.
    pub renditions: Vec<Made>,
    /// The most memory that was resident in the child during this order, its program included; 0 where the kernel does
    /// not say.
    pub peak_rss_bytes: u64,
}

/// A rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What it is encoded as.
    pub format: Format,
    /// The file.
    pub bytes: Bytes,
}

/// What a child said that cannot be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a child answered {0}")]
pub(crate) struct Nonsense(pub(crate) &'static str);

/// Reads what a child made, as far as it is what the order asked for.
pub(crate) fn collect(
    order: &Order,
    description: Option<Description>,
    renditions: &[Placed],
    output: BorrowedFd<'_>,
) -> Result<Answer, Nonsense> {
    if description.is_some() != order.describe {
        return Err(Nonsense("a description that was not asked for, or none that was"));
    }
    if let Some(description) = &description {
        plausible(description, order)?;
    }
    if renditions.len() != order.recipes.len() {
        return Err(Nonsense("another number of renditions"));
    }
    let written = fstat(output)
        .map_err(|_| Nonsense("in a file that cannot be read"))?
        .st_size;
    let written = u64::try_from(written).unwrap_or(0).min(MOST_OUTPUT);
    let mut total: u64 = 0;
    let mut made = Vec::with_capacity(renditions.len());
    for (placed, recipe) in renditions.iter().zip(&order.recipes) {
        total = total.saturating_add(placed.length);
        let sides = 1..=LONGEST_SIDE;
        if placed.format != recipe.format || !sides.contains(&placed.width) || !sides.contains(&placed.height)
        {
            return Err(Nonsense("a rendition of another kind"));
        }
        if total > written || placed.offset.saturating_add(placed.length) > written {
            return Err(Nonsense("renditions outside of their file"));
        }
        made.push(Made {
            width: placed.width,
            height: placed.height,
            format: placed.format,
            bytes: read(output, placed)?,
        });
    }
    Ok(Answer {
        description,
        renditions: made,
        peak_rss_bytes: 0,
    })
}

/// Cleans a child's text for the owner of the image.
pub(crate) fn text(said: &str) -> String {
    said.chars()
        .filter(|character| !character.is_control())
        .take(LONGEST_TEXT)
        .collect()
}

/// Reads one rendition, and that it begins as its format does: it will be served under that name.
fn read(output: BorrowedFd<'_>, placed: &Placed) -> Result<Bytes, Nonsense> {
    let unreadable = Nonsense("renditions that cannot be read");
    let Ok(length) = usize::try_from(placed.length) else {
        return Err(unreadable);
    };
    let mut bytes: Vec<u8> = Vec::with_capacity(length.max(1));
    while bytes.len() < length {
        let mut rest = vec![0; (length - bytes.len()).min(1024 * 1024)];
        let at = placed
            .offset
            .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let count = retry_on_intr(|| pread(output, rest.as_mut_slice(), at)).unwrap_or(0);
        match rest.get(..count) {
            Some(part) if count > 0 => bytes.extend_from_slice(part),
            _ => return Err(unreadable),
        }
    }
    if begins_as(placed.format, &bytes) {
        Ok(bytes.into())
    } else {
        Err(Nonsense("a file of another format"))
    }
}

/// Whether a file begins with the signature of its format.
fn begins_as(format: Format, bytes: &[u8]) -> bool {
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

/// Whether a description is one that imaging can give.
fn plausible(description: &Description, order: &Order) -> Result<(), Nonsense> {
    let sides = 1..=order.limits.max_side;
    if !sides.contains(&description.width) || !sides.contains(&description.height) {
        return Err(Nonsense("an impossible size"));
    }
    if description.thumbhash.len() > 25 {
        return Err(Nonsense("a thumbhash that is too long"));
    }
    let camera = &description.camera;
    if !texts(camera).all(|text| text.chars().count() <= 100 && !text.chars().any(char::is_control)) {
        return Err(Nonsense("an impossible text"));
    }
    let numbers = [camera.f_number, camera.focal_length];
    let placed = description.location.is_none_or(|place| {
        place.latitude.abs() <= 90.0
            && place.longitude.abs() <= 180.0
            && place.altitude.is_none_or(f32::is_finite)
    });
    if !placed || !numbers.into_iter().flatten().all(f32::is_finite) {
        return Err(Nonsense("an impossible number"));
    }
    Ok(())
}

fn texts(camera: &Camera) -> impl Iterator<Item = &String> {
    [&camera.make, &camera.model, &camera.lens, &camera.taken_at]
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use infravault_imaging::{Limits, Location, Recipe};
    use rustix::fs::{MemfdFlags, memfd_create};
    use rustix::io::pwrite;

    use super::*;

    fn order(describe: bool) -> Order {
        Order {
            limits: Limits::default(),
            describe,
            recipes: vec![Recipe::new(Format::Jpeg, 80)],
        }
    }

    fn placed() -> Placed {
        Placed {
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
    fn only_what_was_asked_for_and_lies_in_the_file() {
        let output = memfd_create(c"test", MemfdFlags::CLOEXEC).unwrap();
        pwrite(&output, b"..\xFF\xD8\xFFab", 0).unwrap();
        let file = output.as_fd();
        let good = collect(&order(false), None, &[placed()], file).unwrap();
        assert_eq!(good.renditions[0].bytes, &b"\xFF\xD8\xFFab"[..]);
        let bad = |change: fn(&mut Placed)| {
            let mut one = placed();
            change(&mut one);
            collect(&order(false), None, &[one], file).unwrap_err()
        };
        let outside = Nonsense("renditions outside of their file");
        assert_eq!(bad(|one| one.length = 6), outside);
        assert_eq!(bad(|one| one.offset = 3), outside);
        assert_eq!(bad(|one| one.offset = u64::MAX), outside);
        assert_eq!(bad(|one| one.length = u64::MAX), outside);
        let kind = Nonsense("a rendition of another kind");
        assert_eq!(bad(|one| one.format = Format::Png), kind);
        assert_eq!(bad(|one| one.width = 0), kind);
        assert_eq!(bad(|one| one.height = 65_536), kind);
        let format = Nonsense("a file of another format");
        assert_eq!(bad(|one| one.offset = 1), format);
        assert_eq!(bad(|one| one.length = 0), format);
        let number = Nonsense("another number of renditions");
        assert_eq!(collect(&order(false), None, &[], file), Err(number));
        assert_eq!(
            collect(&order(false), None, &[placed(), placed()], file).unwrap_err(),
            Nonsense("another number of renditions")
        );
        assert!(collect(&order(true), None, &[placed()], file).is_err());
        assert!(collect(&order(false), Some(description()), &[placed()], file).is_err());
    }

    #[test]
    fn descriptions_are_possible() {
        assert_eq!(plausible(&description(), &order(true)), Ok(()));
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
            assert!(plausible(&one, &order(true)).is_err(), "change {number}");
        }
    }

    #[test]
    fn texts_are_short_and_of_one_line() {
        assert_eq!(text("a\u{1b}[31m\nb"), "a[31mb");
        assert_eq!(text(&"x".repeat(1000)).len(), LONGEST_TEXT);
    }
}
