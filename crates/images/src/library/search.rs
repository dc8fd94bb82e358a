//! Searches: by relevance, or by similar spelling if nothing matches.
use crate::{
    Error, Image, Library, ListRequest, MediaType, Tag, Words,
    library::{
        list::authorize,
        list_request::{ListScope, PageStart, SortKey},
    },
    sql::{self, Params, image_from_row},
};
use deadpool_postgres::tokio_postgres;
use infravault_db::Db;
use infravault_kernel::{Actor, Ctx, Page};

/// A search result.
struct RankedImage {
    image: Image,
    /// Relevance in millionths.
    rank: i32,
}

fn ranked_image(row: sql::search::FoundRowBorrowed<'_>) -> Result<RankedImage, Error> {
    Ok(RankedImage {
        rank: row.rank,
        image: image_from_row!(row),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MatchMode {
    /// Images with the words, their stems, or words that start with the last one.
    FullText,
    /// Images with words of similar spelling.
    Spelling,
}

impl Library {
    /// Returns a page of a search. If the first page is empty, searches by spelling. The cursor contains the mode of its
    /// page.
    pub(crate) async fn search(
        &self,
        ctx: &Ctx,
        scope: ListScope,
        request: &ListRequest,
        words: &Words,
        after: Option<PageStart>,
    ) -> Result<Page<Image>, Error> {
        let after = after.as_ref();
        let mode = match after.map(|after| &after.key) {
            Some(SortKey::Similarity(_)) => MatchMode::Spelling,
            _ => MatchMode::FullText,
        };
        let page = self.search_page(ctx, scope, mode, request, words, after).await?;
        if mode == MatchMode::Spelling
            || after.is_some()
            || !page.items.is_empty()
            || !words.may_be_misspelt()
        {
            return Ok(page);
        }
        self.search_page(ctx, scope, MatchMode::Spelling, request, words, after)
            .await
    }

    async fn search_page(
        &self,
        ctx: &Ctx,
        scope: ListScope,
        mode: MatchMode,
        request: &ListRequest,
        words: &Words,
        after: Option<&PageStart>,
    ) -> Result<Page<Image>, Error> {
        let (actor, rows) = select_matches(&self.db, ctx, (scope, mode), request, words, after).await?;
        let account = authorize(&actor, scope, after)?;
        let rows = rows.into_iter().collect::<Result<Vec<RankedImage>, Error>>()?;
        let page = Page::from_rows(rows, request.limit, |last| {
            let key = match mode {
                MatchMode::FullText => SortKey::Rank(last.rank),
                MatchMode::Spelling => SortKey::Similarity(last.rank),
            };
            request.cursor_after(scope, account, last.image.id, key)
        });
        Ok(page.map(|found| found.image))
    }
}

async fn select_matches(
    db: &Db,
    ctx: &Ctx,
    (scope, mode): (ListScope, MatchMode),
    request: &ListRequest,
    words: &Words,
    after: Option<&PageStart>,
) -> Result<(Actor, Vec<Result<RankedImage, Error>>), infravault_db::Error> {
    let filter = &request.filter;
    let params = sql::search::Search {
        words: words.as_str(),
        visibility: filter.visibility.map(Into::into),
        tag: filter.tag.as_ref().map(Tag::as_str),
        media_type: filter.media_type.map(MediaType::as_str),
        created_after: filter.created_after,
        created_before: filter.created_before,
        after_id: after.map(|after| after.id),
        after_rank: after.and_then(PageStart::rank),
        max: request.limit.plus_one(),
    };
    macro_rules! select {
        ($query:ident) => {
            db.read(
                ctx,
                async |client| {
                    // Bypasses the statement cache: only a plan for these words knows how many images match them.
                    let client: &tokio_postgres::Client = client;
                    sql::search::$query().prepare(client).await
                },
                async |client, search| search.params(client, &params).map(ranked_image).all().await,
            )
            .await
        };
    }
    match (scope, mode) {
        (ListScope::Own, MatchMode::FullText) => select!(search_own),
        (ListScope::Own, MatchMode::Spelling) => select!(search_own_similar),
        (ListScope::Public, MatchMode::FullText) => select!(search_public),
        (ListScope::Public, MatchMode::Spelling) => select!(search_public_similar),
    }
}
