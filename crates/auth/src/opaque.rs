//! Secrets that mean nothing but themselves: 256 random bits as text, kept as a hash.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use infravault_kernel::{Ctx, Secret, Sha256};

/// 32 random bytes as 43 letters of base64url.
const LETTERS: usize = 43;

/// A new secret text.
pub(crate) fn new(ctx: &Ctx) -> Secret<String> {
    Secret::new(URL_SAFE_NO_PAD.encode(ctx.random::<32>()))
}

/// What is stored of a secret text; nothing for a text that cannot be one, so that no garbage reaches SQL.
pub(crate) fn hash(text: &str) -> Option<[u8; 32]> {
    let fits = text.len() == LETTERS
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    fits.then(|| *Sha256::digest(text.as_bytes()).bytes())
}
