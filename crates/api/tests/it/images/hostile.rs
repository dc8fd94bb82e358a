//! Malicious and revealing images: polyglots, decompression bombs, metadata, orientations.
use crate::harness::{Browser, TestApp, expect, image_path};
use infravault_testkit::samples::{self, METADATA_MARKER};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};

const PRESETS: [&str; 4] = ["thumb", "small", "medium", "large"];
const FORMATS: [&str; 4] = ["avif", "webp", "jpeg", "png"];

/// The groups of tags that exiftool reports for a file without metadata.
const HARMLESS: [&str; 10] = [
    "SourceFile",
    "ExifTool",
    "System",
    "File",
    "Composite",
    "JFIF",
    "PNG",
    "RIFF",
    "QuickTime",
    "Meta",
];

/// All renditions of an image and a transform in every format, as name and bytes.
async fn derivatives(browser: &Browser, image: &Value) -> Vec<(String, Vec<u8>)> {
    let path = image_path(image);
    let mut urls = Vec::new();
    for format in FORMATS {
        for preset in PRESETS {
            urls.push((
                format!("{preset}.{format}"),
                format!("{path}/renditions/{preset}?format={format}"),
            ));
        }
        let wanted = json!({ "w": 24, "rotate": 90, "format": format });
        let answer = browser.post(&format!("{path}/transform-url")).json(&wanted);
        let answer = expect(answer.send().await.unwrap(), 200).await;
        let url = answer["url"].as_str().unwrap();
        let url = &url[url.find("/api/v1").unwrap()..];
        urls.push((format!("transform.{format}"), url.to_owned()));
    }
    let mut all = Vec::new();
    for (name, url) in urls {
        let answer = browser.get(&url).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        all.push((name, answer.bytes().await.unwrap().to_vec()));
    }
    all
}

async fn upload(browser: &Browser, media_type: &str, bytes: &[u8]) -> Value {
    let request = browser
        .post("/api/v1/images")
        .header("Content-Type", media_type)
        .body(bytes.to_vec());
    expect(request.send().await.unwrap(), 201).await
}

fn contains(bytes: &[u8], marker: &str) -> bool {
    bytes.windows(marker.len()).any(|part| part == marker.as_bytes())
}

#[tokio::test]
async fn polyglot_payloads_do_not_reach_renditions() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    for polyglot in samples::polyglots() {
        let image = upload(&alice, polyglot.media_type, &polyglot.bytes).await;
        for (name, bytes) in derivatives(&alice, &image).await {
            for marker in &polyglot.markers {
                assert!(!contains(&bytes, marker), "{} in {name}", polyglot.name);
            }
        }
    }
}

#[tokio::test]
async fn decompression_bombs_are_rejected_and_leave_nothing() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    for bomb in samples::resource_exhausting_files() {
        let request = alice
            .post("/api/v1/images")
            .header("Content-Type", bomb.media_type)
            .body(bomb.bytes);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 422, "{}", bomb.name);
        let body: Value = answer.json().await.unwrap();
        let code = body["code"].as_str().unwrap();
        assert!(
            ["image-too-complex", "image-too-large"].contains(&code),
            "{}: {body}",
            bomb.name
        );
    }
    super::assert_nothing_left(&app).await;
}

/// The tags of all files of a directory, by group; `None` if exiftool is not installed, which fails in CI.
fn tags(folder: &Path) -> Option<Vec<Value>> {
    let Ok(output) = Command::new("exiftool")
        .args(["-a", "-u", "-ee", "-G1", "-json", "-r"])
        .arg(folder)
        .output()
    else {
        assert!(std::env::var_os("CI").is_none(), "exiftool is not installed");
        return None;
    };
    let files: Value = serde_json::from_slice(&output.stdout).unwrap();
    Some(files.as_array().unwrap().clone())
}

fn groups(file: &Value) -> Vec<&str> {
    let names = file.as_object().unwrap().keys();
    names.map(|name| name.split(':').next().unwrap()).collect()
}

#[tokio::test]
async fn renditions_have_no_metadata() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let (originals, renditions) = (
        app.folder.join("exiftool/originals"),
        app.folder.join("exiftool/renditions"),
    );
    fs::create_dir_all(&originals).unwrap();
    fs::create_dir_all(&renditions).unwrap();
    for (number, tagged) in samples::files_with_metadata().into_iter().enumerate() {
        assert!(contains(&tagged.bytes, METADATA_MARKER));
        let ending = samples::FORMATS[number].extension;
        fs::write(originals.join(format!("original.{ending}")), &tagged.bytes).unwrap();
        let image = upload(&alice, tagged.media_type, &tagged.bytes).await;
        for (name, bytes) in derivatives(&alice, &image).await {
            assert!(
                !contains(&bytes, METADATA_MARKER),
                "{}: {name}",
                tagged.media_type
            );
            fs::write(renditions.join(format!("{number}-{name}")), &bytes).unwrap();
        }
        let original = format!("{}/download", image_path(&image));
        let original = alice.get(&original).send().await.unwrap();
        assert_eq!(
            original.bytes().await.unwrap(),
            tagged.bytes,
            "the original is unchanged"
        );
    }
    let Some(originals) = tags(&originals) else { return };
    // exiftool finds the metadata in the originals.
    for file in &originals {
        let found = groups(file);
        assert!(found.iter().any(|group| group.starts_with("XMP")), "{file}");
        assert!(
            found.contains(&"GPS") || file["SourceFile"].as_str().unwrap().ends_with("gif"),
            "{file}"
        );
    }
    let renditions = tags(&renditions).unwrap();
    assert_eq!(renditions.len(), 4 * FORMATS.len() * (PRESETS.len() + 1));
    for file in &renditions {
        assert!(file.get("ExifTool:Error").is_none(), "{file}");
        // exiftool decompresses text chunks.
        assert!(!file.to_string().contains(METADATA_MARKER), "{file}");
        for (name, value) in file.as_object().unwrap() {
            let group = name.split(':').next().unwrap();
            assert!(
                HARMLESS.contains(&group),
                "{name}: {value} in {}",
                file["SourceFile"]
            );
            assert!(
                !name.contains("Thumbnail") && !name.contains("Comment"),
                "{name}: {value}"
            );
        }
    }
}

#[tokio::test]
async fn renditions_apply_exif_orientation_and_ignore_embedded_thumbnail() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    for orientation in 1..=8 {
        let image = alice
            .upload(
                samples::jpeg_with_orientation_and_thumbnail(400, 240, orientation),
                "",
            )
            .await;
        assert_eq!((&image["width"], &image["height"]), (&json!(400), &json!(240)));
        for preset in ["thumb", "small"] {
            for format in ["png", "webp", "jpeg"] {
                let url = format!(
                    "/api/v1/images/{}/renditions/{preset}?format={format}",
                    image["id"].as_str().unwrap()
                );
                let answer = alice.get(&url).send().await.unwrap();
                let bytes = answer.bytes().await.unwrap();
                assert_eq!(
                    samples::quadrant_colors(&bytes),
                    ["red", "green", "blue", "white"],
                    "{orientation} {preset} {format}"
                );
            }
        }
    }
}
