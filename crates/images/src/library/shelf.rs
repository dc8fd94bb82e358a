//! The statements behind the lists: one for each order, so that an index fits each.
use crate::{
    Error, Image, ListRequest, MediaType, Sort, SortBy, Tag, Words,
    library::list::{Position, Shelf},
    sql::{self, Params},
};
use infravault_db::Db;
use infravault_kernel::{Actor, Ctx, Limit};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

/// Later than every upload, so that the first page needs no statement of its own.
const END_OF_TIME: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// Who asked, and what was found.
type Rows = Result<(Actor, Vec<Result<Image, Error>>), infravault_db::Error>;

/// The newest of everything.
pub(crate) async fn plain(db: &Db, ctx: &Ctx, which: Shelf, after: Option<&Position>, limit: Limit) -> Rows {
    let after_time = after.and_then(Position::time).unwrap_or(END_OF_TIME);
    let (after_id, max) = (after.map_or(Uuid::max(), |after| after.id), limit.plus_one());
    match which {
        Shelf::Own => {
            let params = sql::images::ListOwnParams {
                after_time,
                after_id,
                max,
            };
            db.read(
                ctx,
                async |client| sql::images::list_own().prepare(client).await,
                async |client, list| list.params(client, &params).map(sql::image).all().await,
            )
            .await
        }
        Shelf::Public => {
            let params = sql::images::ListPublicParams {
                after_time,
                after_id,
                max,
            };
            db.read(
                ctx,
                async |client| sql::images::list_public().prepare(client).await,
                async |client, list| list.params(client, &params).map(sql::image).all().await,
            )
            .await
        }
    }
}

macro_rules! filtered {
    ($db:ident, $ctx:ident, $after:ident, $request:ident, $query:ident, $params:ident, $field:ident, $value:path) => {{
        let filter = &$request.filter;
        let params = sql::images::$params {
            words: filter.words.as_ref().map(Words::as_str),
            visibility: filter.visibility.map(Into::into),
            tag: filter.tag.as_ref().map(Tag::as_str),
            media_type: filter.media_type.map(MediaType::as_str),
            created_after: filter.created_after,
            created_before: filter.created_before,
            after_id: $after.map(|after| after.id),
            $field: $after.and_then($value),
            max: $request.limit.plus_one(),
        };
        $db.read(
            $ctx,
            async |client| sql::images::$query().prepare(client).await,
            async |client, list| list.params(client, &params).map(sql::image).all().await,
        )
        .await
    }};
}

/// What passes a filter, in any order.
pub(crate) async fn filtered(
    db: &Db,
    ctx: &Ctx,
    which: Shelf,
    sort: Sort,
    after: Option<&Position>,
    request: &ListRequest,
) -> Rows {
    match which {
        Shelf::Own => own(db, ctx, sort, after, request).await,
        Shelf::Public => public(db, ctx, sort, after, request).await,
    }
}

async fn own(db: &Db, ctx: &Ctx, sort: Sort, after: Option<&Position>, request: &ListRequest) -> Rows {
    macro_rules! run {
        ($query:ident, $params:ident, $field:ident, $value:path) => {
            filtered!(db, ctx, after, request, $query, $params, $field, $value)
        };
    }
    match (sort.by, sort.descending) {
        (SortBy::CreatedAt, false) => run!(
            filter_own_created_up,
            FilterOwnCreatedUpParams,
            after_time,
            Position::time
        ),
        (SortBy::CreatedAt, true) => run!(
            filter_own_created_down,
            FilterOwnCreatedDownParams,
            after_time,
            Position::time
        ),
        (SortBy::Title, false) => run!(
            filter_own_title_up,
            FilterOwnTitleUpParams,
            after_title,
            Position::title
        ),
        (SortBy::Title, true) => run!(
            filter_own_title_down,
            FilterOwnTitleDownParams,
            after_title,
            Position::title
        ),
        (SortBy::Size, false) => run!(
            filter_own_size_up,
            FilterOwnSizeUpParams,
            after_size,
            Position::size
        ),
        (SortBy::Size, true) => run!(
            filter_own_size_down,
            FilterOwnSizeDownParams,
            after_size,
            Position::size
        ),
    }
}

async fn public(db: &Db, ctx: &Ctx, sort: Sort, after: Option<&Position>, request: &ListRequest) -> Rows {
    macro_rules! run {
        ($query:ident, $params:ident, $field:ident, $value:path) => {
            filtered!(db, ctx, after, request, $query, $params, $field, $value)
        };
    }
    match (sort.by, sort.descending) {
        (SortBy::CreatedAt, false) => run!(
            filter_public_created_up,
            FilterPublicCreatedUpParams,
            after_time,
            Position::time
        ),
        (SortBy::CreatedAt, true) => run!(
            filter_public_created_down,
            FilterPublicCreatedDownParams,
            after_time,
            Position::time
        ),
        (SortBy::Title, false) => run!(
            filter_public_title_up,
            FilterPublicTitleUpParams,
            after_title,
            Position::title
        ),
        (SortBy::Title, true) => run!(
            filter_public_title_down,
            FilterPublicTitleDownParams,
            after_title,
            Position::title
        ),
        (SortBy::Size, false) => run!(
            filter_public_size_up,
            FilterPublicSizeUpParams,
            after_size,
            Position::size
        ),
        (SortBy::Size, true) => run!(
            filter_public_size_down,
            FilterPublicSizeDownParams,
            after_size,
            Position::size
        ),
    }
}
