//! The restore drill, store migration and integrity checks, with the real program.
use crate::harness::{TestApp, expect, problem, wait_until};
use infravault_testkit::samples;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const SCOPES: &str = "images:read images:write images:delete profile:read";

fn run(app: &TestApp, arguments: &[&str]) -> Output {
    command(app, arguments).output().unwrap()
}

fn command(app: &TestApp, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_infravault"));
    command
        .args(arguments)
        .env("DATABASE_URL", app.db.url())
        .env("HTTP_BIND", "127.0.0.1:0")
        .env("PUBLIC_ORIGIN", &app.origin)
        .env("INFRAVAULT_INSECURE_DEV", "1")
        .env("STORE_BACKEND", "fs")
        .env("STORE_DIR", app.folder.join("objects"))
        .env("AUTH_KEY_DIR", app.folder.join("keys"))
        .env("LOG_FORMAT", "terminal");
    command
}

fn printed(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn succeeds(app: &TestApp, arguments: &[&str]) -> String {
    let output = run(app, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", printed(&output));
    printed(&output)
}

fn fails(app: &TestApp, arguments: &[&str]) -> String {
    let output = run(app, arguments);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{arguments:?}: {}",
        printed(&output)
    );
    printed(&output)
}

/// The number after a label of the output.
fn number(text: &str, label: &str) -> u64 {
    let line = text.lines().find(|line| line.starts_with(label));
    let rest = line.unwrap_or_else(|| panic!("{label} is missing in {text}"));
    rest[label.len()..]
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn originals(app: &TestApp) -> Vec<PathBuf> {
    files(&app.folder.join("objects/originals"))
}

struct Library {
    app: TestApp,
    token: String,
    /// The id and the bytes of every acknowledged image.
    images: Vec<(String, Vec<u8>)>,
}

impl Library {
    async fn new(count: u64) -> Self {
        let app = TestApp::without_jobs().await;
        let alice = app.sign_in("alice@example.com").await;
        let token = app.token(&alice, SCOPES).await;
        let mut images = Vec::new();
        for seed in 0..count {
            let bytes = samples::jpeg(64, 48, seed);
            let image = alice.upload(bytes.clone(), "").await;
            images.push((image["id"].as_str().unwrap().to_owned(), bytes));
        }
        Self { app, token, images }
    }

    async fn upload(&mut self, bytes: Vec<u8>) {
        let request = self.app.bearer(&self.token, Method::POST, "/api/v1/images");
        let request = request.header("Content-Type", "image/jpeg").body(bytes.clone());
        let image = expect(request.send().await.unwrap(), 201).await;
        self.images
            .push((image["id"].as_str().unwrap().to_owned(), bytes));
    }

    /// Checks that all images can be downloaded from this origin, byte for byte.
    async fn assert_complete(&self, origin: &str) {
        let get = |path: String| {
            self.app
                .client()
                .get(format!("{origin}{path}"))
                .bearer_auth(&self.token)
        };
        for (id, bytes) in &self.images {
            let answer = get(format!("/api/v1/images/{id}/download")).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{id}");
            assert!(
                answer.bytes().await.unwrap() == *bytes,
                "{id} has different bytes"
            );
        }
        let usage = get("/api/v1/users/profile/usage".to_owned())
            .send()
            .await
            .unwrap();
        let usage = expect(usage, 200).await;
        let bytes: usize = self.images.iter().map(|(_, bytes)| bytes.len()).sum();
        assert_eq!(usage["used_bytes"], json!(bytes));
        assert_eq!(usage["reserved_bytes"], 0);
        assert_eq!(usage["image_count"], json!(self.images.len()));
    }

    async fn state(&self, id: &str) -> String {
        let query = "SELECT state::text FROM images.images WHERE id::text = $1";
        self.app
            .db
            .superuser()
            .await
            .query_one(query, &[&id])
            .await
            .unwrap()
            .get(0)
    }
}

#[tokio::test]
async fn restore_recovers_everything_after_total_loss() {
    let mut library = Library::new(5).await;
    // A duplicate shares the object.
    library.upload(samples::jpeg(64, 48, 0)).await;
    let thumb = format!("/api/v1/images/{}/renditions/thumb", library.images[0].0);
    let rendition = library
        .app
        .bearer(&library.token, Method::GET, &thumb)
        .send()
        .await
        .unwrap();
    assert_eq!(rendition.status(), 200);
    let folder = library.app.folder.join("backups");
    let to = folder.to_str().unwrap().to_owned();
    let first = succeeds(&library.app, &["backup", "--to", &to]);
    assert_eq!(
        (number(&first, "copied"), number(&first, "skipped")),
        (6, 0),
        "{first}"
    );
    library.upload(samples::jpeg(64, 48, 99)).await;
    let second = succeeds(&library.app, &["backup", "--to", &to]);
    assert_eq!(
        (number(&second, "copied"), number(&second, "skipped")),
        (1, 6),
        "{second}"
    );
    assert_eq!(fs::read_dir(folder.join("sets")).unwrap().count(), 2);

    // A database with data is not overwritten by accident.
    assert!(fails(&library.app, &["restore", "--from", &to]).contains("not empty"));
    library.assert_complete(&library.app.origin).await;

    library.app.stop();
    library
        .app
        .db
        .superuser()
        .await
        .batch_execute(
            "DROP SCHEMA images, auth, users, access, graphile_worker CASCADE; DROP TABLE refinery_schema_history",
        )
        .await
        .unwrap();
    fs::remove_dir_all(library.app.folder.join("objects")).unwrap();
    let restored = succeeds(&library.app, &["restore", "--from", &to]);
    for label in ["orphan", "missing", "mismatching"] {
        assert_eq!(number(&restored, label), 0, "{restored}");
    }
    assert_eq!(number(&restored, "copied"), 7);
    let deep = succeeds(&library.app, &["integrity", "--deep"]);
    assert_eq!(number(&deep, "read"), 7, "{deep}");

    let origin = library.app.beside(&[("JOBS_IN_SERVE", "false")]).await;
    library.assert_complete(&origin).await;
    let again = library
        .app
        .client()
        .get(format!("{origin}{thumb}"))
        .bearer_auth(&library.token);
    assert_eq!(again.send().await.unwrap().status(), 200);
    // The policies and the owners are restored: private images stay private.
    let hidden = format!("{origin}/api/v1/images/{}", library.images[0].0);
    problem(
        library.app.client().get(hidden).send().await.unwrap(),
        404,
        "not-found",
    )
    .await;
    // Views with the rights of the caller have no special owner.
    let owners =
        "SELECT count(*) FROM pg_class WHERE relnamespace IN ('images'::regnamespace, 'users'::regnamespace)
        AND relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)
        AND pg_get_userbyid(relowner) <> 'infravault_worker'";
    let other_owners: i64 = library
        .app
        .db
        .superuser()
        .await
        .query_one(owners, &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(other_owners, 0);
}

#[tokio::test]
async fn damaged_backup_is_rejected_and_older_one_restores() {
    let library = Library::new(1).await;
    let folder = library.app.folder.join("backups");
    let to = folder.to_str().unwrap().to_owned();
    succeeds(&library.app, &["backup", "--to", &to, "--without-renditions"]);
    succeeds(&library.app, &["backup", "--to", &to]);
    let mut sets: Vec<PathBuf> = fs::read_dir(folder.join("sets"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    sets.sort();
    let dump = sets[1].join("database.dump");
    let mut bytes = fs::read(&dump).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(dump, bytes).unwrap();
    assert!(fails(&library.app, &["restore", "--from", &to, "--force"]).contains("damaged"));
    let older = sets[0].file_name().unwrap().to_str().unwrap();
    succeeds(
        &library.app,
        &["restore", "--from", &to, "--force", "--set", older],
    );
    library.assert_complete(&library.app.origin).await;
}

#[tokio::test]
async fn library_migrates_to_another_store_while_server_runs() {
    let mut library = Library::new(4).await;
    let from = format!("fs:{}", library.app.folder.join("objects").display());
    let destination = library.app.folder.join("destination");
    let to = format!("fs:{}", destination.display());
    let migrate = ["storage", "migrate", "--from", &from, "--to", &to];
    let first = succeeds(&library.app, &migrate);
    assert_eq!(number(&first, "copied"), 4, "{first}");
    library.upload(samples::jpeg(64, 48, 50)).await;
    // A damaged copy of the right length is replaced.
    let damaged = files(&destination.join("originals")).remove(0);
    let mut bytes = fs::read(&damaged).unwrap();
    bytes[10] ^= 1;
    fs::write(&damaged, bytes).unwrap();
    let second = succeeds(&library.app, &migrate);
    assert_eq!(
        (number(&second, "copied"), number(&second, "skipped")),
        (2, 3),
        "{second}"
    );
    let origin = library
        .app
        .beside(&[
            ("JOBS_IN_SERVE", "false"),
            ("STORE_DIR", destination.to_str().unwrap()),
        ])
        .await;
    library.assert_complete(&origin).await;

    // A damaged original is not copied.
    let mut bytes = fs::read(&originals(&library.app)[0]).unwrap();
    bytes[10] ^= 1;
    fs::write(&originals(&library.app)[0], bytes).unwrap();
    let elsewhere = format!("fs:{}", library.app.folder.join("elsewhere").display());
    let third = fails(
        &library.app,
        &["storage", "migrate", "--from", &from, "--to", &elsewhere],
    );
    assert!(
        third.contains("LOST") && third.contains("1 original(s)"),
        "{third}"
    );
    assert_eq!(number(&third, "copied"), 4);
}

#[tokio::test]
async fn library_migrates_from_directory_to_s3() {
    let variable = |name: &str| std::env::var(format!("INFRAVAULT_TEST_S3_{name}"));
    let Ok(endpoint) = variable("ENDPOINT") else {
        return;
    };
    let library = Library::new(3).await;
    let from = format!("fs:{}", library.app.folder.join("objects").display());
    let database = library.app.db.url();
    let bucket = database.rsplit('_').next().unwrap();
    let to = format!("s3://{bucket}");
    // Variables with a prefix take precedence.
    let on_s3 = |arguments: &[&str], side: &str| {
        let output = command(&library.app, arguments)
            .env("S3_ENDPOINT", "http://127.0.0.1:1")
            .env(format!("{side}S3_ENDPOINT"), &endpoint)
            .env("S3_REGION", variable("REGION").unwrap())
            .env("S3_ACCESS_KEY", variable("ACCESS_KEY").unwrap())
            .env("S3_SECRET_KEY", variable("SECRET_KEY").unwrap())
            .env("S3_BUCKET", bucket)
            .env("STORE_BACKEND", if side.is_empty() { "s3" } else { "fs" })
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", printed(&output));
        printed(&output)
    };
    let migrate = ["storage", "migrate", "--from", &from, "--to", &to];
    assert_eq!(number(&on_s3(&migrate, "TO_"), "copied"), 3);
    assert_eq!(number(&on_s3(&migrate, "TO_"), "skipped"), 3);
    assert_eq!(number(&on_s3(&["integrity", "--deep"], ""), "read"), 3);
}

#[tokio::test]
async fn integrity_command_counts_injected_damage() {
    let library = Library::new(6).await;
    let clean = succeeds(&library.app, &["integrity", "--deep"]);
    assert_eq!(number(&clean, "objects"), 6, "{clean}");
    let files = originals(&library.app);
    let lost = library
        .images
        .iter()
        .find(|(id, _)| files[0].to_string_lossy().contains(id));
    fs::remove_file(&files[0]).unwrap();
    let cut = fs::read(&files[1]).unwrap();
    fs::write(&files[1], &cut[..cut.len() - 1]).unwrap();
    let mut flipped = fs::read(&files[2]).unwrap();
    flipped[10] ^= 1;
    fs::write(&files[2], flipped).unwrap();
    let stray = "00000000-0000-7000-8000-000000000000";
    let orphan = library
        .app
        .folder
        .join(format!("objects/originals/00/{stray}.{stray}"));
    fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    fs::write(&orphan, b"orphan").unwrap();

    let found = fails(&library.app, &["integrity", "--deep"]);
    let counts = ["orphan", "missing", "mismatching"].map(|label| number(&found, label));
    assert_eq!(counts, [1, 1, 2], "{found}");
    let repaired = fails(
        &library.app,
        &["integrity", "--repair", "--deep", "--orphan-age", "0s"],
    );
    assert!(!orphan.exists(), "{repaired}");
    assert_eq!(library.state(&lost.unwrap().0).await, "failed");
    // A damaged original of a failed image can still be downloaded.
    let flipped = library
        .images
        .iter()
        .find(|(id, _)| files[2].to_string_lossy().contains(id));
    let path = format!("/api/v1/images/{}/download", flipped.unwrap().0);
    let answer = library
        .app
        .bearer(&library.token, Method::GET, &path)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn administrator_starts_integrity_check_and_reads_report() {
    let library = Library::new(2).await;
    let admin = library.app.sign_in("admin@example.com").await;
    library.app.make_admin(&admin).await;
    let read = async || expect(admin.get("/api/v1/admin/integrity").send().await.unwrap(), 200).await;
    let never = read().await;
    assert_eq!(
        (&never["state"], &never["report"]),
        (&json!("never"), &Value::Null)
    );
    let begin = || {
        admin
            .post("/api/v1/admin/integrity")
            .json(&json!({ "deep": true }))
    };
    let accepted = begin().send().await.unwrap();
    assert_eq!(accepted.status(), 202);
    assert_eq!(accepted.headers()["location"], "/api/v1/admin/integrity");
    wait_until("the integrity check ends", async || {
        read().await["state"] != "running"
    })
    .await;
    let last = read().await;
    assert_eq!(last["state"], "finished", "{last}");
    let report = &last["report"];
    assert_eq!(
        (&report["clean"], &report["objects"], &report["read"]),
        (&json!(true), &json!(2), &json!(2))
    );
    for kind in ["orphaned", "missing", "mismatched"] {
        assert_eq!(report[kind]["count"], 0);
    }
    // Only one integrity check runs at a time.
    let lock = "SELECT pg_advisory_lock(7599297058431067495)";
    library
        .app
        .db
        .superuser()
        .await
        .batch_execute(lock)
        .await
        .unwrap();
    problem(begin().send().await.unwrap(), 409, "conflict").await;
}
