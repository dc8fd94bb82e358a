//! Problem responses as snapshots, and panics in handlers.
use crate::harness::{TestApp, expect, image_path};
use actix_web::{App as ActixApp, http::StatusCode, middleware::from_fn, test, web};
use infravault_api::{app::App, config::Config, middleware};
use infravault_kernel::{Clock, config::Env};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// Sends the request and masks the parts of the body that differ between runs.
async fn send_and_mask(request: RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    let mut body: Value = answer.json().await.unwrap();
    body["request_id"] = json!("[id]");
    for member in ["type", "detail"] {
        let text = body[member].as_str().unwrap_or_default();
        let at = text.find("127.0.0.1:").map(|at| at + 10);
        if let Some(at) = at {
            let end = text[at..].find('/').map_or(text.len(), |end| at + end);
            body[member] = json!(format!("{}[port]{}", &text[..at], &text[end..]));
        }
    }
    body
}

#[tokio::test]
async fn problem_bodies_match_snapshot() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    let image = alice
        .upload(infravault_testkit::samples::jpeg(16, 16, 1), "")
        .await;
    let path = image_path(&image);
    let change = |body: Value| alice.patch(&path).header("If-Match", "\"1\"").json(&body);
    let cases = [
        ("unknown path", app.anonymous(Method::GET, "/nothing")),
        (
            "unsupported method",
            app.anonymous(Method::DELETE, "/api/v1/limits"),
        ),
        ("anonymous", app.anonymous(Method::GET, "/api/v1/images")),
        (
            "invalid token",
            app.bearer("ivp_invalid", Method::GET, "/api/v1/images"),
        ),
        ("invalid parameter", alice.get("/api/v1/images?limit=0")),
        ("unknown parameter", alice.get("/api/v1/images?color=red")),
        ("invalid cursor", alice.get("/api/v1/images?cursor=AAAA")),
        (
            "unknown field",
            change(json!({ "owner_id": "01930000-0000-7000-8000-000000000000" })),
        ),
        ("invalid field", change(json!({ "title": "" }))),
        (
            "unsupported type",
            alice.patch(&path).header("If-Match", "\"1\"").body("title=x"),
        ),
        (
            "missing condition",
            alice.patch(&path).json(&json!({ "title": "x" })),
        ),
        (
            "outdated condition",
            alice
                .patch(&path)
                .header("If-Match", "\"9\"")
                .json(&json!({ "title": "x" })),
        ),
        (
            "not an image",
            alice
                .post("/api/v1/images")
                .header("Content-Type", "image/jpeg")
                .body("<script>"),
        ),
        (
            "empty body",
            alice.post("/api/v1/images").header("Content-Type", "image/jpeg"),
        ),
    ];
    let mut bodies = serde_json::Map::new();
    for (name, request) in cases {
        let mut body = send_and_mask(request).await;
        if let Some(instance) = body["instance"].as_str().filter(|instance| *instance == path) {
            body["instance"] = json!(instance.replace(image["id"].as_str().unwrap(), "[image]"));
        }
        bodies.insert(name.to_owned(), body);
    }
    insta::assert_json_snapshot!(bodies);
}

#[tokio::test]
async fn image_of_another_owner_is_indistinguishable_from_missing_image() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let image = alice
        .upload(infravault_testkit::samples::jpeg(16, 16, 1), "")
        .await;
    let hidden = image["id"].as_str().unwrap();
    let missing = "01930000-0000-7000-8000-000000000000";
    for (method, suffix) in [
        (Method::GET, ""),
        (Method::PATCH, ""),
        (Method::PUT, ""),
        (Method::DELETE, ""),
        (Method::GET, "/download"),
        (Method::HEAD, "/download"),
    ] {
        let mut seen = Vec::new();
        for id in [hidden, missing] {
            let mut request = bob
                .request(method.clone(), &format!("/api/v1/images/{id}{suffix}"))
                .header("If-Match", "\"1\"");
            if method == Method::GET {
                // The entity tag of another owner's image grants no access.
                request = request.header(
                    "If-None-Match",
                    format!("\"{}\"", image["sha256"].as_str().unwrap()),
                );
            }
            if matches!(method, Method::PATCH) {
                request = request.json(&json!({ "title": "x" }));
            }
            if matches!(method, Method::PUT) {
                request = request
                    .json(&json!({ "title": "x", "description": "", "tags": [], "visibility": "private" }));
            }
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let mut headers: Vec<(String, String)> = answer
                .headers()
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect();
            headers.sort();
            let mut body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default();
            if let Some(body) = body.as_object_mut() {
                body.remove("request_id");
                body.insert("instance".to_owned(), Value::Null);
            }
            seen.push((status, headers, body));
        }
        assert_eq!(seen[0].0, 404, "{method} {suffix}: {}", seen[0].2);
        assert_eq!(seen[0], seen[1], "{method} {suffix}");
    }
    expect(
        alice
            .get(&format!("/api/v1/images/{hidden}"))
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
}

#[actix_web::test]
async fn panic_in_handler_fails_only_its_request() {
    infravault_testkit::install_crypto();
    let folder = std::env::temp_dir().join(format!("infravault-panic-{}", std::process::id()));
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let mut env: Env = [
        ("DATABASE_URL", "postgres://unknown@127.0.0.1:9/none".to_owned()),
        ("INFRAVAULT_INSECURE_DEV", "1".to_owned()),
        ("STORE_DIR", path("objects")),
        ("AUTH_KEY_DIR", path("keys")),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let config = Config::from_env(&mut env);
    env.finish().unwrap();
    let app = web::Data::new(App::build(config, &infravault_testkit::log(), Clock::System).unwrap());
    let service = test::init_service(
        ActixApp::new()
            .app_data(app)
            .wrap(from_fn(middleware::handle_request))
            .route(
                "/panic",
                web::get().to(async || -> String { panic!("internal detail") }),
            )
            .route("/ok", web::get().to(async || "ok")),
    )
    .await;
    let request = |path: &str| {
        test::TestRequest::get()
            .uri(path)
            .insert_header(("Host", "127.0.0.1:8080"))
            .to_request()
    };
    let Err(error) = test::try_call_service(&service, request("/panic")).await else {
        panic!("expected an error")
    };
    let answer = error.error_response();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        answer.headers().get("content-type").unwrap(),
        "application/problem+json"
    );
    assert_eq!(answer.headers().get("x-content-type-options").unwrap(), "nosniff");
    let body = actix_web::body::to_bytes(answer.into_body())
        .await
        .unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["code"], "internal");
    assert!(!body.to_string().contains("internal detail"), "{body}");
    assert_eq!(
        test::call_service(&service, request("/ok")).await.status(),
        StatusCode::OK
    );
    std::fs::remove_dir_all(folder).unwrap();
}
