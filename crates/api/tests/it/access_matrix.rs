//! The access matrix: every operation of the OpenAPI document with every kind of caller. An operation without a row fails.
use crate::harness::{Browser, TestApp, expect, image_path};
use infravault_testkit::samples;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::{collections::BTreeMap, ops::Range};

/// The callers, in the order of the columns. All requested resources belong to the owner.
const CALLERS: [&str; 8] = [
    "anonymous",
    "stranger",
    "owner",
    "moderator",
    "administrator",
    "token",
    "token without scope",
    "suspended",
];

/// The expected status for each caller.
type Row = [u16; 8];

const PUBLIC: Row = [200; 8];
/// Public, but an invalid credential is rejected.
const PUBLIC_READ: Row = [200, 200, 200, 200, 200, 200, 200, 403];

/// One row per operation, in the order of the routes.
const MATRIX: &[(&str, Row)] = &[
    ("get_live", PUBLIC),
    ("get_ready", PUBLIC),
    ("get_jwks", PUBLIC),
    ("list_problems", PUBLIC),
    ("get_problem", PUBLIC),
    ("get_openapi", PUBLIC),
    ("get_limits", PUBLIC),
    ("list_providers", PUBLIC),
    ("begin_sign_in", [303; 8]),
    ("finish_sign_in", [400; 8]),
    // These operations require a session; an API token is not one.
    ("refresh_session", [401, 200, 200, 200, 200, 403, 403, 401]),
    ("sign_out", [204, 204, 204, 204, 204, 403, 403, 204]),
    ("sign_out_everywhere", [401, 204, 204, 204, 204, 403, 403, 403]),
    ("get_me", [401, 200, 200, 200, 200, 200, 200, 403]),
    ("list_sessions", [401, 200, 200, 200, 200, 403, 403, 403]),
    ("revoke_session", [401, 404, 204, 404, 404, 403, 403, 403]),
    ("list_api_tokens", [401, 200, 200, 200, 200, 403, 403, 403]),
    ("create_api_token", [401, 201, 201, 201, 201, 403, 403, 403]),
    ("revoke_api_token", [401, 404, 204, 404, 404, 403, 403, 403]),
    ("get_profile", [401, 200, 200, 200, 200, 200, 403, 403]),
    ("replace_profile", [401, 200, 200, 200, 200, 200, 403, 403]),
    ("get_usage", [401, 200, 200, 200, 200, 200, 403, 403]),
    ("list_users", [401, 403, 403, 403, 200, 403, 403, 403]),
    ("get_user", [401, 403, 403, 403, 200, 403, 403, 403]),
    ("update_user", [401, 403, 403, 403, 200, 403, 403, 403]),
    ("get_integrity", [401, 403, 403, 403, 200, 403, 403, 403]),
    ("start_integrity", [401, 403, 403, 403, 202, 403, 403, 403]),
    ("upload_image", [401, 201, 201, 201, 201, 201, 403, 403]),
    ("list_images", [401, 200, 200, 200, 200, 200, 403, 403]),
    ("list_public_images", PUBLIC_READ),
    // Disabled by default.
    ("import_image", [401, 403, 403, 403, 403, 403, 403, 403]),
    ("get_image", [404, 404, 200, 404, 404, 200, 403, 403]),
    ("replace_image", [401, 404, 200, 404, 404, 200, 403, 403]),
    ("update_image", [401, 404, 200, 404, 404, 200, 403, 403]),
    ("delete_image", [401, 404, 204, 404, 404, 204, 403, 403]),
    // Images of other accounts are not found, and a token needs the scope of the action.
    ("change_images", [401, 200, 200, 200, 200, 200, 403, 403]),
    ("restore_image", [401, 404, 200, 404, 404, 200, 403, 403]),
    ("list_trash", [401, 200, 200, 200, 200, 200, 403, 403]),
    ("purge_image", [401, 404, 204, 404, 404, 204, 403, 403]),
    ("purge_trash", [401, 200, 200, 200, 200, 200, 403, 403]),
    ("download_image", [404, 404, 200, 404, 404, 200, 403, 403]),
    ("list_similar_images", [404, 404, 200, 404, 404, 200, 403, 403]),
    ("get_rendition", [404, 404, 200, 404, 404, 200, 403, 403]),
    // Authorized by the signature alone.
    ("get_transform", PUBLIC),
    ("create_transform_url", [401, 404, 200, 404, 404, 200, 403, 403]),
    ("presign_upload", [401, 201, 201, 201, 201, 201, 403, 403]),
    ("get_upload", [401, 404, 200, 404, 404, 200, 403, 403]),
    ("sign_upload_parts", [401, 404, 200, 404, 404, 200, 403, 403]),
    ("complete_upload", [401, 404, 201, 404, 404, 201, 403, 403]),
    ("delete_upload", [401, 404, 204, 404, 404, 204, 403, 403]),
    // Authorized by the signature alone.
    ("store_upload_part", PUBLIC),
    ("get_tus_options", [204; 8]),
    ("create_tus_upload", [401, 201, 201, 201, 201, 201, 403, 403]),
    ("get_tus_upload", [401, 404, 200, 404, 404, 200, 403, 403]),
    ("append_tus_upload", [401, 404, 204, 404, 404, 204, 403, 403]),
    ("override_tus_upload", [401, 404, 204, 404, 404, 204, 403, 403]),
    ("delete_tus_upload", [401, 404, 204, 404, 404, 204, 403, 403]),
];

