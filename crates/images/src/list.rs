//! Lists of pictures, page by page.
use crate::{
    Error, Image, Images, MediaType, Tag, Visibility, Words,
    sql::{self, Params},
};
use infravault_db::Client;
use infravault_kernel::{Actor, Ctx, Cursor, FieldFault, Id, ImageId, Limit, Page, Scope};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

/// Which pictures of a list are wanted; what is not given does not matter.
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
    /// Which pictures.
    pub filter: Filter,
    /// In which order; a search without one gives the best first.
    pub sort: Option<Sort>,
    /// How many.
    pub limit: Limit,
    /// Where the page starts.
    pub cursor: Option<Cursor>,
}

/// Whose pictures are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Shelf {
    Own,
    Public,
}

/// Where in a list a page starts: behind this picture of this account's list.
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
    /// As `Rank`, among pictures that only look alike.
    Similarity(i32),
}

impl Images {
    /// The caller's own pictures.
    pub async fn list_own(&self, ctx: &Ctx, request: &ListRequest) -> Result<Page<Image>, Error> {
        self.list(ctx, Shelf::Own, request).await
    }

    /// The public gallery.
    pub async fn list_public(&self, ctx: &Ctx, request: &ListRequest) -> Result<Page<Image>, Error> {
        self.list(ctx, Shelf::Public, request).await
    }

    async fn list(&self, ctx: &Ctx, which: Shelf, request: &ListRequest) -> Result<Page<Image>, Error> {
        let after = request.position(which)?;
        if let (Some(words), None) = (&request.filter.words, request.sort) {
            return self.search(ctx, which, request, words, after).await;
        }
        let sort = request.sort.unwrap_or(Sort::NEWEST);
        let after = after.as_ref();
        let (actor, rows) = if sort == Sort::NEWEST && request.filter == Filter::default() {
            self.db
                .read(ctx, async |client| {
                    plain(client, which, after, request.limit).await
                })
                .await?
        } else {
            self.db
                .read(ctx, async |client| {
                    filtered(client, which, sort, after, request).await
                })
                .await?
        };
        let account = admit(&actor, which, after)?;
        let rows = rows.into_iter().collect::<Result<Vec<Image>, Error>>()?;
        Ok(Page::cut(rows, request.limit, |last| {
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
        Shelf::Own => Some(actor.with_scope(Scope::ImagesRead)?.account.uuid()),
        Shelf::Public => None,
    };
    if after.is_some_and(|after| after.account != account) {
        return Err(foreign(()));
    }
    Ok(account)
}

fn foreign<E>(_: E) -> Error {
    Error::Parameter(FieldFault::new("cursor", infravault_kernel::CursorError))
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

fn time_of(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).unwrap_or(END_OF_TIME)
}

/// Later than every upload, so that the first page needs no query of its own.
const END_OF_TIME: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

type Rows = Result<Vec<Result<Image, Error>>, deadpool_postgres::tokio_postgres::Error>;

async fn plain(client: &Client, which: Shelf, after: Option<&Position>, limit: Limit) -> Rows {
    let after_time = match after.map(|after| &after.at) {
        Some(At::Micros(micros)) => time_of(*micros),
        _ => END_OF_TIME,
    };
    let (after_id, max) = (after.map_or(Uuid::max(), |after| after.id), limit.plus_one());
    match which {
        Shelf::Own => {
            let params = sql::images::ListOwnParams {
                after_time,
                after_id,
                max,
            };
            sql::images::list_own()
                .params(client, &params)
                .map(sql::image)
                .all()
                .await
        }
        Shelf::Public => {
            let params = sql::images::ListPublicParams {
                after_time,
                after_id,
                max,
            };
            sql::images::list_public()
                .params(client, &params)
                .map(sql::image)
                .all()
                .await
        }
    }
}

/// Runs the query of one order. Each order is a query of its own, so that an index fits it.
async fn filtered(
    client: &Client,
    which: Shelf,
    sort: Sort,
    after: Option<&Position>,
    request: &ListRequest,
) -> Rows {
    let filter = &request.filter;
    let after_id = after.map(|after| after.id);
    let after_time = after.and_then(|after| match &after.at {
        At::Micros(micros) => Some(time_of(*micros)),
        _ => None,
    });
    let after_title = after.and_then(|after| match &after.at {
        At::Title(title) => Some(title.as_str()),
        _ => None,
    });
    let after_size = after.and_then(|after| match &after.at {
        At::Size(size) => Some(*size),
        _ => None,
    });
    macro_rules! run {
        ($query:ident, $params:ident, $after:ident) => {{
            let params = sql::images::$params {
                words: filter.words.as_ref().map(Words::as_str),
                visibility: filter.visibility.map(Into::into),
                tag: filter.tag.as_ref().map(Tag::as_str),
                media_type: filter.media_type.map(MediaType::as_str),
                created_after: filter.created_after,
                created_before: filter.created_before,
                after_id,
                $after,
                max: request.limit.plus_one(),
            };
            sql::images::$query()
                .params(client, &params)
                .map(sql::image)
                .all()
                .await
        }};
    }
    match (which, sort.by, sort.descending) {
        (Shelf::Own, SortBy::CreatedAt, false) => {
            run!(filter_own_created_up, FilterOwnCreatedUpParams, after_time)
        }
        (Shelf::Own, SortBy::CreatedAt, true) => {
            run!(filter_own_created_down, FilterOwnCreatedDownParams, after_time)
        }
        (Shelf::Own, SortBy::Title, false) => run!(filter_own_title_up, FilterOwnTitleUpParams, after_title),
        (Shelf::Own, SortBy::Title, true) => {
            run!(filter_own_title_down, FilterOwnTitleDownParams, after_title)
        }
        (Shelf::Own, SortBy::Size, false) => run!(filter_own_size_up, FilterOwnSizeUpParams, after_size),
        (Shelf::Own, SortBy::Size, true) => run!(filter_own_size_down, FilterOwnSizeDownParams, after_size),
        (Shelf::Public, SortBy::CreatedAt, false) => {
            run!(filter_public_created_up, FilterPublicCreatedUpParams, after_time)
        }
        (Shelf::Public, SortBy::CreatedAt, true) => {
            run!(
                filter_public_created_down,
                FilterPublicCreatedDownParams,
                after_time
            )
        }
        (Shelf::Public, SortBy::Title, false) => {
            run!(filter_public_title_up, FilterPublicTitleUpParams, after_title)
        }
        (Shelf::Public, SortBy::Title, true) => {
            run!(filter_public_title_down, FilterPublicTitleDownParams, after_title)
        }
        (Shelf::Public, SortBy::Size, false) => {
            run!(filter_public_size_up, FilterPublicSizeUpParams, after_size)
        }
        (Shelf::Public, SortBy::Size, true) => {
            run!(filter_public_size_down, FilterPublicSizeDownParams, after_size)
        }
    }
}
