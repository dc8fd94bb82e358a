//! Links between the pages of a list (RFC 8288).
use actix_web::HttpRequest;
use infravault_kernel::Cursor;

/// The same list from the cursor on, as the value of `Link`.
pub(crate) fn next(request: &HttpRequest, cursor: &Cursor) -> String {
    let query =
        url::form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != "cursor");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .append_pair("cursor", cursor.as_str())
        .finish();
    format!("<{}?{query}>; rel=\"next\"", request.path())
}
