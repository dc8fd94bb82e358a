//! Uploads with the npm package `tus-js-client`, an independent implementation.
//!
//! `INFRAVAULT_TEST_TUS_CLIENT` is the directory whose `node_modules` has it; `cargo xtask test` downloads it.
use super::{download, len, usage};
use crate::harness::{TestApp, expect};
use infravault_testkit::samples;
use serde_json::{Value, json};
use std::{
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const FOLDER: &str = "INFRAVAULT_TEST_TUS_CLIENT";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testkit/tus-js-client/upload.mjs");

/// The directory of the package; `None` if it is missing, which fails in CI.
fn package() -> Option<OsString> {
    let folder = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty());
    if folder.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{FOLDER} must be set in CI");
        println!("skipped: {FOLDER} is not set");
    }
    folder
}

/// Runs the client and returns its result.
async fn run_client(folder: OsString, order: Value) -> Value {
    let output = tokio::task::spawn_blocking(move || {
        let mut client = Command::new("node")
            .arg(SCRIPT)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let mut input = client.stdin.take().unwrap();
        writeln!(input, "{order}").unwrap();
        drop(input);
        client.wait_with_output().unwrap().stdout
    });
    serde_json::from_slice(&output.await.unwrap()).expect("the client prints its result")
}

/// Writes an image file of at least this size.
fn write_image(app: &TestApp, bytes: usize) -> (PathBuf, Vec<u8>) {
    let mut original = samples::png(64, 64, 3);
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    while original.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        original.extend_from_slice(&state.to_le_bytes());
    }
    let path = app.folder.join("image.png");
    std::fs::write(&path, &original).unwrap();
    (path, original)
}

fn order(origins: &[&str], token: &str, file: &Path, cuts: u32, options: &Value) -> Value {
    json!({
        "origins": origins, "token": token, "file": file, "cuts": cuts, "options": options,
        "metadata": { "filename": "image.png", "title": "By tus", "tags": "a,b", "visibility": "private" },
    })
}

#[tokio::test]
async fn tus_js_client_resumes_at_another_node_after_four_interruptions() {
    let Some(folder) = package() else { return };
    let settings = [("JOBS_IN_SERVE", "false"), ("UPLOAD_MAX_BYTES", "300000000")];
    let app = TestApp::with(&settings).await;
    let beside = app.beside(&settings).await;
    let alice = app.sign_in("alice@example.com").await;
    let token = app.token(&alice, "images:read images:write").await;
    let (path, original) = write_image(&app, 100_000_000);
    let origins = [app.origin.as_str(), beside.as_str()];
    let done = run_client(folder, order(&origins, &token, &path, 4, &json!({}))).await;
    let image = done["image"].as_str().unwrap_or_else(|| panic!("{done}"));
    let resumed: Vec<u64> = done["resumed"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    println!("resumed at {resumed:?}");
    assert!(resumed.len() >= 4, "{done}");
    assert!(
        *resumed.last().unwrap() > len(&original) / 2,
        "the upload was not resumed from its offset: {resumed:?}"
    );
    assert!(download(&alice, image).await == original, "the bytes differ");
    let found = expect(
        alice
            .get(&format!("/api/v1/images/{image}"))
            .send()
            .await
            .unwrap(),
        200,
    )
    .await;
    assert_eq!(
        (found["title"].as_str(), &found["tags"]),
        (Some("By tus"), &json!(["a", "b"]))
    );
    assert_eq!(usage(&alice).await, (len(&original), 0, 1));
    super::tus::wait_empty(&app.folder.join("objects/incoming")).await;
}

#[tokio::test]
async fn tus_js_client_options_work() {
    let Some(folder) = package() else { return };
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let token = app.token(&alice, "images:read images:write").await;
    let (path, original) = write_image(&app, 1_000_000);
    for options in [
        json!({ "parallelUploads": 3 }),
        json!({ "overridePatchMethod": true, "chunkSize": 300_000 }),
        json!({ "uploadDataDuringCreation": true }),
        json!({ "uploadDataDuringCreation": true, "chunkSize": 400_000 }),
    ] {
        let done = run_client(folder.clone(), order(&[&app.origin], &token, &path, 0, &options)).await;
        let image = done["image"]
            .as_str()
            .unwrap_or_else(|| panic!("{options}: {done}"));
        assert!(download(&alice, image).await == original, "{options}");
    }
    std::fs::write(&path, "not an image").unwrap();
    let rejected = run_client(folder, order(&[&app.origin], &token, &path, 0, &json!({}))).await;
    assert_eq!(rejected["status"], 415, "{rejected}");
    assert!(
        rejected["body"]
            .as_str()
            .unwrap()
            .contains("unsupported-image-type")
    );
}
