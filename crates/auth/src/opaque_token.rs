//! Opaque tokens: 256 random bits as text, stored as a hash.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use infravault_kernel::{Ctx, Secret, Sha256};

/// Length of 32 bytes in base64url.
const CHARS: usize = 43;

pub(crate) fn generate(ctx: &Ctx) -> Secret<String> {
    Secret::new(URL_SAFE_NO_PAD.encode(ctx.random::<32>()))
}

/// Returns the SHA-256 that is stored, or `None` if the text does not have the form of a token.
pub(crate) fn hash(text: &str) -> Option<[u8; 32]> {
    let valid = text.len() == CHARS
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    valid.then(|| *Sha256::digest(text.as_bytes()).bytes())
}
