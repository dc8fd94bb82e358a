//! Images through the real child: what comes back, and what broken ones do.

use crate::setup::{changed, file, sandbox};
use image::{ImageFormat, Rgb, RgbImage};
use infravault_imaging::{Fit, Format, Gravity, Limits, Order, Recipe, Resize};
use infravault_sandbox::{Error, Lane};
use std::io::Cursor;

/// An image with some structure.
fn image(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        let wave = u8::try_from((x * x / 7 + y * 3) % 256).unwrap();
        Rgb([
            wave,
            u8::try_from(x % 256).unwrap(),
            u8::try_from(y % 256).unwrap(),
        ])
    });
    let mut bytes = Vec::new();
    pixels.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn order(describe: bool, formats: &[Format]) -> Order {
    let to = |format| Recipe {
        resize: Some(Resize {
            width: Some(64),
            height: Some(64),
            fit: Fit::Inside,
            gravity: Gravity::Center,
        }),
        ..Recipe::new(format, 70)
    };
    Order {
        limits: Limits::default(),
        describe,
        recipes: formats.iter().copied().map(to).collect(),
    }
}

/// A JPEG with so many bytes of comments in front of its pixels.
fn padded(jpeg: &[u8], bytes: usize) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    let mut padded = start.to_vec();
    let comment = [&[0xFF, 0xFE, 0xFF, 0xFF][..], &vec![b'x'; 65_533]].concat();
    while padded.len() + rest.len() + comment.len() < bytes {
        padded.extend_from_slice(&comment);
    }
    padded.extend_from_slice(rest);
    padded
}

#[tokio::test(flavor = "multi_thread")]
async fn every_input_becomes_every_output_inside_the_sandbox() {
    let sandbox = sandbox(1);
    for input in [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::Gif,
        ImageFormat::WebP,
    ] {
        let image = file(&image(320, 240, input));
        let order = order(true, &Format::ALL);
        let answer = sandbox.run(image, &order, Lane::Request).await.unwrap();
        let description = answer.description.unwrap();
        assert_eq!((description.width, description.height), (320, 240), "{input:?}");
        let made: Vec<_> = answer
            .renditions
            .iter()
            .map(|made| (made.format, made.width, made.height))
            .collect();
        assert_eq!(made, Format::ALL.map(|format| (format, 64, 48)), "{input:?}");
        assert!(
            answer.renditions.iter().all(|made| made.bytes.len() > 100),
            "{input:?}"
        );
    }
    assert_eq!(sandbox.stats().replaced, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_peak_of_memory_is_that_of_the_order() {
    let sandbox = sandbox(1);
    let order = order(false, &[Format::Png]);
    let mut peaks = Vec::new();
    for side in [100, 3000, 100] {
        let image = file(&image(side, side, ImageFormat::Png));
        peaks.push(
            sandbox
                .run(image, &order, Lane::Job)
                .await
                .unwrap()
                .peak_rss_bytes,
        );
    }
    assert!(peaks[1] > peaks[0] + 3000 * 3000 * 3, "{peaks:?}");
    assert!(peaks[2] < peaks[1] && peaks[1] < 1 << 30, "{peaks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_files_are_refused_and_kill_nobody() {
    let sandbox = sandbox(1);
    let whole = image(400, 300, ImageFormat::Png);
    for broken in [&b""[..], b"no image", &whole[..20], &whole[..whole.len() / 2]] {
        let answer = sandbox
            .run(file(broken), &order(true, &[Format::Jpeg]), Lane::Request)
            .await;
        match answer {
            Err(Error::Undecodable(text)) => assert!(!text.is_empty()),
            // Decoders may give the part of an image that is there.
            other => assert!(other.is_ok() && broken.len() > 1000, "{other:?}"),
        }
    }
    assert_eq!(sandbox.stats().replaced, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_40_mib_fits() {
    let sandbox = sandbox(1);
    let large = padded(&image(320, 240, ImageFormat::Jpeg), 40 << 20);
    assert!(large.len() > 39 << 20);
    let answer = sandbox
        .run(file(&large), &order(false, &[Format::Jpeg]), Lane::Request)
        .await
        .unwrap();
    assert_eq!(
        (answer.renditions[0].width, answer.renditions[0].height),
        (64, 48)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_needs_too_much_memory_fails_alone() {
    let sandbox = changed(1, |config| config.memory_bytes = 24 << 20);
    let order = order(false, &[Format::Png]);
    let large = sandbox
        .run(file(&image(4000, 3000, ImageFormat::Png)), &order, Lane::Request)
        .await;
    assert!(
        matches!(large, Err(Error::Killed(_) | Error::Undecodable(_))),
        "{large:?}"
    );
    sandbox
        .run(file(&image(100, 100, ImageFormat::Png)), &order, Lane::Request)
        .await
        .unwrap();
}
