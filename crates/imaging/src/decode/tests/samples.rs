//! Builds small images of every kind.

use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

/// A soft gradient of RGB, which survives lossy coding well.
pub(super) fn gradient(width: u32, height: u32) -> Vec<u8> {
    pixels(width, height, |x, y| {
        [
            40 + x * 160 / width,
            60 + y * 120 / height,
            200 - (x + y) * 150 / (width + height),
        ]
    })
}

/// The samples that a function returns for every pixel.
pub(super) fn pixels<const N: usize>(
    width: u32,
    height: u32,
    sample: impl Fn(u32, u32) -> [u32; N],
) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| sample(x, y).map(|sample| u8::try_from(sample).unwrap()))
        .collect()
}

pub(super) fn flat(width: u32, height: u32, pixel: &[u8]) -> Vec<u8> {
    pixel.repeat((width * height).try_into().unwrap())
}

pub(super) struct Jpeg {
    pub(super) format: PixelFormat,
    pub(super) subsamp: Subsamp,
    pub(super) progressive: bool,
}

impl Jpeg {
    pub(super) const RGB: Self = Self {
        format: PixelFormat::RGB,
        subsamp: Subsamp::None,
        progressive: false,
    };

    pub(super) fn encode(&self, (width, height): (u32, u32), samples: &[u8]) -> Vec<u8> {
        let mut encoder = Compressor::new().unwrap();
        encoder.set_quality(98).unwrap();
        encoder.set_subsamp(self.subsamp).unwrap();
        encoder.set_progressive(self.progressive).unwrap();
        let (width, height) = (width.try_into().unwrap(), height.try_into().unwrap());
        let image = Image {
            pixels: samples,
            width,
            pitch: width * self.format.size(),
            height,
            format: self.format,
        };
        encoder.compress_to_vec(image).unwrap()
    }
}

/// Inserts a segment after the start marker.
pub(super) fn with_segment(jpeg: &[u8], marker: u8, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &len, payload, &jpeg[2..]].concat()
}

pub(super) fn with_profile(jpeg: &[u8], icc: &[u8]) -> Vec<u8> {
    let (first, second) = icc.split_at(icc.len() / 2);
    let segment = |number: u8, icc: &[u8]| [b"ICC_PROFILE\0".as_slice(), &[number, 2], icc].concat();
    // The segments are in the wrong order on purpose: their numbers count.
    with_segment(
        &with_segment(jpeg, 0xE2, &segment(1, first)),
        0xE2,
        &segment(2, second),
    )
}

/// Removes the first segment with this marker, which must be before the first scan.
pub(super) fn without_segment(jpeg: &[u8], marker: u8) -> Vec<u8> {
    let mut rest = jpeg.to_vec();
    let at = rest.windows(2).position(|pair| pair == [0xFF, marker]).unwrap();
    let len = usize::from(u16::from_be_bytes([rest[at + 2], rest[at + 3]]));
    rest.drain(at..at + 2 + len);
    rest
}

pub(super) fn png(
    (width, height): (u32, u32),
    (color, depth): (png::ColorType, png::BitDepth),
    samples: &[u8],
    set: impl FnOnce(&mut png::Info<'_>),
) -> Vec<u8> {
    let mut info = png::Info::with_size(width, height);
    info.color_type = color;
    info.bit_depth = depth;
    set(&mut info);
    let mut file = Vec::new();
    let mut writer = png::Encoder::with_info(&mut file, info)
        .unwrap()
        .write_header()
        .unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    file
}

pub(super) fn rgb_png(size: (u32, u32), samples: &[u8], set: impl FnOnce(&mut png::Info<'_>)) -> Vec<u8> {
    png(size, (png::ColorType::Rgb, png::BitDepth::Eight), samples, set)
}

/// Inserts a chunk with its checksum after the header.
pub(super) fn with_chunk(png: &[u8], kind: [u8; 4], payload: &[u8]) -> Vec<u8> {
    [&png[..33], &png_chunk(kind, payload), &png[33..]].concat()
}

pub(super) fn png_chunk(kind: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), payload].concat();
    let crc = body.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    });
    let len = u32::try_from(payload.len()).unwrap();
    [&len.to_be_bytes(), body.as_slice(), &(!crc).to_be_bytes()].concat()
}

