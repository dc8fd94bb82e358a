//! Addresses in answers: the next page of a list (RFC 8288), the renditions of an image.
use actix_web::HttpRequest;
use infravault_images::RenditionLink;
use infravault_kernel::{Cursor, ImageId};

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

/// Where a rendition is, as long as its content is the same.
pub(crate) fn rendition(image: ImageId, link: &RenditionLink<'_>) -> String {
    let (preset, digest) = (link.preset, link.digest);
    format!("/api/v1/images/{image}/renditions/{preset}?v={digest}")
}
