//! The statements behind the lists: one per scope and order, so that an index fits each.
use crate::{
    Error, Image, ListRequest, MediaType, Sort, SortBy, Tag, Words,
    library::list_request::{ListScope, PageStart},
    sql::{self, Params},
};
use infravault_db::Db;
use infravault_kernel::{Actor, Ctx};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

/// Later than every upload, so that the first page uses the same statement as the others.
const END_OF_TIME: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

type ListResult = Result<(Actor, Vec<Result<Image, Error>>), infravault_db::Error>;

macro_rules! select {
    ($db:ident, $ctx:ident, $query:ident, $params:ident) => {
        $db.read(
            $ctx,
            async |client| sql::images::$query().prepare(client).await,
            async |client, list| list.params(client, &$params).map(sql::image).all().await,
        )
        .await
    };
}

/// Lists the newest images of a scope.
pub(crate) async fn list_newest(
    db: &Db,
    ctx: &Ctx,
    scope: ListScope,
    after: Option<&PageStart>,
    request: &ListRequest,
) -> ListResult {
    let after_time = after.and_then(PageStart::time).unwrap_or(END_OF_TIME);
    let (after_id, max) = (
        after.map_or(Uuid::max(), |after| after.id),
        request.limit.plus_one(),
    );
    match scope {
        ListScope::Own => {
            let params = sql::images::ListOwnParams {
                after_time,
                after_id,
                max,
            };
            select!(db, ctx, list_own, params)
        }
        ListScope::Public => {
            let params = sql::images::ListPublicParams {
                after_time,
                after_id,
                max,
            };
            select!(db, ctx, list_public, params)
        }
    }
}

/// Lists the images of a scope that pass a filter, in any order.
pub(crate) async fn list_filtered(
    db: &Db,
    ctx: &Ctx,
    scope: ListScope,
    sort: Sort,
    after: Option<&PageStart>,
    request: &ListRequest,
) -> ListResult {
    let filter = &request.filter;
    macro_rules! list {
        ($params:ident { $field:ident: $value:path },
         $own_asc:ident, $own_desc:ident, $public_asc:ident, $public_desc:ident) => {{
            let params = sql::images::$params {
                words: filter.words.as_ref().map(Words::as_str),
                visibility: filter.visibility.map(Into::into),
                tag: filter.tag.as_ref().map(Tag::as_str),
                media_type: filter.media_type.map(MediaType::as_str),
                created_after: filter.created_after,
                created_before: filter.created_before,
                after_id: after.map(|after| after.id),
                $field: after.and_then($value),
                max: request.limit.plus_one(),
            };
            match (scope, sort.descending) {
                (ListScope::Own, false) => select!(db, ctx, $own_asc, params),
                (ListScope::Own, true) => select!(db, ctx, $own_desc, params),
                (ListScope::Public, false) => select!(db, ctx, $public_asc, params),
                (ListScope::Public, true) => select!(db, ctx, $public_desc, params),
            }
        }};
    }
    match sort.by {
        SortBy::CreatedAt => list!(
            ByTime {
                after_time: PageStart::time
            },
            filter_own_created_asc,
            filter_own_created_desc,
            filter_public_created_asc,
            filter_public_created_desc
        ),
        SortBy::Title => list!(
            ByTitle {
                after_title: PageStart::title
            },
            filter_own_title_asc,
            filter_own_title_desc,
            filter_public_title_asc,
            filter_public_title_desc
        ),
        SortBy::Size => list!(
            BySize {
                after_size: PageStart::size
            },
            filter_own_size_asc,
            filter_own_size_desc,
            filter_public_size_asc,
            filter_public_size_desc
        ),
    }
}
