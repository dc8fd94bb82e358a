//! Every format and color type is decoded to the original pixels.

use super::{
    samples::{self, Jpeg, flat, gradient, pixels, rgb_png},
    *,
};
use jpeg_encoder::ColorType as JpegColor;
use png::{BitDepth, ColorType};
use turbojpeg::{PixelFormat, Subsamp};

const SIZE: (u32, u32) = (37, 22);

#[test]
fn jpeg_with_every_subsampling_is_decoded() {
    let samples = gradient(SIZE.0, SIZE.1);
    for subsamp in [
        Subsamp::None,
        Subsamp::Sub2x1,
        Subsamp::Sub2x2,
        Subsamp::Sub1x2,
        Subsamp::Sub4x1,
        Subsamp::Sub1x4,
    ] {
        for progressive in [false, true] {
            let jpeg = Jpeg {
                subsamp,
                progressive,
                ..Jpeg::RGB
            };
            let raster = decode(&jpeg.encode(SIZE, &samples));
            assert_eq!(
                (raster.width, raster.height, raster.layout),
                (SIZE.0, SIZE.1, Layout::Rgb)
            );
            assert_near(&raster.data, &samples, 12);
        }
    }
}

#[test]
fn gray_jpeg_is_rgb() {
    let grays = pixels(SIZE.0, SIZE.1, |x, y| [x * 4 + y]);
    let jpeg = Jpeg {
        format: PixelFormat::GRAY,
        subsamp: Subsamp::Gray,
        progressive: false,
    };
    let expected: Vec<u8> = grays.iter().flat_map(|gray| [*gray; 3]).collect();
    assert_near(&decode(&jpeg.encode(SIZE, &grays)).data, &expected, 4);
}

#[test]
fn cmyk_jpeg_with_and_without_adobe_marker_is_decoded() {
    // sRGB is (255 - ink) * (255 - black) / 255.
    let (inks, color) = ([200, 40, 0, 51], [44, 172, 204]);
    let samples = flat(16, 16, &inks);
    for color_type in [JpegColor::Cmyk, JpegColor::CmykAsYcck] {
        let mut file = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut file, 98);
        encoder.encode(&samples, 16, 16, color_type).unwrap();
        assert_near(&decode(&file).data, &flat(16, 16, &color), 4);
        if color_type == JpegColor::Cmyk {
            // Without the marker the values are not inverted, and the encoder has stored inverted values.
            let plain = samples::without_segment(&file, 0xEE);
            assert_near(&decode(&plain).data, &flat(16, 16, &[40, 8, 0]), 4);
        }
    }
}

#[test]
fn jpeg_is_reduced_as_far_as_both_sides_allow() {
    let file = Jpeg::RGB.encode((161, 81), &gradient(161, 81));
    for (at_least, expected) in [
        (None, (161, 81)),
        (Some((161, 81)), (161, 81)),
        (Some((82, 10)), (161, 81)),
        (Some((81, 41)), (81, 41)),
        (Some((10, 41)), (81, 41)),
        (Some((41, 21)), (41, 21)),
        (Some((22, 5)), (41, 21)),
        (Some((21, 11)), (21, 11)),
        (Some((1, 1)), (21, 11)),
        (Some((500, 500)), (161, 81)),
    ] {
        let raster = decode_still(&file, &scan(&file), at_least, &Limits::default()).unwrap();
        assert_complete(&raster);
        assert_eq!((raster.width, raster.height), expected, "{at_least:?}");
        // The center stays at the center.
        let center = usize::try_from(raster.height / 2 * raster.width + raster.width / 2).unwrap();
        assert_near(&raster.data[center * 3..][..3], &[120, 119, 125], 6);
    }
}

#[test]
fn twelve_bit_jpeg_is_unsupported() {
    let mut file = Jpeg::RGB.encode((8, 8), &gradient(8, 8));
    let at = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    (file[at + 1], file[at + 4]) = (0xC1, 12);
    let error = decode_still(&file, &scan(&file), None, &Limits::default()).unwrap_err();
    assert!(error.message.contains("12 bits"), "{error}");
    assert_eq!(error.code(), "unsupported");
}

#[test]
fn jpeg_with_too_many_scans_is_rejected() {
    let jpeg = Jpeg {
        progressive: true,
        ..Jpeg::RGB
    };
    let file = jpeg.encode(SIZE, &gradient(SIZE.0, SIZE.1));
    let limits = Limits {
        max_jpeg_scans: 2,
        ..Limits::default()
    };
    decode_still(&file, &scan(&file), None, &limits).unwrap_err();
}

