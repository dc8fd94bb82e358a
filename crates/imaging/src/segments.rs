//! Iterates over the segments and chunks of a file without copying them.

use crate::{ImageInfo, Limits, MediaType, exif};

const PNG_SIGNATURE_LEN: usize = 8;
const RIFF_HEADER_LEN: usize = 12;
/// Length and type of a chunk, in PNG and RIFF.
const CHUNK_HEADER_LEN: usize = 8;
const PNG_CRC_LEN: usize = 4;

/// The marker and payload of the segments of a JPEG before its first scan.
pub(crate) fn jpeg_segments(file: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = file.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        loop {
            let at = rest.iter().position(|byte| *byte == 0xFF)?;
            let code = *rest.get(at + 1)?;
            match code {
                0xD9 | 0xDA => return None,
                0xFF => rest = rest.get(at + 1..)?,
                0 | 1 | 0xD0..=0xD8 => rest = rest.get(at + 2..)?,
                _ => {
                    let len = u16::from_be_bytes(*rest.get(at + 2..)?.first_chunk()?);
                    let end = at + 2 + usize::from(len);
                    let payload = rest.get(at + 4..end)?;
                    rest = rest.get(end..)?;
                    return Some((code, payload));
                }
            }
        }
    })
}

/// The type and payload of the chunks of a PNG.
pub(crate) fn png_chunks(file: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = file.get(PNG_SIGNATURE_LEN..).unwrap_or_default();
    std::iter::from_fn(move || {
        let len = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let kind = *rest.get(4..)?.first_chunk()?;
        let end = CHUNK_HEADER_LEN.checked_add(len)?;
        let payload = rest.get(CHUNK_HEADER_LEN..end)?;
        rest = rest.get(end.checked_add(PNG_CRC_LEN)?..)?;
        Some((kind, payload))
    })
}

/// The type and payload of the top-level chunks of a WebP.
pub(crate) fn webp_chunks(file: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = file.get(RIFF_HEADER_LEN..).unwrap_or_default();
    std::iter::from_fn(move || {
        let kind = *rest.first_chunk()?;
        let len = usize::try_from(u32::from_le_bytes(*rest.get(4..)?.first_chunk()?)).ok()?;
        let end = CHUNK_HEADER_LEN.checked_add(len)?;
        let payload = rest.get(CHUNK_HEADER_LEN..end)?;
        rest = rest.get(end.checked_add(len & 1)?..).unwrap_or_default();
        Some((kind, payload))
    })
}

/// The TIFF structure of the first EXIF block, truncated to the limit.
pub(crate) fn exif_block<'a>(file: &'a [u8], info: &ImageInfo, limits: &Limits) -> Option<&'a [u8]> {
    let block = match info.media_type {
        MediaType::Jpeg => jpeg_segments(file)
            .filter(|(marker, _)| *marker == 0xE1)
            .find_map(|(_, payload)| payload.strip_prefix(exif::PREFIX)),
        MediaType::Png => png_chunks(file)
            .find(|(kind, _)| kind == b"eXIf")
            .map(|(_, payload)| payload),
        MediaType::Webp => webp_chunks(file)
            .find(|(kind, _)| kind == b"EXIF")
            .map(|(_, payload)| payload),
        MediaType::Gif => None,
    }?;
    let block = block.strip_prefix(exif::PREFIX).unwrap_or(block);
    let max = usize::try_from(limits.max_exif_bytes).unwrap_or(usize::MAX);
    Some(block.get(..max).unwrap_or(block))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_end_at_the_first_scan() {
        let file = b"\xFF\xD8\xFF\xE0\0\x04ab\xFF\xFF\xE1\0\x03c\xFF\xDA\0\x02\xFF\xE1\0\x03d";
        let found: Vec<_> = jpeg_segments(file).collect();
        assert_eq!(found, [(0xE0, b"ab".as_slice()), (0xE1, b"c")]);
    }

    #[test]
    fn truncated_files_end_the_iteration() {
        let jpeg = b"\xFF\xD8\xFF\xE0\0\x04ab\xFF\xE1\0\x03c\xFF\xDA";
        let png = b"\x89PNG\r\n\x1A\n\0\0\0\x01abcdxCRC0\0\0\0\0efghCRC1";
        let webp = b"RIFF....WEBPabcd\x01\0\0\0x\0efgh\0\0\0\0";
        assert_eq!(png_chunks(png).count(), 2);
        assert_eq!(webp_chunks(webp).count(), 2);
        for len in 0..png.len() {
            assert!(png_chunks(&png[..len]).count() < 2, "cut at {len}");
        }
        for len in 0..webp.len() {
            assert!(webp_chunks(&webp[..len]).count() < 2, "cut at {len}");
        }
        for len in 0..jpeg.len() - 2 {
            assert!(jpeg_segments(&jpeg[..len]).count() < 2, "cut at {len}");
        }
    }
}
