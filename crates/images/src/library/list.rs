//! Lists of images, page by page.
use crate::{Error, Image, Library, MediaType, Tag, Visibility, Words, library::list_queries};
use infravault_kernel::{
    AccessError, Actor, Credential, Ctx, Cursor, FieldError, Id, ImageId, Limit, Page, Scope,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Conditions that the images of a list meet; `None` is no condition.
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
    account: Option<Uuid>,
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

impl Library {
    pub async fn list_own(&self, ctx: &Ctx, request: &ListRequest) -> Result<Page<Image>, Error> {
        self.list(ctx, ListScope::Own, request).await
    }

    pub async fn list_public(&self, ctx: &Ctx, request: &ListRequest) -> Result<Page<Image>, Error> {
        self.list(ctx, ListScope::Public, request).await
    }

    async fn list(&self, ctx: &Ctx, scope: ListScope, request: &ListRequest) -> Result<Page<Image>, Error> {
        if scope == ListScope::Own && ctx.credential == Credential::Anonymous {
            return Err(AccessError::AuthenticationRequired.into());
        }
        let after = request.page_start(scope)?;
        if let (Some(words), None) = (&request.filter.words, request.sort) {
            return self.search(ctx, scope, request, words, after).await;
        }
        let sort = request.sort.unwrap_or(Sort::NEWEST);
        let after = after.as_ref();
        let (actor, rows) = if sort == Sort::NEWEST && request.filter == Filter::default() {
            list_queries::list_newest(&self.db, ctx, scope, after, request).await?
        } else {
            list_queries::list_filtered(&self.db, ctx, scope, sort, after, request).await?
        };
        let account = authorize(&actor, scope, after)?;
        let rows = rows.into_iter().collect::<Result<Vec<Image>, Error>>()?;
        Ok(Page::from_rows(rows, request.limit, |last| {
            request.cursor_after(scope, account, last.id, sort_key(sort.by, last))
        }))
    }
}

impl ListRequest {
    /// Returns the content of the cursor, or an error if the cursor belongs to another list.
    fn page_start(&self, scope: ListScope) -> Result<Option<PageStart>, Error> {
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

/// Checks that the caller may read the list and owns the cursor. Returns the account of an own list.
pub(crate) fn authorize(
    actor: &Actor,
    scope: ListScope,
    after: Option<&PageStart>,
) -> Result<Option<Uuid>, Error> {
    let account = match scope {
        ListScope::Own => Some(actor.require_scope(Scope::ImagesRead)?.account.uuid()),
        ListScope::Public => None,
    };
    if after.is_some_and(|after| after.account != account) {
        return Err(invalid_cursor());
    }
    Ok(account)
}

pub(crate) fn invalid_cursor() -> Error {
    Error::Parameter(FieldError::new("cursor", infravault_kernel::CursorError))
}

fn sort_key(by: SortBy, image: &Image) -> SortKey {
    match by {
        SortBy::CreatedAt => SortKey::Time(to_micros(image.created_at)),
        SortBy::Title => SortKey::Title(image.title.clone()),
        SortBy::Size => SortKey::Size(i64::try_from(image.byte_size).unwrap_or(i64::MAX)),
    }
}

/// Microseconds since 1970, the resolution of PostgreSQL.
pub(crate) fn to_micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1000)).unwrap_or(i64::MAX)
}

pub(crate) fn from_micros(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok()
}
