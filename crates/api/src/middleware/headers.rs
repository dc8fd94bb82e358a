//! Response headers that hold for everything, unless a handler said otherwise.
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

const PLAIN: &[(HeaderName, &str)] = &[
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds the security headers, and `no-store` where the handler did not say how the answer may be cached.
pub(super) fn add(headers: &mut HeaderMap, https: bool) {
    for (name, value) in PLAIN {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
    }
    if https {
        let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
}
