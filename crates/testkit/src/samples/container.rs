//! Encoders for the building blocks of file formats.

fn len_u32(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("the parts are small")
}

/// A PNG chunk with its length and checksum.
pub(super) fn png_chunk(kind: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let checked = [&kind, payload].concat();
    [
        len_u32(payload).to_be_bytes().as_slice(),
        &checked,
        &crc32(&checked).to_be_bytes(),
    ]
    .concat()
}

/// A PNG that announces this size at one bit per pixel, with almost no image data.
pub(super) fn png_announcing(width: u32, height: u32) -> Vec<u8> {
    let header = [
        width.to_be_bytes().as_slice(),
        &height.to_be_bytes(),
        &[1, 0, 0, 0, 0],
    ]
    .concat();
    let zlib = [
        [0x78, 0x01].as_slice(),
        &deflate_stored(&[0; 64]),
        &adler32(&[0; 64]).to_be_bytes(),
    ]
    .concat();
    [
        b"\x89PNG\r\n\x1A\n".as_slice(),
        &png_chunk(*b"IHDR", &header),
        &png_chunk(*b"IDAT", &zlib),
        &png_chunk(*b"IEND", &[]),
    ]
    .concat()
}

/// Inserts chunks before the end chunk of a PNG.
pub(super) fn with_chunks(png: &[u8], chunks: &[u8]) -> Vec<u8> {
    let end = png_chunk(*b"IEND", &[]);
    let body = png
        .strip_suffix(end.as_slice())
        .expect("a PNG ends with its end chunk");
    [body, chunks, &end].concat()
}

/// A JPEG segment: marker, length, payload.
pub(super) fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(payload.len() + 2).expect("a segment holds less than 64 KiB");
    [[0xFF, marker].as_slice(), &len.to_be_bytes(), payload].concat()
}

/// Inserts a segment after the start of a JPEG.
pub(super) fn with_segment(jpeg: &[u8], marker: u8, payload: &[u8]) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    [start, &segment(marker, payload), rest].concat()
}

/// The payload of an APP1 segment with an orientation and optionally a GPS location (Exif 2.3, big-endian).
pub(super) fn exif(orientation: u8, with_gps: bool) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [
            tag.to_be_bytes().as_slice(),
            &kind.to_be_bytes(),
            &count.to_be_bytes(),
            &value,
        ]
        .concat()
    };
    let [ascii, short, long, rational] = [2, 3, 4, 5];
    let mut block = b"Exif\0\0MM\0*\0\0\0\x08".to_vec();
    block.extend(1_u16.saturating_add(with_gps.into()).to_be_bytes());
    block.extend(entry(0x0112, short, 1, [0, orientation, 0, 0]));
    if !with_gps {
        block.extend([0; 4]);
        return block;
    }
    // Offsets count from the byte order mark: 8 of header, 2 + 2 * 12 + 4 of the first directory.
    let (directory, values) = (38_u32, 38_u32 + 2 + 4 * 12 + 4);
    block.extend(entry(0x8825, long, 1, directory.to_be_bytes()));
    block.extend([0; 4]);
    block.extend(4_u16.to_be_bytes());
    block.extend(entry(1, ascii, 2, *b"N\0\0\0"));
    block.extend(entry(2, rational, 3, values.to_be_bytes()));
    block.extend(entry(3, ascii, 2, *b"E\0\0\0"));
    block.extend(entry(4, rational, 3, (values + 24).to_be_bytes()));
    block.extend([0; 4]);
    for number in [48_u32, 12, 30, 16, 22, 21] {
        block.extend(number.to_be_bytes());
        block.extend(1_u32.to_be_bytes());
    }
    block
}

/// A chunk of RIFF, padded to an even length.
pub(super) fn riff_chunk(kind: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let padding = vec![0; payload.len() % 2];
    [
        kind.as_slice(),
        &len_u32(payload).to_le_bytes(),
        payload,
        &padding,
    ]
    .concat()
}

