//! Reasons for the state `failed`: codes in the database and the API, sentences for people.
use std::fmt;

macro_rules! failure_codes {
    ($($variant:ident $code:literal $text:literal;)*) => {
        /// Why an image has the state `failed`.
        ///
        /// The database stores [`Self::as_str`] (`images.failure_code`); `Display` is the text for the owner.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FailureCode {
            $(#[doc = $text] $variant,)*
        }

        impl FailureCode {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }

        impl fmt::Display for FailureCode {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $text,)* })
            }
        }
    };
}

failure_codes! {
    Truncated "truncated" "The image cannot be decoded: the file is incomplete.";
    Corrupt "corrupt" "The image cannot be decoded: the file is damaged.";
    Unsupported "unsupported" "The image cannot be decoded: it uses an unsupported feature of its file format.";
    TooLarge "too-large" "The image cannot be processed: it exceeds the size limits.";
    TooComplex "too-complex" "The image cannot be processed: it exceeds the complexity limits.";
    OutOfMemory "out-of-memory" "The image cannot be processed: it requires more memory than the limit.";
    CpuTimeExceeded "cpu-time-exceeded" "The image cannot be processed: it requires more CPU time than the limit.";
    TimedOut "timed-out" "The image cannot be processed within the time limit.";
    WorkerCrashed "worker-crashed" "The image cannot be processed: the decoder crashed.";
    EncodeFailed "encode-failed" "The image was decoded, but its renditions cannot be encoded.";
    DimensionsMismatch "dimensions-mismatch" "The decoded image does not have the size that its file header declares.";
    OriginalMissing "original-missing" "The original is missing from the store. The server's operator can restore it from a backup.";
    OriginalDamaged "original-damaged" "The original is damaged in the store. The server's operator can restore it from a backup.";
}

impl FailureCode {
    /// Returns `None` for an unknown code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == code)
    }

    /// Converts the code of a sandbox error.
    pub(crate) fn from_sandbox(code: &str) -> Self {
        Self::parse(code).unwrap_or(Self::Corrupt)
    }

    /// Whether the integrity check set it: the stored bytes are lost, and decoding says nothing about them.
    pub(crate) fn is_integrity_failure(self) -> bool {
        matches!(self, Self::OriginalMissing | Self::OriginalDamaged)
    }
}
