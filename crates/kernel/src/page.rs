//! Keyset pagination: limits, pages and opaque cursors.
use crate::Sha256;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

/// The maximum number of items per page: 1 to 200, default 50.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    /// The largest allowed limit.
    pub const MAX: u8 = 200;

    /// Creates a limit; `None` unless it is between 1 and 200.
    #[must_use]
    pub fn new(items: i64) -> Option<Self> {
        u8::try_from(items)
            .ok()
            .filter(|items| (1..=Self::MAX).contains(items))
            .map(Self)
    }

    /// The number of items.
    #[must_use]
    pub fn get(self) -> usize {
        self.0.into()
    }

    /// The limit plus one: the extra row tells a query whether another page follows.
    #[must_use]
    pub fn plus_one(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the requested order.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Creates a page from the rows of a query that was limited to [`Limit::plus_one`]. `position` returns the cursor of a
    /// row.
    pub fn from_rows(mut rows: Vec<T>, limit: Limit, position: impl FnOnce(&T) -> Cursor) -> Self {
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next = if more { rows.last().map(position) } else { None };
        Self { items: rows, next }
    }

    /// Converts the items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
        }
    }
}

/// The position of a page in one particular list. Its checksum covers the list's filter and sort order, so that a
/// modified cursor, or a cursor of another list, is rejected. It grants no access: queries filter by owner regardless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

/// The cursor does not belong to this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor of this list with this filter and sort order; start again without a cursor")]
pub struct CursorError;

const CHECKSUM: usize = 8;

impl Cursor {
    /// Creates a cursor at `position` of the list that `list` identifies (caller, filter, sort order).
    pub fn new(list: &impl Serialize, position: &impl Serialize) -> Self {
        let mut bytes = serde_json::to_vec(position).unwrap_or_default();
        let checksum = checksum(list, &bytes);
        bytes.extend_from_slice(&checksum);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Wraps the text from a client. [`Cursor::position`] checks it.
    #[must_use]
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The cursor as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The position, if the cursor belongs to that list.
    pub fn position<P: DeserializeOwned>(&self, list: &impl Serialize) -> Result<P, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| CursorError)?;
        let at = bytes.len().checked_sub(CHECKSUM).ok_or(CursorError)?;
        let (position, found) = bytes.split_at_checked(at).ok_or(CursorError)?;
        if checksum(list, position) != found {
            return Err(CursorError);
        }
        serde_json::from_slice(position).map_err(|_| CursorError)
    }
}

fn checksum(list: &impl Serialize, position: &[u8]) -> Vec<u8> {
    let mut hasher = Sha256::hasher();
    hasher.update(&serde_json::to_vec(list).unwrap_or_default());
    hasher.update(&[0]);
    hasher.update(position);
    hasher.finish().bytes().iter().copied().take(CHECKSUM).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_of_another_list_is_rejected() {
        let cursor = Cursor::new(&("own", "created_at"), &(17, "x"));
        assert_eq!(
            cursor.position::<(i32, String)>(&("own", "created_at")),
            Ok((17, "x".to_owned()))
        );
        assert_eq!(
            cursor.position::<(i32, String)>(&("own", "title")),
            Err(CursorError)
        );
    }

    #[test]
    fn modified_cursor_is_rejected() {
        let good = Cursor::new(&"list", &42);
        for at in 0..good.as_str().len() {
            let mut text = good.as_str().as_bytes().to_vec();
            text[at] = if text[at] == b'A' { b'B' } else { b'A' };
            let changed = Cursor::from_text(String::from_utf8(text).unwrap());
            assert_eq!(
                changed.position::<i32>(&"list"),
                Err(CursorError),
                "changed at {at}"
            );
        }
        for text in ["", "!", "AAAA", "AAAAAAAAAAA"] {
            assert!(
                Cursor::from_text(text.to_owned())
                    .position::<i32>(&"list")
                    .is_err()
            );
        }
    }

    #[test]
    fn next_cursor_exists_only_if_another_page_follows() {
        let limit = Limit::new(2).unwrap();
        let full = Page::from_rows(vec![1, 2, 3], limit, |last| Cursor::new(&(), last));
        assert_eq!((full.items, full.next.is_some()), (vec![1, 2], true));
        let last = Page::from_rows(vec![1, 2], limit, |last| Cursor::new(&(), last));
        assert_eq!((last.items, last.next), (vec![1, 2], None));
        for items in [-1, 0, 201, 1_000_000_000] {
            assert_eq!(Limit::new(items), None);
        }
    }
}