/// A zlib stream of this many zeros in about 1/160 of their size (RFC 1951, section 3.2.6): a zero, then matches of 258
/// bytes at distance 1, eight of which take thirteen bytes.
pub(super) fn zlib_zeros(len: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    // The last block, fixed codes, the literal 0.
    bits.push(0b011, 3);
    bits.push(0b0000_1100, 8);
    // Code 285 stands for 258 bytes (1100 0101, its highest bit first), distance code 0 for one.
    let matches = len / 258;
    for _ in 0..matches {
        bits.push(0b1010_0011, 13);
    }
    bits.push(0, 7);
    let zeros = u64::from(matches) * 258 + 1;
    // For zeros, the low half of Adler-32 stays 1 and the high half counts the bytes.
    let checksum = u32::try_from(zeros % 65_521).expect("a remainder") << 16 | 1;
    [[0x78, 0x01].as_slice(), &bits.finish(), &checksum.to_be_bytes()].concat()
}

/// A bit writer, least significant bit first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    len: u32,
}

impl Bits {
    fn push(&mut self, bits: u32, len: u32) {
        self.pending |= bits << self.len;
        self.len += len;
        while self.len >= 8 {
            self.bytes.push(self.pending.to_le_bytes()[0]);
            self.pending >>= 8;
            self.len -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.len > 0 {
            self.push(0, 8 - self.len);
        }
        self.bytes
    }
}

/// A lossless WebP that announces this size.
pub(super) fn webp_announcing(width: u32, height: u32) -> Vec<u8> {
    let bits = (width - 1) | (height - 1) << 14;
    let image = [[0x2F].as_slice(), &bits.to_le_bytes(), &[0; 13]].concat();
    let chunk = [b"VP8L".as_slice(), &len_u32(&image).to_le_bytes(), &image].concat();
    let len = 4 + len_u32(&chunk);
    [b"RIFF".as_slice(), &len.to_le_bytes(), b"WEBP", &chunk].concat()
}

/// A JPEG of one scan that announces this size.
pub(super) fn jpeg_announcing(width: u16, height: u16) -> Vec<u8> {
    let ([h1, h0], [w1, w0]) = (height.to_be_bytes(), width.to_be_bytes());
    [
        [0xFF, 0xD8].as_slice(),
        &segment(0xC0, &[8, h1, h0, w1, w0, 1, 1, 0x11, 0]),
        &segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        &[1, 2, 3, 0xFF, 0xD9],
    ]
    .concat()
}

/// A gzip file (RFC 1952) with stored content.
pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let head = b"\x1F\x8B\x08\0\0\0\0\0\0\xFF";
    let tail = [crc32(content).to_le_bytes(), len_u32(content).to_le_bytes()].concat();
    [head.as_slice(), &deflate_stored(content), &tail].concat()
}

/// A ZIP archive of one stored file, with offsets for a file that starts with `before`.
pub(super) fn zip(name: &str, content: &[u8], before: &[u8]) -> Vec<u8> {
    let sizes = [
        crc32(content).to_le_bytes(),
        len_u32(content).to_le_bytes(),
        len_u32(content).to_le_bytes(),
    ]
    .concat();
    let name_len = u16::try_from(name.len())
        .expect("the name is short")
        .to_le_bytes();
    // Version 2.0, no flags, stored, no time.
    let shared = [b"\x14\0\0\0\0\0\0\0\0\0".as_slice(), &sizes, &name_len, &[0; 2]].concat();
    let local = [b"PK\x03\x04".as_slice(), &shared, name.as_bytes(), content].concat();
    let at = len_u32(before).to_le_bytes();
    let entry = [
        b"PK\x01\x02\x14\0".as_slice(),
        &shared,
        &[0; 10],
        &at,
        name.as_bytes(),
    ]
    .concat();
    let end = [
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(),
        &len_u32(&entry).to_le_bytes(),
        &(len_u32(before) + len_u32(&local)).to_le_bytes(),
        &[0; 2],
    ]
    .concat();
    [local, entry, end].concat()
}

/// One final stored block (RFC 1951, section 3.2.4).
fn deflate_stored(content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len()).expect("a stored block holds less than 64 KiB");
    [[1].as_slice(), &len.to_le_bytes(), &(!len).to_le_bytes(), content].concat()
}

/// CRC-32, the checksum of PNG, gzip and ZIP.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| {
        if crc & 1 == 1 {
            crc >> 1 ^ 0xEDB8_8320
        } else {
            crc >> 1
        }
    };
    !bytes
        .iter()
        .fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

/// Adler-32, the checksum of zlib.
fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), &byte| {
        let low = (low + u32::from(byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_specifications() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }
}
