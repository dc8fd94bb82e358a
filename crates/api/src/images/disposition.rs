//! `Content-Disposition` for a download (RFC 6266, RFC 8187).
use infravault_images::{FileName, MediaType};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 8187 section 3.2.1 does not let stand in an extended value: everything but `attr-char`.
const EXTENDED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The longest name that is sent, in bytes before it is encoded.
const MAX: usize = 240;

/// An attachment of this name, whose ending tells the type that it really has.
pub(super) fn attachment(file_name: &str, media_type: MediaType) -> String {
    let name = fitting(FileName::clean(file_name).as_str(), media_type);
    let plain: String = name
        .chars()
        .map(|char| if is_plain(char) { char } else { '_' })
        .collect();
    if plain == name {
        return format!("attachment; filename=\"{plain}\"");
    }
    let extended = utf8_percent_encode(&name, EXTENDED);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}")
}

/// Characters that every client reads in a quoted string in the same way.
fn is_plain(char: char) -> bool {
    matches!(char, ' '..='~') && !matches!(char, '"' | '\\' | '%' | ';')
}

fn fitting(name: &str, media_type: MediaType) -> String {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let fits = ending.is_some_and(|ending| match media_type {
        MediaType::Jpeg => matches!(ending.as_str(), "jpg" | "jpeg" | "jpe" | "jfif"),
        other => ending == other.extension(),
    });
    let mut short = String::new();
    for char in name.chars() {
        if short.len() + char.len_utf8() > MAX {
            return format!("{short}.{}", media_type.extension());
        }
        short.push(char);
    }
    if fits {
        short
    } else {
        format!("{short}.{}", media_type.extension())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_try_to_be_more_than_names() {
        for (name, expected) in [
            ("photo.JPG", "attachment; filename=\"photo.JPG\""),
            ("holiday 1.jpeg", "attachment; filename=\"holiday 1.jpeg\""),
            ("a.jpg.php", "attachment; filename=\"a.jpg.php.jpg\""),
            (".htaccess", "attachment; filename=\".htaccess.jpg\""),
            ("noending", "attachment; filename=\"noending.jpg\""),
            (
                "\"; filename=x.jpg",
                "attachment; filename=\"__ filename=x.jpg\"; filename*=UTF-8''%22%3B%20filename%3Dx.jpg",
            ),
            (
                "a\r\nSet-Cookie: b.jpg",
                "attachment; filename=\"aSet-Cookie: b.jpg\"",
            ),
            ("../../etc/passwd.jpg", "attachment; filename=\"passwd.jpg\""),
            ("x\u{202E}gpj.jpg", "attachment; filename=\"xgpj.jpg\""),
            (
                "é.jpg",
                "attachment; filename=\"_.jpg\"; filename*=UTF-8''%C3%A9.jpg",
            ),
            (
                "100%.jpg",
                "attachment; filename=\"100_.jpg\"; filename*=UTF-8''100%25.jpg",
            ),
        ] {
            assert_eq!(attachment(name, MediaType::Jpeg), expected, "{name:?}");
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_legal() {
        for name in [
            "x".repeat(1000),
            "🦀".repeat(1000),
            format!("{}.jpg", "x".repeat(251)),
        ] {
            let header = attachment(&name, MediaType::Jpeg);
            assert!(header.is_ascii() && header.ends_with(['"', 'g']), "{header}");
            let extended = header
                .split("UTF-8''")
                .nth(1)
                .map(percent_encoding::percent_decode_str);
            let shown =
                extended.map_or_else(|| header.clone(), |name| name.decode_utf8().unwrap().into_owned());
            assert!(shown.len() <= 255 + "attachment; filename=\"\"".len(), "{shown}");
        }
    }
}
