//! Pages of lists: their parameters, their body and their `Link` header (RFC 8288).
use crate::{chunked_bytes::ChunkedBytes, problem::Problem};
use actix_web::{HttpRequest, HttpResponse, error::JsonPayloadError, http::header};
use infravault_kernel::{self as kernel, Cursor, Limit};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type, schema::SchemaType},
};

/// Typical size of one item in bytes, so that the buffer of a page seldom grows while it is written.
const TYPICAL_ITEM_BYTES: usize = 1600;

/// Parameters of a list without filters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Maximum number of items per page. Default 50, maximum 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Value of `next_cursor` of the previous page.
    cursor: Option<String>,
}

impl PageParams {
    pub(crate) fn parse(self) -> Result<(Limit, Option<Cursor>), Problem> {
        Ok((parse_limit(self.limit)?, self.cursor.map(Cursor::from_text)))
    }
}

pub(crate) fn parse_limit(limit: Option<i64>) -> Result<Limit, Problem> {
    let limit = limit.map_or(Some(Limit::default()), Limit::new);
    limit.ok_or_else(|| Problem::parameter("limit", "must be 1 to 200"))
}

/// One page of a list on the wire.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The only page of a short list.
    pub(crate) fn single(items: impl IntoIterator<Item = T>) -> Self {
        Self {
            items: items.into_iter().collect(),
            next_cursor: None,
        }
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .description(Some("Items of this page."));
        let cursor = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("Cursor of the next page. Null on the last page."))
            .examples([serde_json::json!("MDE5M2E1YzAtN2YwMC03YzEx")]);
        ObjectBuilder::new()
            .description(Some("One page of a list."))
            .property("items", items)
            .required("items")
            .property("next_cursor", cursor)
            .required("next_cursor")
            .into()
    }
}

/// Returns 200 with the page, and a link to the next one.
pub(crate) fn page_response<T, U: Serialize>(
    request: &HttpRequest,
    page: kernel::Page<T>,
    map: impl FnMut(T) -> U,
) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(next) = &page.next {
        response.insert_header((header::LINK, link_to_next(request, next)));
    }
    let body = Page {
        items: page.items.into_iter().map(map).collect(),
        next_cursor: page.next.map(|next| next.as_str().to_owned()),
    };
    let mut json = Vec::with_capacity(TYPICAL_ITEM_BYTES * (1 + body.items.len()));
    match serde_json::to_writer(&mut json, &body) {
        Ok(()) => response
            .content_type(header::ContentType::json())
            .body(ChunkedBytes(json.into())),
        Err(error) => HttpResponse::from_error(JsonPayloadError::Serialize(error)),
    }
}

fn link_to_next(request: &HttpRequest, cursor: &Cursor) -> String {
    let query =
        url::form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != "cursor");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .append_pair("cursor", cursor.as_str())
        .finish();
    format!("<{}?{query}>; rel=\"next\"", request.path())
}
