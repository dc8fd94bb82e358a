//! Animations: WebP keeps the frames, the other formats contain the first frame.
#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the values are small"
)]

use image::{
    AnimationDecoder, Delay, Frame, Rgba, RgbaImage,
    codecs::{
        gif::{GifEncoder, Repeat},
        webp::WebPDecoder,
    },
};
use infravault_imaging::{
    Fit, Format, Gravity, Limits, ProcessOutput, ProcessRequest, Recipe, Resize, prescan, process,
};
use std::io::Cursor;

const COLORS: [[u8; 4]; 3] = [[220, 30, 30, 255], [30, 200, 30, 255], [40, 40, 220, 255]];

/// A moving bar that changes its color. The last frame is repeated.
fn encode_gif(background: Rgba<u8>) -> Vec<u8> {
    let mut file = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut file);
        encoder.set_repeat(Repeat::Finite(3)).unwrap();
        for (number, color) in [0_u32, 1, 2, 2].into_iter().map(|n| (n, COLORS[n as usize])) {
            let image = RgbaImage::from_fn(90, 60, |x, _| {
                let bar = (20 * number + 10..20 * number + 30).contains(&x);
                if bar { Rgba(color) } else { background }
            });
            let delay = Delay::from_numer_denom_ms(100 * (number + 1), 1);
            encoder
                .encode_frame(Frame::from_parts(image, 0, 0, delay))
                .unwrap();
        }
    }
    file
}

fn process_formats(file: &[u8], formats: &[Format]) -> ProcessOutput {
    let recipes = formats.iter().map(|format| Recipe {
        resize: Some(Resize {
            width: Some(45),
            height: Some(30),
            fit: Fit::Inside,
            gravity: Gravity::Center,
        }),
        ..Recipe::new(*format, 100)
    });
    let request = ProcessRequest {
        limits: Limits::default(),
        describe: true,
        recipes: recipes.collect(),
    };
    process(file, &request).unwrap()
}

#[test]
fn webp_keeps_frames_delays_and_loops() {
    for (background, has_alpha) in [(Rgba([255; 4]), false), (Rgba([0; 4]), true)] {
        let output = process_formats(&encode_gif(background), &[Format::Png, Format::Webp]);
        assert_eq!(output.description.unwrap().has_alpha, has_alpha);
        let [still, animated] = output.renditions.as_slice() else {
            panic!()
        };
        assert_eq!((animated.width, animated.height), (45, 30));
        let info = prescan(
            Cursor::new(&animated.bytes),
            animated.bytes.len() as u64,
            &Limits::default(),
        )
        .unwrap();
        assert_eq!((info.frames, info.has_alpha), (3, has_alpha));

        let decoder = WebPDecoder::new(Cursor::new(&animated.bytes)).unwrap();
        let frames = decoder.into_frames().collect_frames().unwrap();
        let delays: Vec<u32> = frames
            .iter()
            .map(|frame| frame.delay().numer_denom_ms().0)
            .collect();
        assert_eq!(delays, [100, 200, 600], "a repeated frame extends the delay");
        for (number, frame) in (0..).zip(&frames) {
            let pixel = |x| frame.buffer().get_pixel(x, 15).0;
            assert_eq!(pixel(10 * number + 10), COLORS[number as usize], "{number}");
            let elsewhere = pixel(10 * ((number + 2) % 4) + 1);
            assert_eq!(elsewhere[3], background.0[3], "{number}: {elsewhere:?}");
        }
        let first = image::load_from_memory(&still.bytes).unwrap().to_rgba8();
        assert_eq!(first.get_pixel(10, 15).0, COLORS[0]);
        let animation = animated
            .bytes
            .windows(4)
            .position(|name| name == b"ANIM")
            .unwrap();
        let loops = &animated.bytes[animation + 12..animation + 14];
        assert!(matches!(loops, [3 | 4, 0]), "{loops:?}");
    }
}

#[test]
fn animation_ends_at_damaged_frame() {
    let whole = encode_gif(Rgba([255; 4]));
    let cut = &whole[..whole.len() * 3 / 5];
    if prescan(Cursor::new(cut), cut.len() as u64, &Limits::default()).is_ok() {
        assert_eq!(process_formats(cut, &[Format::Webp]).renditions.len(), 1);
    }
    assert_eq!(process_formats(&whole, &Format::ALL).renditions.len(), 4);
}
