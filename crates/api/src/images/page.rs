//! What both lists share: the parameters, their meaning, and how a page is answered.
use super::body::{ImageBody, MediaTypeWord, VisibilityWord};
use crate::{chunked_bytes::ChunkedBytes, links, problem::Problem};
use actix_web::{HttpRequest, HttpResponse, error::JsonPayloadError, http::header};
use infravault_images::{Filter, Image, Images, ListRequest, Sort, SortBy, Tag, Words};
use infravault_kernel::{Cursor, Limit, Page};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// About as many bytes as an image has in a page, so that the page seldom grows while it is written.
const USUAL_LEN: usize = 1600;

/// The order of a list; a minus in front turns it round.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[schema(as = ImageSort)]
pub enum SortWord {
    /// Oldest first.
    #[serde(rename = "created_at")]
    CreatedAt,
    /// Newest first.
    #[serde(rename = "-created_at")]
    CreatedAtDown,
    /// By title, letter case ignored.
    #[serde(rename = "title")]
    Title,
    /// By title, backwards.
    #[serde(rename = "-title")]
    TitleDown,
    /// Smallest original first.
    #[serde(rename = "size")]
    Size,
    /// Largest original first.
    #[serde(rename = "-size")]
    SizeDown,
}

impl From<SortWord> for Sort {
    fn from(word: SortWord) -> Self {
        let (by, descending) = match word {
            SortWord::CreatedAt => (SortBy::CreatedAt, false),
            SortWord::CreatedAtDown => (SortBy::CreatedAt, true),
            SortWord::Title => (SortBy::Title, false),
            SortWord::TitleDown => (SortBy::Title, true),
            SortWord::Size => (SortBy::Size, false),
            SortWord::SizeDown => (SortBy::Size, true),
        };
        Self { by, descending }
    }
}

/// What was asked for, as text.
pub(super) struct Asked {
    pub(super) visibility: Option<VisibilityWord>,
    pub(super) tag: Option<String>,
    pub(super) media_type: Option<MediaTypeWord>,
    pub(super) created_after: Option<OffsetDateTime>,
    pub(super) created_before: Option<OffsetDateTime>,
    pub(super) q: Option<String>,
    pub(super) sort: Option<SortWord>,
    pub(super) limit: Option<i64>,
    pub(super) cursor: Option<String>,
}

impl Asked {
    pub(super) fn parse(self) -> Result<ListRequest, Problem> {
        let tag = self.tag.as_deref().map(Tag::parse).transpose();
        let words = self.q.as_deref().map(Words::parse).transpose();
        let limit = self.limit.map_or(Some(Limit::default()), Limit::new);
        Ok(ListRequest {
            filter: Filter {
                visibility: self.visibility.map(Into::into),
                tag: tag.map_err(|unfit| Problem::parameter("tag", unfit))?,
                media_type: self.media_type.map(Into::into),
                created_after: self.created_after,
                created_before: self.created_before,
                words: words.map_err(|unfit| Problem::parameter("q", unfit))?,
            },
            sort: self.sort.map(Into::into),
            limit: limit.ok_or_else(|| Problem::parameter("limit", "must be 1 to 200"))?,
            cursor: self.cursor.map(Cursor::from_text),
        })
    }
}

/// A page of images.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImagePage)]
pub(super) struct ImagePageBody {
    /// The images.
    items: Vec<ImageBody>,
    /// Where the next page starts; null on the last one.
    next_cursor: Option<String>,
}

/// 200 with the page, and a link to the next one (RFC 8288).
pub(super) fn answer(request: &HttpRequest, images: &Images, page: Page<Image>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(next) = &page.next {
        response.insert_header((header::LINK, links::next(request, next)));
    }
    let items = page.items.into_iter();
    let body = ImagePageBody {
        items: items.map(|image| ImageBody::new(images, image)).collect(),
        next_cursor: page.next.map(|next| next.as_str().to_owned()),
    };
    let mut json = Vec::with_capacity(USUAL_LEN * (1 + body.items.len()));
    match serde_json::to_writer(&mut json, &body) {
        Ok(()) => response
            .content_type(header::ContentType::json())
            .body(ChunkedBytes(json.into())),
        Err(error) => HttpResponse::from_error(JsonPayloadError::Serialize(error)),
    }
}