#[test]
fn png_with_every_color_type_is_decoded() {
    let rgb = gradient(SIZE.0, SIZE.1);
    assert_eq!(decode(&rgb_png(SIZE, &rgb, |_| {})).data, rgb);

    let wide: Vec<u8> = rgb.iter().flat_map(|sample| [*sample, 0x7F]).collect();
    let file = samples::png(SIZE, (ColorType::Rgb, BitDepth::Sixteen), &wide, |_| {});
    assert_near(&decode(&file).data, &rgb, 1);

    let rgba = pixels(SIZE.0, SIZE.1, |x, y| [x, y, 100, x * 3 + y]);
    let file = samples::png(SIZE, (ColorType::Rgba, BitDepth::Eight), &rgba, |_| {});
    assert_eq!(decode(&file).layout, Layout::Rgba);
    assert_eq!(decode(&file).data, rgba);

    let grays = pixels(SIZE.0, SIZE.1, |x, y| [x * 5 + y]);
    let file = samples::png(SIZE, (ColorType::Grayscale, BitDepth::Eight), &grays, |_| {});
    let expected: Vec<u8> = grays.iter().flat_map(|gray| [*gray; 3]).collect();
    assert_eq!(decode(&file).data, expected);

    let pairs = pixels(SIZE.0, SIZE.1, |x, y| [x, y]);
    let file = samples::png(SIZE, (ColorType::GrayscaleAlpha, BitDepth::Eight), &pairs, |_| {});
    let expected = pixels(SIZE.0, SIZE.1, |x, y| [x, x, x, y]);
    assert_eq!(decode(&file).data, expected);
}

#[test]
fn png_with_palette_and_transparent_color_is_decoded() {
    let bits = samples::png(
        (8, 1),
        (ColorType::Grayscale, BitDepth::One),
        &[0b1010_0001],
        |_| {},
    );
    let expected: Vec<u8> = [255, 0, 255, 0, 0, 0, 0, 255]
        .iter()
        .flat_map(|gray| [*gray; 3])
        .collect();
    assert_eq!(decode(&bits).data, expected);

    let palette = |trns: Option<Vec<u8>>| {
        samples::png(
            (4, 1),
            (ColorType::Indexed, BitDepth::Two),
            &[0b0001_1011],
            |info| {
                info.palette = Some(vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].into());
                info.trns = trns.map(Into::into);
            },
        )
    };
    assert_eq!(
        decode(&palette(None)).data,
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    );
    let expected = [1, 2, 3, 0, 4, 5, 6, 99, 7, 8, 9, 255, 10, 11, 12, 255];
    assert_eq!(decode(&palette(Some(vec![0, 99]))).data, expected);

    let keyed = rgb_png((2, 1), &[1, 2, 3, 4, 5, 6], |info| {
        info.trns = Some(vec![0, 1, 0, 2, 0, 3].into());
    });
    assert_eq!(decode(&keyed).data, [1, 2, 3, 0, 4, 5, 6, 255]);
}

#[test]
fn interlaced_png_is_decoded() {
    let gray = |x: u32, y: u32| u8::try_from(x * 10 + y).unwrap();
    let expected = pixels(11, 11, |x, y| [u32::from(gray(x, y)); 3]);
    assert_eq!(decode(&samples::interlaced(11, gray)).data, expected);
}

#[test]
fn webp_with_and_without_alpha_is_decoded() {
    let rgb = gradient(SIZE.0, SIZE.1);
    let file = samples::lossless_webp(SIZE, image_webp::ColorType::Rgb8, &rgb, None);
    assert_eq!(decode(&file).layout, Layout::Rgb);
    assert_eq!(decode(&file).data, rgb);

    let rgba = pixels(SIZE.0, SIZE.1, |x, y| [x * 5, y * 9, 77, 255 - x]);
    let file = samples::lossless_webp(SIZE, image_webp::ColorType::Rgba8, &rgba, None);
    assert_eq!(decode(&file).data, rgba);

    let file = webp::Encoder::from_rgb(&rgb, SIZE.0, SIZE.1).encode(98.0);
    assert_near(&decode(&file).data, &rgb, 16);

    let rgba = pixels(SIZE.0, SIZE.1, |x, y| [90, 100, 110, x * 3 + y]);
    let file = webp::Encoder::from_rgba(&rgba, SIZE.0, SIZE.1).encode(98.0);
    let raster = decode(&file);
    let alpha = |samples: &[u8]| -> Vec<u8> { samples.iter().skip(3).step_by(4).copied().collect() };
    assert_eq!(raster.layout, Layout::Rgba);
    assert_near(&alpha(&raster.data), &alpha(&rgba), 2);
}
