//! URLs in responses.
use infravault_images::RenditionLink;
use infravault_kernel::ImageId;

/// Returns the path of a rendition. It names the content, so it changes whenever the content changes.
pub(crate) fn rendition_path(image: ImageId, link: &RenditionLink<'_>) -> String {
    let (preset, digest) = (link.preset, link.digest);
    format!("/api/v1/images/{image}/renditions/{preset}?v={digest}")
}

/// Returns an absolute URL with the parameters of a signature.
pub(crate) fn signed_url<K: AsRef<str>, V: AsRef<str>>(
    origin: &str,
    path: &str,
    pairs: impl IntoIterator<Item = (K, V)>,
) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("{origin}{path}?{query}")
}
