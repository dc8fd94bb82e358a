//! Frames are composed, disposed of and timed as in browsers.

use super::{
    samples::{self, GifFrame, flat, gradient},
    *,
};
use gif::{DisposalMethod, Repeat};

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const NONE: [u8; 4] = [0; 4];

fn decode_all(file: &[u8]) -> (u32, Vec<Frame>) {
    let frames = decode_frames(file, &scan(file), &Limits::default()).unwrap();
    let loops = frames.loops;
    let frames: Vec<Frame> = frames.map(Result::unwrap).collect();
    for frame in &frames {
        assert_eq!(frame.raster.layout, Layout::Rgba);
        assert_complete(&frame.raster);
    }
    (loops, frames)
}

fn frame(at: (u16, u16), size: (u16, u16), index: u8, dispose: DisposalMethod) -> GifFrame {
    GifFrame {
        at,
        size,
        index,
        dispose,
        delay: 5,
    }
}

#[test]
fn gif_frames_are_composed() {
    let file = samples::gif(
        3,
        1,
        Some(Repeat::Infinite),
        &[
            frame((0, 0), (3, 1), 0, DisposalMethod::Keep),
            frame((1, 0), (1, 1), 1, DisposalMethod::Previous),
            frame((0, 0), (1, 1), 2, DisposalMethod::Background),
            frame((2, 0), (1, 1), 1, DisposalMethod::Keep),
            frame((0, 0), (3, 1), 3, DisposalMethod::Keep),
        ],
    );
    let (loops, frames) = decode_all(&file);
    assert_eq!(loops, 0);
    let expected = [
        [RED, RED, RED],
        [RED, GREEN, RED],
        [BLUE, RED, RED],
        [NONE, RED, GREEN],
        [NONE, RED, GREEN],
    ];
    let found: Vec<Vec<u8>> = frames.into_iter().map(|frame| frame.raster.data).collect();
    assert_eq!(found, expected.map(|row| row.concat()));
}

#[test]
fn gif_frames_are_clipped_to_the_canvas() {
    let file = samples::gif(2, 2, None, &[frame((1, 1), (3, 3), 1, DisposalMethod::Previous)]);
    let (_, frames) = decode_all(&file);
    assert_eq!(frames[0].raster.data, [NONE, NONE, NONE, GREEN].concat());
    assert_eq!(decode(&file).layout, Layout::Rgba);
    let outside = samples::gif(
        2,
        2,
        None,
        &[frame((7, 7), (1, 1), 1, DisposalMethod::Background)],
    );
    assert_eq!(decode(&outside).data, [0; 16]);
}

#[test]
fn gif_delays_and_loops_are_read() {
    let delays = [0, 1, 2, 50];
    let timed = delays.map(|delay| GifFrame {
        delay,
        ..frame((0, 0), (1, 1), 0, DisposalMethod::Keep)
    });
    for (repeat, expected) in [
        (None, 1),
        (Some(Repeat::Finite(3)), 4),
        (Some(Repeat::Infinite), 0),
    ] {
        let (loops, frames) = decode_all(&samples::gif(1, 1, repeat, &timed));
        let shown: Vec<u32> = frames.iter().map(|frame| frame.delay_ms).collect();
        assert_eq!((loops, shown), (expected, vec![100, 100, 20, 500]));
    }
}

#[test]
fn opaque_gif_is_rgb() {
    let file = samples::gif(2, 1, None, &[frame((0, 0), (2, 1), 2, DisposalMethod::Keep)]);
    let raster = decode(&file);
    assert_eq!(
        (raster.layout, raster.data),
        (Layout::Rgb, vec![0, 0, 255, 0, 0, 255])
    );
}

#[test]
fn webp_frames_are_composed() {
    let first = flat(8, 8, &RED);
    let mut second = first.clone();
    second[..4].copy_from_slice(&BLUE);
    let third = flat(8, 8, &[0, 0, 0, 0]);
    let file = samples::animated_webp(
        (8, 8),
        7,
        &[(first.clone(), 40), (second.clone(), 5), (third.clone(), 0)],
    );
    let (loops, frames) = decode_all(&file);
    assert_eq!(loops, 7);
    assert_eq!(frames.len(), 3);
    assert_eq!(frames[0].delay_ms, 40);
    assert_eq!(frames[1].delay_ms, 100);
    assert_eq!(frames[0].raster.data, first);
    // The decoder blends opaque pixels with an error of one.
    assert_near(&frames[1].raster.data, &second, 1);
    let alpha = |data: &[u8]| data.iter().skip(3).step_by(4).copied().collect::<Vec<u8>>();
    assert_eq!(alpha(&frames[2].raster.data), alpha(&third));
    let raster = decode(&file).into_rgba();
    assert_eq!(raster.data, first);
}

#[test]
fn still_image_has_one_frame() {
    let rgb = gradient(4, 4);
    let file = samples::lossless_webp((4, 4), image_webp::ColorType::Rgb8, &rgb, None);
    let (loops, frames) = decode_all(&file);
    assert_eq!((loops, frames.len()), (1, 1));
    assert_eq!(frames[0].raster.clone().into_rgb().data, rgb);
}

#[test]
fn oversized_animation_is_rejected() {
    let one = || frame((0, 0), (4, 4), 1, DisposalMethod::Keep);
    let file = samples::gif(4, 4, None, &[one(), one(), one()]);
    for limits in [
        Limits {
            max_frames: 2,
            ..Limits::default()
        },
        Limits {
            max_animation_pixels: 47,
            ..Limits::default()
        },
        Limits {
            max_pixels: 15,
            ..Limits::default()
        },
    ] {
        assert!(decode_frames(&file, &scan(&file), &limits).is_err());
    }
}
