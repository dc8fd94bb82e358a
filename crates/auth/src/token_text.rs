//! How an API token looks: `ivp_`, 32 random bytes in base62, and a checksum, so that scanners for leaked secrets
//! find it and a mistyped one never reaches the database.
use infravault_kernel::{Ctx, Secret, Sha256};

/// Starts every API token.
pub(crate) const PREFIX: &str = "ivp_";
/// 62^43 is the first power above 2^256.
const RANDOM_LETTERS: usize = 43;
/// 62^6 is the first power above 2^32.
const CHECKSUM_LETTERS: usize = 6;
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A new API token.
pub(crate) fn new(ctx: &Ctx) -> Secret<String> {
    let random = base62(&ctx.random::<32>(), RANDOM_LETTERS);
    let checksum = checksum(&random);
    Secret::new(format!("{PREFIX}{random}{checksum}"))
}

/// What is stored of an API token; nothing where the form or the checksum is wrong.
pub(crate) fn hash(token: &str) -> Option<[u8; 32]> {
    let rest = token.strip_prefix(PREFIX)?;
    let (random, found) = rest.split_at_checked(RANDOM_LETTERS)?;
    let fits = rest.bytes().all(|letter| letter.is_ascii_alphanumeric()) && checksum(random) == found;
    fits.then(|| *Sha256::digest(token.as_bytes()).bytes())
}

fn checksum(random: &str) -> String {
    base62(&crc32(random.as_bytes()).to_be_bytes(), CHECKSUM_LETTERS)
}

/// A big-endian number in base 62, filled up with zeros.
fn base62(number: &[u8], letters: usize) -> String {
    let mut rest = number.to_vec();
    let mut text: Vec<char> = (0..letters)
        .map(|_| char::from(letter(divide(&mut rest))))
        .collect();
    text.reverse();
    text.into_iter().collect()
}

/// Divides a big-endian number by 62 in place and gives the remainder.
fn divide(number: &mut [u8]) -> usize {
    let mut remainder: u16 = 0;
    for digit in number {
        let value = remainder * 256 + u16::from(*digit);
        *digit = u8::try_from(value / 62).unwrap_or(u8::MAX);
        remainder = value % 62;
    }
    usize::from(remainder)
}

fn letter(value: usize) -> u8 {
    LETTERS.get(value).copied().unwrap_or(b'0')
}

/// CRC-32 as in ISO 3309 (the one of zip and PNG).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::{Clock, Credential};
    use slog::{Discard, Logger, o};

    #[test]
    fn counts_in_base_62_and_knows_the_check_value_of_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(base62(&[0], 3), "000");
        assert_eq!(base62(&[61], 3), "00z");
        assert_eq!(base62(&[62], 3), "010");
        assert_eq!(base62(&[0xFF; 4], 6), "4gfFC3");
        assert_eq!(base62(&[0xFF; 32], 43).len(), 43);
    }

    #[test]
    fn only_whole_tokens_have_a_hash() {
        let ctx = Ctx::new(&Logger::root(Discard, o!()), Credential::Anonymous, Clock::System);
        let token = new(&ctx).expose().clone();
        assert_eq!(token.len(), 53);
        assert!(hash(&token).is_some());
        assert_ne!(token, *new(&ctx).expose());
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(hash(&changed).is_none(), "changed at {at}");
        }
        let with_end = format!("{token}x");
        for other in ["", "ivp_", "ivp_ä", &token[1..], &token[..52], with_end.as_str()] {
            assert!(hash(other).is_none(), "{other}");
        }
    }
}
