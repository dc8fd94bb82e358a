//! Builds small valid and invalid files of the four formats byte by byte.

fn be16(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap().to_be_bytes()
}

fn be32(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_be_bytes()
}

fn le24(number: u32) -> [u8; 3] {
    let [b0, b1, b2, _] = number.to_le_bytes();
    [b0, b1, b2]
}

/// An EXIF block with only an orientation, without the `Exif` prefix.
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    [
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
        &[orientation],
        &[0; 6],
    ]
    .concat()
}

pub(crate) mod jpeg {
    use super::be16;

    pub(crate) fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
        [&[0xFF, marker], be16(payload.len() + 2).as_slice(), payload].concat()
    }

    pub(crate) fn frame(marker: u8, width: u16, height: u16) -> Vec<u8> {
        let ([h1, h0], [w1, w0]) = (height.to_be_bytes(), width.to_be_bytes());
        segment(marker, &[8, h1, h0, w1, w0, 1, 1, 0x11, 0])
    }

    pub(crate) fn scan(entropy: &[u8]) -> Vec<u8> {
        [segment(0xDA, &[1, 1, 0, 0, 63, 0]).as_slice(), entropy].concat()
    }

    /// Adds the start marker and the end marker.
    pub(crate) fn file(parts: &[Vec<u8>]) -> Vec<u8> {
        [[0xFF, 0xD8].as_slice(), &parts.concat(), &[0xFF, 0xD9]].concat()
    }

    pub(crate) fn still(width: u16, height: u16) -> Vec<u8> {
        file(&[frame(0xC0, width, height), scan(&[1, 2, 0xFF, 0, 3])])
    }

    pub(crate) fn profile(bytes: usize) -> Vec<u8> {
        segment(
            0xE2,
            &[b"ICC_PROFILE\0\x01\x01".as_slice(), &vec![7; bytes]].concat(),
        )
    }
}

pub(crate) mod png {
    use super::be32;

    /// The checksum is zero, because the pre-scan does not check it.
    pub(crate) fn chunk(kind: &str, payload: &[u8]) -> Vec<u8> {
        [be32(payload.len()).as_slice(), kind.as_bytes(), payload, &[0; 4]].concat()
    }

    pub(crate) fn header(width: u32, height: u32, depth: u8, color: u8) -> Vec<u8> {
        let payload = [
            &width.to_be_bytes(),
            height.to_be_bytes().as_slice(),
            &[depth, color, 0, 0, 0],
        ]
        .concat();
        chunk("IHDR", &payload)
    }

    /// Adds the signature and the end chunk.
    pub(crate) fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        [
            b"\x89PNG\r\n\x1A\n".as_slice(),
            &chunks.concat(),
            &chunk("IEND", &[]),
        ]
        .concat()
    }

    /// A truecolor image with `extra` chunks before the image data.
    pub(crate) fn still(width: u32, height: u32, extra: &[Vec<u8>]) -> Vec<u8> {
        file(&[
            header(width, height, 8, 2),
            extra.concat(),
            chunk("IDAT", &[9; 20]),
        ])
    }

    pub(crate) fn animation(frames: u32) -> Vec<u8> {
        chunk("acTL", &[frames.to_be_bytes(), [0; 4]].concat())
    }

    pub(crate) fn frame(width: u32, height: u32, left: u32, top: u32) -> Vec<u8> {
        let numbers = [0, width, height, left, top].map(u32::to_be_bytes).concat();
        chunk("fcTL", &[numbers.as_slice(), &[0; 6]].concat())
    }

    pub(crate) fn international_text(compressed: bool, bytes: usize) -> Vec<u8> {
        chunk(
            "iTXt",
            &[
                b"XML\0".as_slice(),
                &[u8::from(compressed), 0, 0, 0],
                &vec![b'x'; bytes],
            ]
            .concat(),
        )
    }
}

pub(crate) mod gif {
    pub(crate) fn header(width: u16, height: u16) -> Vec<u8> {
        [
            b"GIF89a".as_slice(),
            &width.to_le_bytes(),
            &height.to_le_bytes(),
            &[0x80, 0, 0],
            &[0, 0, 0, 255, 255, 255],
        ]
        .concat()
    }

    pub(crate) fn frame(width: u16, height: u16) -> Vec<u8> {
        frame_at(0, 0, width, height)
    }

    pub(crate) fn frame_at(left: u16, top: u16, width: u16, height: u16) -> Vec<u8> {
        let numbers = [left, top, width, height].map(u16::to_le_bytes).concat();
        [[0x2C].as_slice(), &numbers, &[0, 2, 2, 0x4C, 0x01, 0]].concat()
    }

    /// An extension with its sub-blocks, each at most 255 bytes.
    pub(crate) fn extension(label: u8, blocks: &[&[u8]]) -> Vec<u8> {
        let blocks: Vec<u8> = blocks
            .iter()
            .flat_map(|block| [&[u8::try_from(block.len()).unwrap()], *block].concat())
            .collect();
        [[0x21, label].as_slice(), &blocks, &[0]].concat()
    }

    pub(crate) fn file(parts: &[Vec<u8>]) -> Vec<u8> {
        [parts.concat(), vec![0x3B]].concat()
    }

    pub(crate) fn animation(width: u16, height: u16, frames: usize) -> Vec<u8> {
        file(&[header(width, height), frame(1, 1).repeat(frames)])
    }
}

pub(crate) mod webp {
    use super::le24;

    pub(crate) fn chunk(kind: &str, payload: &[u8]) -> Vec<u8> {
        let padding: &[u8] = if payload.len() % 2 == 1 { &[0] } else { &[] };
        [
            kind.as_bytes(),
            &u32::try_from(payload.len()).unwrap().to_le_bytes(),
            payload,
            padding,
        ]
        .concat()
    }

    pub(crate) fn lossy(width: u16, height: u16) -> Vec<u8> {
        let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
        chunk(
            "VP8 ",
            &[[0x10, 0, 0, 0x9D, 1, 0x2A].as_slice(), &sides, &[1, 2, 3]].concat(),
        )
    }

    pub(crate) fn lossless(width: u32, height: u32, alpha: bool) -> Vec<u8> {
        let bits = (width - 1) | (height - 1) << 14 | u32::from(alpha) << 28;
        chunk("VP8L", &[[0x2F].as_slice(), &bits.to_le_bytes(), &[7]].concat())
    }

    pub(crate) fn extended(flags: u8, width: u32, height: u32) -> Vec<u8> {
        chunk(
            "VP8X",
            &[[flags, 0, 0, 0].as_slice(), &le24(width - 1), &le24(height - 1)].concat(),
        )
    }

    pub(crate) fn frame_at(left: u32, top: u32, width: u32, height: u32, image: &[u8]) -> Vec<u8> {
        let numbers = [left / 2, top / 2, width - 1, height - 1].map(le24).concat();
        chunk("ANMF", &[numbers.as_slice(), &[0; 4], image].concat())
    }

    pub(crate) fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        let body = [b"WEBP".as_slice(), &chunks.concat()].concat();
        [
            b"RIFF".as_slice(),
            &u32::try_from(body.len()).unwrap().to_le_bytes(),
            &body,
        ]
        .concat()
    }

    /// An animation whose frames are single pixels.
    pub(crate) fn animation(width: u32, height: u32, frames: usize) -> Vec<u8> {
        let frame = frame_at(0, 0, 1, 1, &lossless(1, 1, false));
        file(&[extended(2, width, height), frame.repeat(frames)])
    }
}
