//! The generated images: valid, determined by their seed, with the documented contents.
use image::{
    AnimationDecoder, ImageDecoder, ImageFormat, ImageReader, codecs::gif::GifDecoder, metadata::Orientation,
};
use infravault_testkit::samples;
use std::io::Cursor;

fn size(bytes: &[u8]) -> (Option<ImageFormat>, u32, u32) {
    let reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .unwrap();
    let format = reader.format();
    let image = reader.decode().unwrap();
    (format, image.width(), image.height())
}

#[test]
fn every_format_decodes_and_depends_only_on_its_seed() {
    for format in samples::FORMATS {
        let expected = ImageFormat::from_mime_type(format.media_type);
        assert_eq!(expected, ImageFormat::from_extension(format.extension));
        for (width, height) in [(1, 1), (40, 30), (33, 7)] {
            let bytes = (format.generate)(width, height, 1);
            assert_eq!(size(&bytes), (expected, width, height), "{}", format.media_type);
            assert_eq!(bytes, (format.generate)(width, height, 1));
            assert_ne!(
                bytes,
                (format.generate)(width, height, 2),
                "{}",
                format.media_type
            );
        }
    }
}

#[test]
fn animation_has_the_requested_frames() {
    let bytes = samples::gif(20, 10, 5, 1);
    let frames = GifDecoder::new(Cursor::new(bytes))
        .unwrap()
        .into_frames()
        .collect_frames();
    let frames = frames.unwrap();
    assert_eq!(frames.len(), 5);
    assert!(frames[0].buffer() != frames[1].buffer());
}

#[test]
fn metadata_is_found_by_readers() {
    for orientation in 1..=8 {
        let bytes = samples::jpeg_with_orientation(40, 30, orientation);
        let mut decoder = ImageReader::new(Cursor::new(&bytes))
            .with_guessed_format()
            .unwrap()
            .into_decoder()
            .unwrap();
        assert_eq!(
            Some(decoder.orientation().unwrap()),
            Orientation::from_exif(orientation)
        );
        assert_eq!(size(&bytes), (Some(ImageFormat::Jpeg), 40, 30));
    }
    let bytes = samples::jpeg_with_gps(40, 30, 1);
    let mut decoder = ImageReader::new(Cursor::new(&bytes))
        .with_guessed_format()
        .unwrap()
        .into_decoder()
        .unwrap();
    let exif = decoder.exif_metadata().unwrap().unwrap();
    // The entry of the GPS directory points to the degrees of the latitude.
    let number = |at: usize| u32::from_be_bytes(exif[at..at + 4].try_into().unwrap());
    let directory = usize::try_from(number(8 + 2 + 12 + 8)).unwrap();
    let latitude = usize::try_from(number(directory + 2 + 12 + 8)).unwrap();
    let longitude = usize::try_from(number(directory + 2 + 36 + 8)).unwrap();
    assert_eq!(
        (number(latitude), number(longitude), exif.len()),
        (48, 16, longitude + 24)
    );
    assert_eq!(size(&bytes), (Some(ImageFormat::Jpeg), 40, 30));
}

#[test]
fn polyglots_are_images_and_mislabeled_files_are_not() {
    for polyglot in samples::polyglots() {
        let expected = ImageFormat::from_mime_type(polyglot.media_type);
        assert_eq!(size(&polyglot.bytes), (expected, 16, 12), "{}", polyglot.name);
        for marker in polyglot.markers {
            let found = polyglot
                .bytes
                .windows(marker.len())
                .any(|part| part == marker.as_bytes());
            assert!(found, "{}: {marker}", polyglot.name);
        }
    }
    for lie in samples::mislabeled_files() {
        let reader = ImageReader::new(Cursor::new(lie.bytes))
            .with_guessed_format()
            .unwrap();
        let guessed = reader.format().map(|format| format.to_mime_type());
        let accepted = samples::FORMATS
            .iter()
            .any(|format| Some(format.media_type) == guessed);
        assert!(!accepted, "{}: {guessed:?}", lie.name);
    }
    for bomb in samples::bombs() {
        let reader = ImageReader::new(Cursor::new(&bomb.bytes))
            .with_guessed_format()
            .unwrap();
        assert_eq!(
            reader.format(),
            ImageFormat::from_mime_type(bomb.media_type),
            "{}",
            bomb.name
        );
        assert!(
            bomb.bytes.len() < 200,
            "{} has {} bytes",
            bomb.name,
            bomb.bytes.len()
        );
    }
}
