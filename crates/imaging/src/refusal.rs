//! Why an image is refused, in words for the person who sent it.

use crate::MediaType;
use std::{fmt, io};

/// The reason why an image may not be decoded.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file is none of the accepted types, or uses a coding that no decoder here takes.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The image has too many pixels, along a side or in all.
    #[error("the image measures {width} × {height} pixels; permitted are {permitted}")]
    TooLarge {
        /// Pixels of a row as stored.
        width: u32,
        /// Rows as stored.
        height: u32,
        /// The limit that was exceeded.
        permitted: SizeLimit,
    },
    /// Decoding would cost far more than the size of the image suggests.
    #[error("the image has {measured} or more {what}; permitted are {permitted}")]
    TooComplex {
        /// What there is too much of, in the plural.
        what: &'static str,
        /// How many were declared, or counted until the limit was passed.
        measured: u64,
        /// The limit that was exceeded.
        permitted: u64,
    },
    /// The structure of the file is impossible or incomplete.
    #[error("the {} file is damaged or incomplete near byte {offset}: {what}", .media_type.name())]
    Broken {
        /// The type that the signature shows.
        media_type: MediaType,
        /// What is wrong.
        what: &'static str,
        /// Where it was noticed, in bytes from the start of the file.
        offset: u64,
    },
    /// The reader failed; this says nothing about the image.
    #[error("the image could not be read")]
    Unreadable(#[source] io::Error),
}

impl Refusal {
    /// The stable code of the problem that the API answers.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsupported(_) => "unsupported-image-type",
            Self::TooLarge { .. } => "image-too-large",
            Self::TooComplex { .. } => "image-too-complex",
            Self::Broken { .. } => "image-undecodable",
            Self::Unreadable(_) => "internal",
        }
    }
}

/// A limit on the size of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeLimit {
    /// Pixels along one side.
    Side(u32),
    /// Pixels in all.
    Pixels(u64),
}

impl fmt::Display for SizeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Side(side) => write!(f, "{side} along a side"),
            Self::Pixels(pixels) => write!(f, "{pixels} in all"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_numbers() {
        let cases = [
            (
                Refusal::TooLarge {
                    width: 60_000,
                    height: 20,
                    permitted: SizeLimit::Side(12_000),
                },
                "the image measures 60000 × 20 pixels; permitted are 12000 along a side",
                "image-too-large",
            ),
            (
                Refusal::TooLarge {
                    width: 10_000,
                    height: 5_001,
                    permitted: SizeLimit::Pixels(50_000_000),
                },
                "the image measures 10000 × 5001 pixels; permitted are 50000000 in all",
                "image-too-large",
            ),
            (
                Refusal::TooComplex {
                    what: "frames",
                    measured: 301,
                    permitted: 300,
                },
                "the image has 301 or more frames; permitted are 300",
                "image-too-complex",
            ),
            (
                Refusal::Broken {
                    media_type: MediaType::Png,
                    what: "there is no image data",
                    offset: 33,
                },
                "the PNG file is damaged or incomplete near byte 33: there is no image data",
                "image-undecodable",
            ),
        ];
        for (refusal, message, code) in cases {
            assert_eq!(refusal.to_string(), message);
            assert_eq!(refusal.code(), code);
        }
    }
}
