//! What a client asks of a list, and the cursors of its pages.
use crate::{Error, MediaType, Tag, Visibility, Words};
use infravault_kernel::{Cursor, FieldError, Id, ImageId, Limit};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Conditions that the images of a list meet; `None` accepts every image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub visibility: Option<Visibility>,
    pub tag: Option<Tag>,
    pub media_type: Option<MediaType>,
    /// Exclusive.
    pub created_after: Option<OffsetDateTime>,
    /// Exclusive.
    pub created_before: Option<OffsetDateTime>,
    pub words: Option<Words>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SortBy {
    /// The start of the upload.
    CreatedAt,
    /// The title, ignoring case.
    Title,
    /// The size of the original in bytes.
    Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sort {
    pub by: SortBy,
    pub descending: bool,
}

impl Sort {
    /// Newest first, the default of lists.
    pub const NEWEST: Self = Self {
        by: SortBy::CreatedAt,
        descending: true,
    };
}

/// A request for a page of a list.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    pub filter: Filter,
    /// `None` sorts a search by relevance and any other list by [`Sort::NEWEST`].
    pub sort: Option<Sort>,
    pub limit: Limit,
    pub cursor: Option<Cursor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum ListScope {
    Own,
    Public,
}

/// The content of a cursor: the page starts after this image of this account's list.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct PageStart {
    pub(crate) account: Option<Uuid>,
    pub(crate) id: Uuid,
    pub(crate) key: SortKey,
}

/// The value by which the list is sorted.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum SortKey {
    /// Microseconds since 1970.
    Time(i64),
    Title(String),
    Size(i64),
    Rank(i32),
    /// The rank among images with words of similar spelling.
    Similarity(i32),
}

impl PageStart {
    pub(crate) fn time(&self) -> Option<OffsetDateTime> {
        match self.key {
            SortKey::Time(micros) => from_micros(micros),
            _ => None,
        }
    }

    pub(crate) fn title(&self) -> Option<&str> {
        match &self.key {
            SortKey::Title(title) => Some(title),
            _ => None,
        }
    }

    pub(crate) fn size(&self) -> Option<i64> {
        match self.key {
            SortKey::Size(size) => Some(size),
            _ => None,
        }
    }

    pub(crate) fn rank(&self) -> Option<i32> {
        match self.key {
            SortKey::Rank(rank) | SortKey::Similarity(rank) => Some(rank),
            _ => None,
        }
    }
}

impl ListRequest {
    /// Returns the content of the cursor, or an error if the cursor belongs to another list.
    pub(crate) fn page_start(&self, scope: ListScope) -> Result<Option<PageStart>, Error> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        let start: PageStart = cursor
            .position(&self.cursor_binding(scope))
            .map_err(|_| invalid_cursor())?;
        let fits = match (&start.key, self.sort, &self.filter.words) {
            (SortKey::Rank(_) | SortKey::Similarity(_), None, Some(_)) => true,
            (_, None, Some(_)) => false,
            (SortKey::Time(_), sort, _) => sort.unwrap_or(Sort::NEWEST).by == SortBy::CreatedAt,
            (SortKey::Title(_), Some(sort), _) => sort.by == SortBy::Title,
            (SortKey::Size(_), Some(sort), _) => sort.by == SortBy::Size,
            _ => false,
        };
        if fits {
            Ok(Some(start))
        } else {
            Err(invalid_cursor())
        }
    }

    pub(crate) fn cursor_after(
        &self,
        scope: ListScope,
        account: Option<Uuid>,
        id: ImageId,
        key: SortKey,
    ) -> Cursor {
        let start = PageStart {
            account,
            id: id.uuid(),
            key,
        };
        Cursor::new(&self.cursor_binding(scope), &start)
    }

    /// The parameters that a cursor is bound to.
    fn cursor_binding(&self, scope: ListScope) -> impl Serialize {
        let filter = &self.filter;
        (
            scope,
            self.sort,
            filter.visibility.map(Visibility::as_str),
            filter.tag.as_ref().map(|tag| tag.as_str().to_owned()),
            filter.media_type.map(MediaType::as_str),
            filter.created_after.map(to_micros),
            filter.created_before.map(to_micros),
            filter.words.as_ref().map(|words| words.as_str().to_owned()),
        )
    }
}

pub(crate) fn invalid_cursor() -> Error {
    Error::Parameter(FieldError::new("cursor", infravault_kernel::CursorError))
}

/// Microseconds since 1970, the resolution of PostgreSQL.
pub(crate) fn to_micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1000)).unwrap_or(i64::MAX)
}

pub(crate) fn from_micros(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok()
}
