//! The text of an API token: `ivp_`, 32 random bytes in base62 and a CRC-32, so that secret scanners recognize it and
//! a mistyped token never reaches the database.
use infravault_kernel::{Ctx, Secret, Sha256};

pub(crate) const PREFIX: &str = "ivp_";
/// 62^43 is the first power above 2^256.
const RANDOM_CHARS: usize = 43;
/// 62^6 is the first power above 2^32.
const CHECKSUM_CHARS: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

pub(crate) fn generate(ctx: &Ctx) -> Secret<String> {
    let random = encode_base62(&ctx.random::<32>(), RANDOM_CHARS);
    let checksum = checksum(&random);
    Secret::new(format!("{PREFIX}{random}{checksum}"))
}

/// Returns the SHA-256 that is stored, or `None` if the form or the checksum is wrong.
pub(crate) fn hash(token: &str) -> Option<[u8; 32]> {
    let rest = token.strip_prefix(PREFIX)?;
    let (random, found) = rest.split_at_checked(RANDOM_CHARS)?;
    let valid = rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) && checksum(random) == found;
    valid.then(|| *Sha256::digest(token.as_bytes()).bytes())
}

fn checksum(random: &str) -> String {
    encode_base62(&crc32fast::hash(random.as_bytes()).to_be_bytes(), CHECKSUM_CHARS)
}

/// Encodes a big-endian number in base 62, padded with zeros.
fn encode_base62(number: &[u8], chars: usize) -> String {
    let mut rest = number.to_vec();
    let mut text: Vec<char> = (0..chars)
        .map(|_| {
            let digit = divide_by_62(&mut rest);
            char::from(ALPHABET.get(digit).copied().unwrap_or(b'0'))
        })
        .collect();
    text.reverse();
    text.into_iter().collect()
}

/// Divides a big-endian number by 62 in place and returns the remainder.
fn divide_by_62(number: &mut [u8]) -> usize {
    let mut remainder: u16 = 0;
    for digit in number {
        let value = remainder * 256 + u16::from(*digit);
        *digit = u8::try_from(value / 62).unwrap_or(u8::MAX);
        remainder = value % 62;
    }
    usize::from(remainder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::{Clock, Credential};
    use slog::{Discard, Logger, o};

    #[test]
    fn base62_and_crc32_match_known_values() {
        assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926);
        assert_eq!(encode_base62(&[0], 3), "000");
        assert_eq!(encode_base62(&[61], 3), "00z");
        assert_eq!(encode_base62(&[62], 3), "010");
        assert_eq!(encode_base62(&[0xFF; 4], 6), "4gfFC3");
        assert_eq!(encode_base62(&[0xFF; 32], 43).len(), 43);
    }

    #[test]
    fn only_complete_tokens_have_a_hash() {
        let ctx = Ctx::new(&Logger::root(Discard, o!()), Credential::Anonymous, Clock::System);
        let token = generate(&ctx).expose().clone();
        assert_eq!(token.len(), 53);
        assert!(hash(&token).is_some());
        assert_ne!(token, *generate(&ctx).expose());
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(hash(&changed).is_none(), "changed at {at}");
        }
        let extended = format!("{token}x");
        for other in ["", "ivp_", "ivp_ä", &token[1..], &token[..52], extended.as_str()] {
            assert!(hash(other).is_none(), "{other}");
        }
    }
}
