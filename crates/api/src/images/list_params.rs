//! Parameters of the lists of images.
use super::body::{MediaType, Visibility};
use crate::{page::parse_limit, problem::Problem};
use infravault_images::{Filter, ListRequest, Sort, SortBy, Tag, Words};
use infravault_kernel::Cursor;
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

/// Sort order of images: `created_at`, `title` (ignoring case) or `size` of the original. A leading minus reverses the order.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum ImageSort {
    #[serde(rename = "created_at")]
    CreatedAt,
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
    #[serde(rename = "title")]
    Title,
    #[serde(rename = "-title")]
    TitleDescending,
    #[serde(rename = "size")]
    Size,
    #[serde(rename = "-size")]
    SizeDescending,
}

impl From<ImageSort> for Sort {
    fn from(sort: ImageSort) -> Self {
        let (by, descending) = match sort {
            ImageSort::CreatedAt => (SortBy::CreatedAt, false),
            ImageSort::CreatedAtDescending => (SortBy::CreatedAt, true),
            ImageSort::Title => (SortBy::Title, false),
            ImageSort::TitleDescending => (SortBy::Title, true),
            ImageSort::Size => (SortBy::Size, false),
            ImageSort::SizeDescending => (SortBy::Size, true),
        };
        Self { by, descending }
    }
}

/// Filters, sort order and page of a list of images.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Described by `list_images`, because the public gallery does not have it.
    #[param(ignore)]
    visibility: Option<Visibility>,
    /// Only images with this tag.
    #[param(min_length = 1, max_length = 50, example = "sea")]
    tag: Option<String>,
    /// Only images of this media type.
    #[param(inline)]
    media_type: Option<MediaType>,
    /// Only images uploaded after this time (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[param(example = "2026-11-01T00:00:00Z")]
    created_after: Option<OffsetDateTime>,
    /// Only images uploaded before this time (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[param(example = "2026-12-01T00:00:00Z")]
    created_before: Option<OffsetDateTime>,
    /// Words in title, description, tags or file name. Supports quotes and a leading minus as in web searches.
    /// Results are sorted by relevance unless `sort` is set. If nothing matches, results with similar spelling are returned.
    #[param(min_length = 1, max_length = 200, example = "harbor -night")]
    q: Option<String>,
    /// Sort order. Default `-created_at`.
    #[param(inline)]
    sort: Option<ImageSort>,
    /// Maximum number of items per page. Default 50, maximum 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Value of `next_cursor` of the previous page. It is valid only with the same filters and sort order.
    cursor: Option<String>,
}

impl ListParams {
    /// Parses the parameters of a list of the caller's own images.
    pub(super) fn parse(self) -> Result<ListRequest, Problem> {
        let tag = self.tag.as_deref().map(Tag::parse).transpose();
        let words = self.q.as_deref().map(Words::parse).transpose();
        Ok(ListRequest {
            filter: Filter {
                visibility: self.visibility.map(Into::into),
                tag: tag.map_err(|error| Problem::parameter("tag", error))?,
                media_type: self.media_type.map(Into::into),
                created_after: self.created_after,
                created_before: self.created_before,
                words: words.map_err(|error| Problem::parameter("q", error))?,
            },
            sort: self.sort.map(Into::into),
            limit: parse_limit(self.limit)?,
            cursor: self.cursor.map(Cursor::from_text),
        })
    }

    /// Parses the parameters of the public gallery, which has no filter by visibility.
    pub(super) fn parse_public(self) -> Result<ListRequest, Problem> {
        if self.visibility.is_some() {
            return Err(Problem::parameter("visibility", "is not a field here"));
        }
        self.parse()
    }
}