/// The signed-in accounts and the tokens of the owner.
struct Callers {
    app: TestApp,
    browsers: BTreeMap<&'static str, Browser>,
    token: String,
    token_without_scope: String,
}

impl Callers {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let mut browsers = BTreeMap::new();
        for name in ["stranger", "owner", "moderator", "administrator", "suspended"] {
            browsers.insert(name, app.sign_in(&format!("{name}@example.com")).await);
        }
        app.set_role(&browsers["moderator"], "MODERATOR").await;
        app.make_admin(&browsers["administrator"]).await;
        let scopes = "images:read images:write images:delete profile:read profile:write";
        let token = app.token(&browsers["owner"], scopes).await;
        // A scope that is insufficient for the operations above.
        let token_without_scope = app.token(&browsers["owner"], "images:read").await;
        let callers = Self {
            app,
            browsers,
            token,
            token_without_scope,
        };
        set_state(&callers, "suspended@example.com", "suspended").await;
        callers
    }

    fn request(&self, caller: &str, method: Method, path: &str) -> RequestBuilder {
        match caller {
            "anonymous" => self.app.anonymous(method, path),
            "token" => self.app.bearer(&self.token, method, path),
            "token without scope" => self.app.bearer(&self.token_without_scope, method, path),
            name => self.browsers[name].request(method, path),
        }
    }
}

