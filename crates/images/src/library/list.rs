//! Lists of images, page by page.
use crate::{Error, Image, Library, MediaType, Tag, Visibility, Words, library::shelf};
use infravault_kernel::{
    AccessError, Actor, Credential, Ctx, Cursor, FieldError, Id, ImageId, Limit, Page, Scope,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Which images of a list are wanted; what is not given does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those with this visibility.
    pub visibility: Option<Visibility>,
    /// Only those with this tag.
    pub tag: Option<Tag>,
    /// Only those of this type.
    pub media_type: Option<MediaType>,
    /// Only those uploaded after this moment.
    pub created_after: Option<OffsetDateTime>,
    /// Only those uploaded before this moment.
    pub created_before: Option<OffsetDateTime>,
    /// Only those that match a search.
    pub words: Option<Words>,
}

/// By what a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SortBy {
    /// When the upload began.
    CreatedAt,
    /// The title, letter case ignored.
    Title,
    /// The size of the original in bytes.
    Size,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Sort {
    /// Newest first, which is how lists are sorted where nothing is said.
    pub const NEWEST: Self = Self {
        by: SortBy::CreatedAt,
        descending: true,
    };
}

/// A page of a list, as it is asked for.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// Which images.
    pub filter: Filter,
    /// In which order; a search without one gives the best first.
    pub sort: Option<Sort>,
    /// How many.
    pub limit: Limit,
    /// Where the page starts.
    pub cursor: Option<Cursor>,
}

/// Whose images are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Shelf {
    Own,
    Public,
}

/// Where in a list a page starts: behind this image of this account's list.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Position {
    account: Option<Uuid>,
    pub(crate) id: Uuid,
    pub(crate) at: At,
}

/// The value that the list is sorted by.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum At {
    Micros(i64),
    Title(String),
    Size(i64),
    Rank(i32),
    /// As `Rank`, among images that only look alike.
    Similarity(i32),
}

impl Position {
    /// The moment that the page starts behind.
    pub(crate) fn time(&self) -> Option<OffsetDateTime> {
        match self.at {
            At::Micros(micros) => OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok(),
            _ => None,
        }
    }

    /// The title that it starts behind.
    pub(crate) fn title(&self) -> Option<&str> {
        match &self.at {
            At::Title(title) => Some(title),
            _ => None,
        }
    }

    /// The size that it starts behind.
    pub(crate) fn size(&self) -> Option<i64> {
        match self.at {
            At::Size(size) => Some(size),
            _ => None,
        }
    }

    /// The rank that it starts behind.
    pub(crate) fn rank(&self) -> Option<i32> {
        match self.at {
            At::Rank(rank) | At::Similarity(rank) => Some(rank),
            _ => None,
        }
    }
}

impl Library {
    /// The caller's own images.
    pub async fn list_own(&self, ctx: &Ctx, request: &ListRequest) -> Result<Page<Image>, Error> {
        self.list(ctx, Shelf::Own, request).await
    }

    /// The public gallery.
    pub async fn list_public(&self, ctx: &Ctx, request: &ListRequest) -> Result<Page<Image>, Error> {
        self.list(ctx, Shelf::Public, request).await
    }

    async fn list(&self, ctx: &Ctx, which: Shelf, request: &ListRequest) -> Result<Page<Image>, Error> {
        if which == Shelf::Own && ctx.credential == Credential::Anonymous {
            return Err(AccessError::AuthenticationRequired.into());
        }
        let after = request.position(which)?;
        if let (Some(words), None) = (&request.filter.words, request.sort) {
            return self.search(ctx, which, request, words, after).await;
        }
        let sort = request.sort.unwrap_or(Sort::NEWEST);
        let after = after.as_ref();
        let (actor, rows) = if sort == Sort::NEWEST && request.filter == Filter::default() {
            shelf::plain(&self.db, ctx, which, after, request.limit).await?
        } else {
            shelf::filtered(&self.db, ctx, which, sort, after, request).await?
        };
        let account = admit(&actor, which, after)?;
        let rows = rows.into_iter().collect::<Result<Vec<Image>, Error>>()?;
        Ok(Page::from_rows(rows, request.limit, |last| {
            request.cursor_behind(which, account, last.id, at(sort.by, last))
        }))
    }
}

impl ListRequest {
    /// Where the page starts, if its cursor belongs to this list.
    pub(crate) fn position(&self, which: Shelf) -> Result<Option<Position>, Error> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        let position: Position = cursor.position(&self.describe(which)).map_err(foreign)?;
        let fits = match (&position.at, self.sort, &self.filter.words) {
            (At::Rank(_) | At::Similarity(_), None, Some(_)) => true,
            (_, None, Some(_)) => false,
            (At::Micros(_), sort, _) => sort.unwrap_or(Sort::NEWEST).by == SortBy::CreatedAt,
            (At::Title(_), Some(sort), _) => sort.by == SortBy::Title,
            (At::Size(_), Some(sort), _) => sort.by == SortBy::Size,
            _ => false,
        };
        if fits {
            Ok(Some(position))
        } else {
            Err(foreign(()))
        }
    }

    pub(crate) fn cursor_behind(&self, which: Shelf, account: Option<Uuid>, id: ImageId, at: At) -> Cursor {
        let position = Position {
            account,
            id: id.uuid(),
            at,
        };
        Cursor::new(&self.describe(which), &position)
    }

    /// What a cursor is bound to.
    fn describe(&self, which: Shelf) -> impl Serialize {
        let filter = &self.filter;
        (
            which,
            self.sort,
            filter.visibility.map(Visibility::as_str),
            filter.tag.as_ref().map(|tag| tag.as_str().to_owned()),
            filter.media_type.map(MediaType::as_str),
            filter.created_after.map(micros),
            filter.created_before.map(micros),
            filter.words.as_ref().map(|words| words.as_str().to_owned()),
        )
    }
}

/// Decides whether the caller may have the list, and whether the cursor is one of theirs.
pub(crate) fn admit(actor: &Actor, which: Shelf, after: Option<&Position>) -> Result<Option<Uuid>, Error> {
    let account = match which {
        Shelf::Own => Some(actor.require_scope(Scope::ImagesRead)?.account.uuid()),
        Shelf::Public => None,
    };
    if after.is_some_and(|after| after.account != account) {
        return Err(foreign(()));
    }
    Ok(account)
}

fn foreign<E>(_: E) -> Error {
    Error::Parameter(FieldError::new("cursor", infravault_kernel::CursorError))
}

fn at(by: SortBy, image: &Image) -> At {
    match by {
        SortBy::CreatedAt => At::Micros(micros(image.created_at)),
        SortBy::Title => At::Title(image.title.clone()),
        SortBy::Size => At::Size(i64::try_from(image.byte_size).unwrap_or(i64::MAX)),
    }
}

/// Microseconds since 1970: what PostgreSQL keeps of a time.
fn micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1000)).unwrap_or(i64::MAX)
}