/// An interlaced gray PNG whose seven passes are not compressed.
pub(super) fn interlaced(side: u32, gray: impl Fn(u32, u32) -> u8) -> Vec<u8> {
    const PASSES: [(u32, u32, u32, u32); 7] = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let mut raw = Vec::new();
    for (left, top, across, down) in PASSES {
        for y in (top..side).step_by(down.try_into().unwrap()) {
            let row = (left..side).step_by(across.try_into().unwrap());
            raw.push(0);
            raw.extend(row.map(|x| gray(x, y)));
        }
    }
    let len = u16::try_from(raw.len()).unwrap();
    let (a, b) = raw.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let stream = [
        [0x78, 0x01, 0x01].as_slice(),
        &len.to_le_bytes(),
        &(!len).to_le_bytes(),
        &raw,
        &((b << 16) | a).to_be_bytes(),
    ]
    .concat();
    let sides = [side.to_be_bytes(), side.to_be_bytes()].concat();
    [
        b"\x89PNG\r\n\x1A\n".as_slice(),
        &png_chunk(*b"IHDR", &[sides.as_slice(), &[8, 0, 0, 0, 1]].concat()),
        &png_chunk(*b"IDAT", &stream),
        &png_chunk(*b"IEND", &[]),
    ]
    .concat()
}

pub(super) struct GifFrame {
    pub(super) at: (u16, u16),
    pub(super) size: (u16, u16),
    pub(super) index: u8,
    pub(super) dispose: gif::DisposalMethod,
    pub(super) delay: u16,
}

/// Index 0 is red, 1 green, 2 blue and 3 transparent.
pub(super) fn gif(width: u16, height: u16, repeat: Option<gif::Repeat>, frames: &[GifFrame]) -> Vec<u8> {
    let palette = [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9];
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, width, height, &palette).unwrap();
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat).unwrap();
    }
    for frame in frames {
        let pixels = usize::from(frame.size.0) * usize::from(frame.size.1);
        encoder
            .write_frame(&gif::Frame {
                left: frame.at.0,
                top: frame.at.1,
                width: frame.size.0,
                height: frame.size.1,
                dispose: frame.dispose,
                delay: frame.delay,
                transparent: (frame.index == 3).then_some(3),
                buffer: vec![frame.index; pixels].into(),
                ..gif::Frame::default()
            })
            .unwrap();
    }
    drop(encoder);
    file
}

pub(super) fn lossless_webp(
    (width, height): (u32, u32),
    color: image_webp::ColorType,
    samples: &[u8],
    icc: Option<Vec<u8>>,
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = image_webp::WebPEncoder::new(&mut file);
    if let Some(icc) = icc {
        encoder.set_icc_profile(icc);
    }
    encoder.encode(samples, width, height, color).unwrap();
    file
}

/// The frames are RGBA with a duration in milliseconds.
pub(super) fn animated_webp(size: (u32, u32), loops: i32, frames: &[(Vec<u8>, i32)]) -> Vec<u8> {
    let mut config = webp::WebPConfig::new().unwrap();
    config.lossless = 1;
    let mut encoder = webp::AnimEncoder::new(size.0, size.1, &config);
    encoder.set_loop_count(loops);
    // The encoder expects the end time of each frame, but the start time of the first one.
    let mut at = 0;
    for (samples, shown) in frames {
        encoder.add_frame(webp::AnimFrame::from_rgba(samples, size.0, size.1, at));
        at += shown;
    }
    encoder.encode().to_vec()
}