/// The parts of a request that depend on the operation.
struct Prepared {
    path: String,
    body: Option<Value>,
    if_match: Option<String>,
    original: bool,
    headers: Vec<(&'static str, String)>,
    bytes: Option<Vec<u8>>,
}

/// Prepares a request for an operation on an upload session.
async fn prepare_upload_request(owner: &Browser, operation: &str, prepared: &mut Prepared) {
    let original = samples::jpeg(32, 24, 7);
    if operation.contains("tus") {
        let set = |prepared: &mut Prepared, headers: &[(&'static str, &str)]| {
            prepared
                .headers
                .extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
        };
        set(prepared, &[("Tus-Resumable", "1.0.0")]);
        if operation == "create_tus_upload" {
            prepared
                .headers
                .push(("Upload-Length", original.len().to_string()));
            return;
        }
        let opened = owner.post("/api/v1/uploads/tus").header("Tus-Resumable", "1.0.0");
        let opened = opened
            .header("Upload-Length", original.len())
            .send()
            .await
            .unwrap();
        prepared.path = crate::harness::location(&opened);
        match operation {
            "append_tus_upload" => {
                set(
                    prepared,
                    &[
                        ("Upload-Offset", "0"),
                        ("Content-Type", "application/offset+octet-stream"),
                    ],
                );
                prepared.bytes = Some(original);
            }
            "override_tus_upload" => set(prepared, &[("X-HTTP-Method-Override", "DELETE")]),
            _ => {}
        }
        return;
    }
    let declared = crate::uploads::declare(&original, &json!({}));
    let opened = owner
        .post("/api/v1/uploads/presign")
        .json(&declared)
        .send()
        .await
        .unwrap();
    let opened = expect(opened, 201).await;
    prepared.path = prepared.path.replace("{id}", opened["id"].as_str().unwrap());
    match operation {
        "sign_upload_parts" => {
            let (size, sha256) = (&declared["size"], &declared["sha256"]);
            prepared.body = Some(json!({ "parts": [{ "number": 1, "size": size, "sha256": sha256 }] }));
        }
        "complete_upload" => {
            let stored = crate::uploads::put(&opened["put"], original).await;
            assert_eq!(stored.status(), 200);
            prepared.body = Some(json!({}));
        }
        "store_upload_part" => {
            let url = opened["put"]["url"].as_str().unwrap();
            url[url.find("/api").unwrap()..].clone_into(&mut prepared.path);
            for name in ["content-type", "x-amz-checksum-sha256"] {
                let value = opened["put"]["headers"][name].as_str().unwrap();
                prepared.headers.push((name, value.to_owned()));
            }
            prepared.bytes = Some(original);
        }
        _ => {}
    }
}

async fn prepare_request(callers: &Callers, operation: &str, path: &str) -> Prepared {
    let owner = &callers.browsers["owner"];
    let mut prepared = Prepared {
        path: path.to_owned(),
        body: None,
        if_match: None,
        original: false,
        headers: Vec::new(),
        bytes: None,
    };
    match operation {
        "get_image" | "replace_image" | "update_image" | "delete_image" | "download_image" => {
            let image = owner.upload(samples::jpeg(32, 24, 7), "").await;
            let answer = owner.get(&image_path(&image)).send().await.unwrap();
            prepared.if_match = Some(answer.headers()["etag"].to_str().unwrap().to_owned());
            prepared.path = path.replace("{id}", image["id"].as_str().unwrap());
        }
        "restore_image" | "purge_image" => {
            let image = owner.upload(samples::jpeg(32, 24, 7), "").await;
            let id = image["id"].as_str().unwrap();
            let deleted = owner
                .delete(&format!("/api/v1/images/{id}"))
                .send()
                .await
                .unwrap();
            assert_eq!(deleted.status(), 204);
            prepared.path = path.replace("{id}", id);
        }
        "get_rendition" | "create_transform_url" | "list_similar_images" => {
            let image = owner.upload(samples::jpeg(32, 24, 7), "").await;
            prepared.path = path
                .replace("{id}", image["id"].as_str().unwrap())
                .replace("{preset}", "thumb");
        }
        "get_transform" => {
            let image = owner.upload(samples::jpeg(32, 24, 7), "").await;
            let path = format!("{}/transform-url", image_path(&image));
            let signed = owner.post(&path).json(&json!({ "w": 16 })).send().await.unwrap();
            let url = expect(signed, 200).await["url"].as_str().unwrap().to_owned();
            prepared.path = url.strip_prefix(&callers.app.origin).unwrap().to_owned();
        }
        "get_user" | "update_user" => prepared.path = path.replace("{id}", &owner.account().await),
        "revoke_session" => {
            let other = callers.app.sign_in("owner@example.com").await;
            let me = expect(other.get("/api/v1/auth/me").send().await.unwrap(), 200).await;
            prepared.path = path.replace("{id}", me["session"]["id"].as_str().unwrap());
        }
        "revoke_api_token" => {
            let new = json!({ "name": "short-lived", "scopes": ["images:read"] });
            let made = owner.post("/api/v1/auth/tokens").json(&new).send().await.unwrap();
            prepared.path = path.replace("{id}", expect(made, 201).await["id"].as_str().unwrap());
        }
        "begin_sign_in" => prepared.path = path.replace("{provider}", "dev"),
        "get_problem" => prepared.path = path.replace("{code}", "internal"),
        _ => {}
    }
    prepared.body = match operation {
        "replace_image" => {
            Some(json!({ "title": "New", "description": "", "tags": [], "visibility": "private" }))
        }
        "update_image" => Some(json!({ "title": "New" })),
        "import_image" => Some(json!({ "url": "https://example.com/photo.jpg" })),
        "create_transform_url" => Some(json!({ "w": 16 })),
        "change_images" => Some(json!({ "ids": [uuid::Uuid::nil()], "action": "restore" })),
        "update_user" => Some(json!({ "quota_bytes": 1_000_000_000 })),
        "start_integrity" => Some(json!({})),
        "create_api_token" => Some(json!({ "name": "t", "scopes": ["images:read"] })),
        "replace_profile" => {
            Some(json!({ "display_name": "New", "locale": "en", "preferences": {}, "avatar_image_id": null }))
        }
        _ => None,
    };
    prepared.original = operation == "upload_image";
    match operation {
        "presign_upload" => {
            prepared.body = Some(crate::uploads::declare(&samples::jpeg(32, 24, 7), &json!({})));
        }
        "get_tus_options" => {}
        other if path.contains("/uploads/") => prepare_upload_request(owner, other, &mut prepared).await,
        _ => {}
    }
    prepared
}

#[tokio::test]
async fn operations_return_expected_status_for_first_half_of_callers() {
    check_matrix(0..4).await;
}

#[tokio::test]
async fn operations_return_expected_status_for_second_half_of_callers() {
    check_matrix(4..8).await;
}

/// Checks these columns of the matrix. They are split into two tests, because each takes a minute on a busy machine.
async fn check_matrix(columns: Range<usize>) {
    let callers = Callers::new().await;
    let document = expect(
        callers
            .app
            .anonymous(Method::GET, "/api/v1/openapi.json")
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let Some((_, row)) = MATRIX.iter().find(|(name, _)| *name == id) else {
                wrong.push(format!("{id} has no row in the matrix"));
                continue;
            };
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            for (caller, expected) in CALLERS.iter().zip(row).take(columns.end).skip(columns.start) {
                let (status, text) = send_request(&callers, caller, &id, &method, path).await;
                if status != *expected {
                    wrong.push(format!(
                        "{id} as {caller}: expected {expected}, got {status}: {text}"
                    ));
                }
            }
            seen.push(id);
        }
    }
    for (name, _) in MATRIX {
        if !seen.iter().any(|id| id == name) {
            wrong.push(format!(
                "the matrix has a row for {name}, which the document does not know"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn send_request(
    callers: &Callers,
    caller: &str,
    id: &str,
    method: &Method,
    path: &str,
) -> (u16, String) {
    let prepared = prepare_request(callers, id, path).await;
    // The token without the scope has `images:read`, so reading images is tested with another token.
    let reads_images = matches!(
        id,
        "get_image"
            | "list_images"
            | "list_trash"
            | "download_image"
            | "list_similar_images"
            | "get_rendition"
            | "create_transform_url"
    );
    let mut request = if caller == "token without scope" && reads_images {
        let token = callers
            .app
            .token(&callers.browsers["owner"], "profile:read")
            .await;
        callers.app.bearer(&token, method.clone(), &prepared.path)
    } else {
        callers.request(caller, method.clone(), &prepared.path)
    };
    if let Some(body) = &prepared.body {
        request = request.json(body);
    }
    if let Some(etag) = &prepared.if_match
        && matches!(*method, Method::PUT | Method::PATCH)
    {
        request = request.header("If-Match", etag);
    }
    if prepared.original {
        request = request
            .header("Content-Type", "image/jpeg")
            .body(samples::jpeg(32, 24, 7));
    }
    for (name, value) in prepared.headers {
        request = request.header(name, value);
    }
    if let Some(bytes) = prepared.bytes {
        request = request.body(bytes);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap_or_default();
    if matches!(id, "sign_out" | "sign_out_everywhere" | "refresh_session") {
        sign_in_again(callers, caller).await;
    }
    (status, text)
}

/// Replaces the session after an operation that ends it.
async fn sign_in_again(callers: &Callers, caller: &str) {
    let Some(browser) = callers.browsers.get(caller) else {
        return;
    };
    let email = format!("{caller}@example.com");
    set_state(callers, &email, "active").await;
    let answer = browser.sign_in(&email).await;
    assert_eq!(answer.status(), 303, "{caller} cannot sign in again");
    if caller == "suspended" {
        set_state(callers, &email, "suspended").await;
    }
}

async fn set_state(callers: &Callers, email: &str, state: &str) {
    let change = format!("UPDATE users.accounts SET state = '{state}' WHERE email = $1");
    callers
        .app
        .db
        .superuser()
        .await
        .execute(&change, &[&email])
        .await
        .unwrap();
}
