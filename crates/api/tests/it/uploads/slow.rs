//! Slow uploads do not block other requests.
use crate::harness::{TestApp, expect, location};
use futures_util::{StreamExt, stream};
use infravault_testkit::samples;
use reqwest::{Body, Method};

#[tokio::test]
async fn slow_uploads_hold_no_database_connection() {
    let app = TestApp::with(&[
        ("JOBS_IN_SERVE", "false"),
        ("DB_MAX_CONNS", "4"),
        ("SHUTDOWN_TIMEOUT", "1s"),
    ])
    .await;
    let alice = app.sign_in("alice@example.com").await;
    let image = samples::jpeg(300, 200, 1);
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let created = alice.post("/api/v1/uploads/tus").header("Tus-Resumable", "1.0.0");
        let created = created.header("Upload-Length", image.len()).send().await.unwrap();
        let path = location(&created);
        // Sends one byte, and no more until the end of the test.
        let bytes = stream::iter([Ok::<_, std::io::Error>(vec![image[0]])]).chain(stream::pending());
        let request = alice
            .request(Method::PATCH, &path)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Offset", 0)
            .header("Content-Type", "application/offset+octet-stream")
            .body(Body::wrap_stream(bytes));
        tasks.push(tokio::spawn(request.send()));
    }
    // With four connections for 64 uploads, a request gets 503 unless the uploads leave connections free.
    for _ in 0..20 {
        expect(alice.get("/api/v1/images").send().await.unwrap(), 200).await;
    }
    for task in tasks {
        assert!(!task.is_finished(), "the uploads are still in progress");
        task.abort();
    }
}
