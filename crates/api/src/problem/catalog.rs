//! The catalog of all problem types that the API returns.

/// A problem type.
#[derive(Clone, Copy, Debug)]
pub struct ProblemType {
    /// Stable code.
    pub code: &'static str,
    /// Usual HTTP status code.
    pub status: u16,
    /// Short summary.
    pub title: &'static str,
    /// Meaning, and how to fix or avoid the problem.
    pub description: &'static str,
}

macro_rules! catalog {
    ($($code:literal $status:literal $title:literal $description:literal;)*) => {
        /// All problem types, sorted by code.
        pub const CATALOG: &[ProblemType] =
            &[$(ProblemType { code: $code, status: $status, title: $title, description: $description },)*];
    };
}

catalog! {
    "account-suspended" 403 "Account suspended" "An administrator suspended this account. Contact an administrator.";
    "authentication-required" 401 "Authentication required" "Sign in, or send an API token in the header `Authorization: Bearer <token>`.";
    "checksum-mismatch" 422 "Checksum mismatch" "The received bytes do not match the digest header. Send them again.";
    "conflict" 409 "Conflict" "The request conflicts with the current state of the resource. Read the resource again and retry.";
    "csrf-rejected" 403 "Cross-site request rejected" "A request with cookies must have the header `X-IV-CSRF: 1` and come from the server's own origin or from one of `CORS_ORIGINS`.";
    "dependency-unavailable" 503 "Dependency unavailable" "The database or another service does not respond. Retry after the time in `Retry-After`.";
    "forbidden" 403 "Forbidden" "Your role does not allow this operation, or the resource belongs to another account.";
    "idempotency-in-flight" 409 "Request in progress" "A request with this `Idempotency-Key` is in progress. Retry shortly.";
    "idempotency-mismatch" 422 "Idempotency key reused" "This `Idempotency-Key` was used for a different request. Use a new key.";
    "image-too-complex" 422 "Image too complex" "The image has too many frames or scans, or its compressed data expands too much. See `GET /api/v1/limits`.";
    "image-too-large" 422 "Image too large" "The image has too many pixels or a side is too long. See `GET /api/v1/limits`.";
    "image-undecodable" 422 "Image cannot be decoded" "The file is damaged or incomplete. Export the image again.";
    "import-failed" 422 "Import failed" "The download from the other server failed: it did not respond, closed the connection early, or sent too many bytes. Try again, or upload the file.";
    "insufficient-scope" 403 "Insufficient scope" "The API token does not have the required scope. Create a token with the scope in `detail`, or sign in.";
    "internal" 500 "Internal error" "An unexpected error occurred. Report the request id to the operator.";
    "invalid-parameter" 400 "Invalid parameter" "A path, query or header parameter is invalid. `field` names it.";
    "invalid-request" 400 "Invalid request" "The request is not a valid HTTP request for this endpoint.";
    "invalid-return-to" 400 "Invalid return path" "`return_to` must be a path on this site, e.g. `/gallery`.";
    "invalid-signature" 403 "Invalid signature" "The signature of the URL is invalid. Request a new URL from the owner of the image.";
    "invalid-token" 401 "Invalid token" "The token is malformed, forged or expired. Refresh it or sign in again.";
    "last-administrator" 409 "Last administrator" "The last active administrator cannot be demoted or suspended. Appoint another administrator first.";
    "malformed-json" 400 "Malformed JSON" "The body is not valid JSON.";
    "malformed-multipart" 400 "Malformed form" "The multipart form is malformed, or the part `file` is not the last one.";
    "method-not-allowed" 405 "Method not allowed" "The resource does not support the method. `Allow` lists the supported methods.";
    "misdirected-request" 421 "Misdirected request" "The server does not accept requests for this host name.";
    "not-enabled" 403 "Not enabled" "The operator has not enabled this feature.";
    "not-found" 404 "Not found" "The resource does not exist or you do not have access to it.";
    "overloaded" 503 "Overloaded" "The server is processing too many images. Retry after the time in `Retry-After`.";
    "payload-too-large" 413 "Payload too large" "The body exceeds the maximum size. See `GET /api/v1/limits`.";
    "precondition-failed" 412 "Precondition failed" "The resource was changed in the meantime. Read it again and retry with the new `ETag`.";
    "precondition-required" 428 "Precondition required" "Send `If-Match` with the current `ETag`, so that you do not overwrite a concurrent change.";
    "range-not-satisfiable" 416 "Range not satisfiable" "The range starts after the end of the file. `Content-Range` has the size.";
    "rate-limited" 429 "Too many requests" "Retry after the time in `Retry-After`.";
    "reauthentication-required" 401 "Recent sign-in required" "This operation requires a recent sign-in. Sign in again and retry.";
    "refresh-conflict" 409 "Already refreshed" "Another request refreshed this session a moment ago. Retry with the new cookies.";
    "request-timeout" 408 "Request timed out" "The request did not arrive in time.";
    "session-expired" 401 "Session expired" "The session or the token has expired. Sign in again.";
    "session-revoked" 401 "Session revoked" "The session was revoked because its refresh token was used twice. Sign in again.";
    "sign-in-failed" 400 "Sign-in failed" "The sign-in could not be completed. Start again.";
    "sign-in-unavailable" 503 "Sign-in unavailable" "The identity provider does not respond. Existing sessions continue to work. Sign in later.";
    "sign-up-disabled" 403 "Sign-up disabled" "This installation does not accept new accounts. Contact an administrator.";
    "storage-quota-exceeded" 403 "Storage quota exceeded" "The upload exceeds the storage quota of the account. Purge images from the trash, which count toward the quota, or request a larger quota.";
    "storage-unavailable" 503 "Storage unavailable" "The object store or the spool cannot accept data. Retry after the time in `Retry-After`.";
    "too-many-uploads" 429 "Too many uploads" "Too many uploads are open or in progress. Complete or delete some. If one upload session has too many parts, start a new one.";
    "tus-version" 412 "Unsupported tus version" "Send `Tus-Resumable: 1.0.0`.";
    "unsupported-content-encoding" 415 "Unsupported content encoding" "Send the body without `Content-Encoding`.";
    "unsupported-image-type" 415 "Unsupported image type" "The content is not a JPEG, PNG, GIF or WebP image. The file name is not considered.";
    "unsupported-media-type" 415 "Unsupported media type" "The endpoint does not accept the `Content-Type` of the body.";
    "upload-busy" 409 "Upload is being finalized" "The upload is being finalized. Retry shortly. `HEAD` returns 423.";
    "upload-checksum-mismatch" 460 "Checksum mismatch" "The received bytes do not match `Upload-Checksum`. Send them again from the same offset.";
    "upload-gone" 410 "Upload ended" "The upload session has ended or expired. Start a new one.";
    "upload-mismatch" 422 "Upload does not match" "The stored bytes are incomplete or do not match the declared length or digest. If bytes are missing, as `detail` says, store them and retry.";
    "upload-offset-mismatch" 409 "Wrong offset" "The upload has a different offset. Request its `Upload-Offset` and continue from there.";
    "url-expired" 403 "URL expired" "The signed URL has expired. Request a new URL from the owner of the image.";
    "url-not-allowed" 422 "URL not allowed" "Images can be imported only over HTTP or HTTPS, from public networks, with at most three redirects.";
    "validation-failed" 422 "Validation failed" "One or more fields are invalid. `errors` lists them.";
}

pub(super) fn title(code: &str) -> &'static str {
    CATALOG
        .iter()
        .find(|problem| problem.code == code)
        .map_or("Problem", |problem| problem.title)
}
