//! The errors of the pre-scan and of processing. Their messages are shown to the owner of the image.

use crate::MediaType;
use serde::{Deserialize, Serialize};
use std::{fmt, io};

/// The reason why the pre-scan rejects a file.
#[derive(Debug, thiserror::Error)]
pub enum PrescanError {
    /// The file has none of the accepted types, or a coding that no decoder here supports.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The image has too many pixels, along one side or in total.
    #[error("the image measures {width} × {height} pixels; the limit is {limit}")]
    TooLarge {
        /// Stored width in pixels.
        width: u32,
        /// Stored height in pixels.
        height: u32,
        /// The limit that was exceeded.
        limit: SizeLimit,
    },
    /// The image would cost far more to decode than its size suggests.
    #[error("the image has at least {measured} {what}; the limit is {limit}")]
    TooComplex {
        /// What exceeds the limit, in the plural.
        what: &'static str,
        /// The declared number, or the number counted when the limit was exceeded.
        measured: u64,
        /// The limit that was exceeded.
        limit: u64,
    },
    /// The structure of the file is invalid or incomplete.
    #[error("the {} data is damaged or incomplete near byte {offset}: {detail}", .media_type.name())]
    Malformed {
        /// The type that the signature shows.
        media_type: MediaType,
        /// What is wrong.
        detail: &'static str,
        /// Where it was detected, in bytes from the start of the file.
        offset: u64,
    },
    /// Reading the file failed. This says nothing about the image.
    #[error("the image could not be read")]
    Io(#[source] io::Error),
}

impl PrescanError {
    /// The code of the API problem, in kebab case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsupported(_) => "unsupported-image-type",
            Self::TooLarge { .. } => "image-too-large",
            Self::TooComplex { .. } => "image-too-complex",
            Self::Malformed { .. } => "image-undecodable",
            Self::Io(_) => "internal",
        }
    }
}

/// A limit on the size of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeLimit {
    /// Pixels per side.
    Side(u32),
    /// Pixels in total.
    Pixels(u64),
}

impl fmt::Display for SizeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Side(side) => write!(f, "{side} pixels per side"),
            Self::Pixels(pixels) => write!(f, "{pixels} pixels in total"),
        }
    }
}

/// The reason why an image cannot be decoded, or its rendition cannot be encoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// The category of the error.
    pub kind: DecodeErrorKind,
    /// The details for the owner of the image, starting in lower case and without a final period.
    pub message: String,
}

/// The category of a [`DecodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecodeErrorKind {
    /// The file ends before its image data does.
    Truncated,
    /// The file is damaged.
    Corrupt,
    /// The file has a type or a coding that is not supported.
    Unsupported,
    /// The image, or the total size of its renditions, exceeds a size limit.
    TooLarge,
    /// The image exceeds another limit of [`crate::Limits`].
    TooComplex,
    /// The image does not fit into memory.
    OutOfMemory,
    /// An encoder failed.
    EncodeFailed,
}

impl DecodeError {
    /// Creates an error with a message for the owner of the image.
    pub fn new(kind: DecodeErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message }
    }

    /// The stable code of the category, in kebab case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.kind {
            DecodeErrorKind::Truncated => "truncated",
            DecodeErrorKind::Corrupt => "corrupt",
            DecodeErrorKind::Unsupported => "unsupported",
            DecodeErrorKind::TooLarge => "too-large",
            DecodeErrorKind::TooComplex => "too-complex",
            DecodeErrorKind::OutOfMemory => "out-of-memory",
            DecodeErrorKind::EncodeFailed => "encode-failed",
        }
    }
}

impl From<PrescanError> for DecodeError {
    fn from(error: PrescanError) -> Self {
        let kind = match &error {
            PrescanError::Unsupported(_) => DecodeErrorKind::Unsupported,
            PrescanError::TooLarge { .. } => DecodeErrorKind::TooLarge,
            PrescanError::TooComplex { .. } => DecodeErrorKind::TooComplex,
            PrescanError::Malformed { .. } | PrescanError::Io(_) => DecodeErrorKind::Corrupt,
        };
        Self::new(kind, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_contain_the_measured_values() {
        let cases = [
            (
                PrescanError::TooLarge {
                    width: 60_000,
                    height: 20,
                    limit: SizeLimit::Side(12_000),
                },
                "the image measures 60000 × 20 pixels; the limit is 12000 pixels per side",
                "image-too-large",
            ),
            (
                PrescanError::TooLarge {
                    width: 10_000,
                    height: 5_001,
                    limit: SizeLimit::Pixels(50_000_000),
                },
                "the image measures 10000 × 5001 pixels; the limit is 50000000 pixels in total",
                "image-too-large",
            ),
            (
                PrescanError::TooComplex {
                    what: "frames",
                    measured: 301,
                    limit: 300,
                },
                "the image has at least 301 frames; the limit is 300",
                "image-too-complex",
            ),
            (
                PrescanError::Malformed {
                    media_type: MediaType::Png,
                    detail: "the image data is missing",
                    offset: 33,
                },
                "the PNG data is damaged or incomplete near byte 33: the image data is missing",
                "image-undecodable",
            ),
        ];
        for (error, message, code) in cases {
            assert_eq!(error.to_string(), message);
            assert_eq!(error.code(), code);
        }
    }
}
