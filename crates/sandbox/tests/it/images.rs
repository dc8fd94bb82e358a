//! Processes images in real workers.

use crate::setup::{memory_file, sandbox, sandbox_with};
use image::{ImageFormat, Rgb, RgbImage};
use infravault_imaging::{Fit, Format, Gravity, Limits, ProcessRequest, Recipe, Resize};
use infravault_sandbox::{Error, Queue};
use std::io::Cursor;

/// Encodes an image with some structure.
fn encode_image(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
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

fn request(describe: bool, formats: &[Format]) -> ProcessRequest {
    let recipe = |format| Recipe {
        resize: Some(Resize {
            width: Some(64),
            height: Some(64),
            fit: Fit::Inside,
            gravity: Gravity::Center,
        }),
        ..Recipe::new(format, 70)
    };
    ProcessRequest {
        limits: Limits::default(),
        describe,
        recipes: formats.iter().copied().map(recipe).collect(),
    }
}

/// Inserts comments before the image data, up to this total size.
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
async fn every_input_format_is_converted_to_every_output_format() {
    let sandbox = sandbox(1);
    for input in [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::Gif,
        ImageFormat::WebP,
    ] {
        let image = memory_file(&encode_image(320, 240, input));
        let request = request(true, &Format::ALL);
        let reply = sandbox
            .process(image, &request, Queue::Interactive)
            .await
            .unwrap();
        let description = reply.description.unwrap();
        assert_eq!((description.width, description.height), (320, 240), "{input:?}");
        let sizes: Vec<_> = reply
            .renditions
            .iter()
            .map(|image| (image.format, image.width, image.height))
            .collect();
        assert_eq!(sizes, Format::ALL.map(|format| (format, 64, 48)), "{input:?}");
        assert!(
            reply.renditions.iter().all(|image| image.bytes.len() > 100),
            "{input:?}"
        );
    }
    assert_eq!(sandbox.stats().replaced, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn peak_memory_is_reported_per_request() {
    let sandbox = sandbox(1);
    let request = request(false, &[Format::Png]);
    let mut peaks = Vec::new();
    for side in [100, 3000, 100] {
        let image = memory_file(&encode_image(side, side, ImageFormat::Png));
        peaks.push(
            sandbox
                .process(image, &request, Queue::Background)
                .await
                .unwrap()
                .peak_rss_bytes,
        );
    }
    assert!(peaks[1] > peaks[0] + 3000 * 3000 * 3, "{peaks:?}");
    assert!(peaks[2] < peaks[1] && peaks[1] < 1 << 30, "{peaks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_files_are_rejected_without_ending_the_worker() {
    let sandbox = sandbox(1);
    let whole = encode_image(400, 300, ImageFormat::Png);
    for broken in [&b""[..], b"no image", &whole[..20], &whole[..whole.len() / 2]] {
        let reply = sandbox
            .process(
                memory_file(broken),
                &request(true, &[Format::Jpeg]),
                Queue::Interactive,
            )
            .await;
        match reply {
            Err(Error::Decode(error)) => assert!(!error.message.is_empty()),
            // Decoders may return the part of an image that exists.
            other => assert!(other.is_ok() && broken.len() > 1000, "{other:?}"),
        }
    }
    assert_eq!(sandbox.stats().replaced, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn file_of_40_mib_is_processed() {
    let sandbox = sandbox(1);
    let large = padded(&encode_image(320, 240, ImageFormat::Jpeg), 40 << 20);
    assert!(large.len() > 39 << 20);
    let reply = sandbox
        .process(
            memory_file(&large),
            &request(false, &[Format::Jpeg]),
            Queue::Interactive,
        )
        .await
        .unwrap();
    assert_eq!((reply.renditions[0].width, reply.renditions[0].height), (64, 48));
}

#[tokio::test(flavor = "multi_thread")]
async fn image_that_exceeds_the_memory_limit_fails_alone() {
    let sandbox = sandbox_with(1, |config| config.memory_bytes = 24 << 20);
    let request = request(false, &[Format::Png]);
    let large = sandbox
        .process(
            memory_file(&encode_image(4000, 3000, ImageFormat::Png)),
            &request,
            Queue::Interactive,
        )
        .await;
    assert!(
        matches!(large, Err(Error::WorkerExited(_) | Error::Decode(_))),
        "{large:?}"
    );
    sandbox
        .process(
            memory_file(&encode_image(100, 100, ImageFormat::Png)),
            &request,
            Queue::Interactive,
        )
        .await
        .unwrap();
}
