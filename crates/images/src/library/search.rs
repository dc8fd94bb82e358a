//! Searching: the best first, and what looks alike where nothing matches.
use crate::{
    Error, Image, Library, ListRequest, MediaType, Tag, Words,
    library::list::{At, Position, Shelf, admit},
    sql::{self, Found, Params},
};
use infravault_db::Db;
use infravault_kernel::{Actor, Ctx, Page};

/// How images are compared with the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    /// They contain the words, their stems, or words that start like the last one.
    Words,
    /// They contain words that are written alike.
    Alike,
}

impl Library {
    /// A page of a search. Where the first page finds nothing, it is searched for what is written alike; the cursor
    /// says how its page was found.
    pub(crate) async fn search(
        &self,
        ctx: &Ctx,
        which: Shelf,
        request: &ListRequest,
        words: &Words,
        after: Option<Position>,
    ) -> Result<Page<Image>, Error> {
        let after = after.as_ref();
        let by = match after.map(|after| &after.at) {
            Some(At::Similarity(_)) => Match::Alike,
            _ => Match::Words,
        };
        let page = self.search_by(ctx, which, by, request, words, after).await?;
        if by == Match::Alike || after.is_some() || !page.items.is_empty() || !words.may_be_misspelt() {
            return Ok(page);
        }
        self.search_by(ctx, which, Match::Alike, request, words, after)
            .await
    }

    async fn search_by(
        &self,
        ctx: &Ctx,
        which: Shelf,
        by: Match,
        request: &ListRequest,
        words: &Words,
        after: Option<&Position>,
    ) -> Result<Page<Image>, Error> {
        let (actor, rows) = run(&self.db, ctx, (which, by), request, words, after).await?;
        let account = admit(&actor, which, after)?;
        let rows = rows.into_iter().collect::<Result<Vec<Found>, Error>>()?;
        let page = Page::from_rows(rows, request.limit, |last| {
            let at = match by {
                Match::Words => At::Rank(last.rank),
                Match::Alike => At::Similarity(last.rank),
            };
            request.cursor_behind(which, account, last.image.id, at)
        });
        Ok(page.map(|found| found.image))
    }
}

/// Who asked, and what was found.
type Rows = Result<(Actor, Vec<Result<Found, Error>>), infravault_db::Error>;

async fn run(
    db: &Db,
    ctx: &Ctx,
    (which, by): (Shelf, Match),
    request: &ListRequest,
    words: &Words,
    after: Option<&Position>,
) -> Rows {
    let filter = &request.filter;
    let after_rank = after.and_then(Position::rank);
    macro_rules! run {
        ($query:ident, $params:ident) => {{
            let params = sql::search::$params {
                words: words.as_str(),
                visibility: filter.visibility.map(Into::into),
                tag: filter.tag.as_ref().map(Tag::as_str),
                media_type: filter.media_type.map(MediaType::as_str),
                created_after: filter.created_after,
                created_before: filter.created_before,
                after_id: after.map(|after| after.id),
                after_rank,
                max: request.limit.plus_one(),
            };
            db.read(
                ctx,
                async |client| {
                    // Not from the statement cache: only a plan made for these very words knows how many images have
                    // them.
                    let client: &deadpool_postgres::tokio_postgres::Client = client;
                    sql::search::$query().prepare(client).await
                },
                async |client, search| search.params(client, &params).map(sql::found).all().await,
            )
            .await
        }};
    }
    match (which, by) {
        (Shelf::Own, Match::Words) => run!(search_own, SearchOwnParams),
        (Shelf::Own, Match::Alike) => run!(search_own_similar, SearchOwnSimilarParams),
        (Shelf::Public, Match::Words) => run!(search_public, SearchPublicParams),
        (Shelf::Public, Match::Alike) => run!(search_public_similar, SearchPublicSimilarParams),
    }
}
