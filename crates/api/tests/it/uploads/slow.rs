//! Slow uploads do not keep others from the database (N62).
use crate::harness::{TestApp, expect, location};
use futures_util::{StreamExt, stream};
use infravault_testkit::samples;
use reqwest::{Body, Method};
use std::time::{Duration, Instant};

#[tokio::test]
async fn n62_no_connection_is_held_while_bytes_come() {
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
        // One byte, and then nothing more for as long as this test lives.
        let bytes = stream::iter([Ok::<_, std::io::Error>(vec![image[0]])]).chain(stream::pending());
        let request = alice
            .request(Method::PATCH, &path)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Offset", 0)
            .header("Content-Type", "application/offset+octet-stream")
            .body(Body::wrap_stream(bytes));
        tasks.push(tokio::spawn(request.send()));
    }
    for _ in 0..20 {
        let began = Instant::now();
        expect(alice.get("/api/v1/images").send().await.unwrap(), 200).await;
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }
    for task in tasks {
        assert!(!task.is_finished(), "the uploads are still under way");
        task.abort();
    }
}
