//! Lists of images, page by page.
use crate::{
    Error, Image, Library,
    library::{
        list_queries,
        list_request::{
            Filter, ListRequest, ListScope, PageStart, Sort, SortBy, SortKey, invalid_cursor, to_micros,
        },
    },
};
use infravault_kernel::{AccessError, Actor, Credential, Ctx, Id, Page, Scope};
use uuid::Uuid;

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

fn sort_key(by: SortBy, image: &Image) -> SortKey {
    match by {
        SortBy::CreatedAt => SortKey::Time(to_micros(image.created_at)),
        SortBy::Title => SortKey::Title(image.title.clone()),
        SortBy::Size => SortKey::Size(i64::try_from(image.byte_size).unwrap_or(i64::MAX)),
    }
}
