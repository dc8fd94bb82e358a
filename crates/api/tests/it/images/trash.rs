//! The trash: deleting, listing, restoring and purging images.
use crate::harness::{Browser, TestApp, expect, image_path, problem, wait_until};
use infravault_testkit::samples;
use serde_json::{Value, json};

async fn list_trash(browser: &Browser, query: &str) -> Value {
    let answer = browser
        .get(&format!("/api/v1/trash{query}"))
        .send()
        .await
        .unwrap();
    expect(answer, 200).await
}

#[tokio::test]
async fn image_moves_to_trash_and_is_restored_unchanged() {
    let app = TestApp::without_jobs().await;
    let alice = app.sign_in("alice@example.com").await;
    let bytes = samples::jpeg(16, 16, 1);
    let image = alice
        .upload(bytes.clone(), "?visibility=public&title=harbor")
        .await;
    let path = image_path(&image);
    let before = expect(alice.get(&path).send().await.unwrap(), 200).await;
    assert_eq!(alice.delete(&path).send().await.unwrap().status(), 204);

    for hidden in [
        path.clone(),
        format!("{path}/download"),
        format!("{path}/similar"),
        format!("{path}/renditions/thumb"),
    ] {
        problem(alice.get(&hidden).send().await.unwrap(), 404, "not-found").await;
    }
    let change = alice
        .patch(&path)
        .header("If-Match", "*")
        .json(&json!({ "title": "x" }));
    problem(change.send().await.unwrap(), 404, "not-found").await;
    problem(alice.delete(&path).send().await.unwrap(), 404, "not-found").await;
    for list in [
        "/api/v1/images",
        "/api/v1/images?q=harbor",
        "/api/v1/images/public",
    ] {
        let found = expect(alice.get(list).send().await.unwrap(), 200).await;
        assert_eq!(found["items"], json!([]), "{list}");
    }

    let page = list_trash(&alice, "").await;
    let item = &page["items"][0];
    assert_eq!(
        (&item["id"], &item["title"], &item["renditions"]),
        (&image["id"], &"harbor".into(), &json!([]))
    );
    let time = |name: &str| {
        let text = item[name].as_str().unwrap();
        time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap()
    };
    assert_eq!(time("purge_at") - time("trashed_at"), time::Duration::days(30));
    let counted = alice.usage().await;
    assert_eq!(
        (
            &counted["used_bytes"],
            &counted["trashed_bytes"],
            &counted["image_count"],
            &counted["trashed_count"]
        ),
        (&bytes.len().into(), &bytes.len().into(), &1.into(), &1.into())
    );

    // Restoring is idempotent.
    for _ in 0..2 {
        let restored = alice.post(&format!("{path}/restore")).send().await.unwrap();
        assert_eq!(restored.headers()["etag"], "\"1\"");
        assert_eq!(expect(restored, 200).await, before);
    }
    let original = alice.get(&format!("{path}/download")).send().await.unwrap();
    assert_eq!(original.bytes().await.unwrap(), bytes);
    assert_eq!(
        list_trash(&alice, "").await,
        json!({ "items": [], "next_cursor": null })
    );
    assert_eq!(alice.usage().await["trashed_bytes"], 0);
}

#[tokio::test]
async fn purged_image_is_deleted_with_its_bytes() {
    let app = TestApp::without_jobs().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    let mut ids = Vec::new();
    for seed in 0..4 {
        let image = alice
            .upload(samples::jpeg(16, 16, seed), "?visibility=public")
            .await;
        ids.push(image["id"].as_str().unwrap().to_owned());
    }
    let in_trash = |id: &str| format!("/api/v1/trash/{id}");
    problem(
        alice.delete(&in_trash(&ids[0])).send().await.unwrap(),
        404,
        "not-found",
    )
    .await;
    for id in &ids {
        let deleted = alice
            .delete(&format!("/api/v1/images/{id}"))
            .send()
            .await
            .unwrap();
        assert_eq!(deleted.status(), 204);
    }
    problem(
        bob.delete(&in_trash(&ids[0])).send().await.unwrap(),
        404,
        "not-found",
    )
    .await;
    let restore = format!("/api/v1/images/{}/restore", ids[0]);
    problem(bob.post(&restore).send().await.unwrap(), 404, "not-found").await;
    assert_eq!(
        expect(bob.delete("/api/v1/trash").send().await.unwrap(), 200).await["purged"],
        0
    );

    let first = list_trash(&alice, "?limit=3").await;
    assert_eq!(first["items"].as_array().unwrap().len(), 3);
    let next = first["next_cursor"].as_str().unwrap();
    let second = list_trash(&alice, &format!("?limit=3&cursor={next}")).await;
    assert_eq!(
        second["items"][0]["id"],
        ids[0].as_str(),
        "the image that was deleted first is the last item"
    );
    for (query, field) in [("?limit=0", "limit"), ("?cursor=x", "cursor"), ("?q=x", "q")] {
        let answer = alice.get(&format!("/api/v1/trash{query}")).send().await.unwrap();
        assert_eq!(problem(answer, 400, "invalid-parameter").await["field"], field);
    }

    assert_eq!(
        alice.delete(&in_trash(&ids[0])).send().await.unwrap().status(),
        204
    );
    problem(
        alice.delete(&in_trash(&ids[0])).send().await.unwrap(),
        404,
        "not-found",
    )
    .await;
    problem(alice.post(&restore).send().await.unwrap(), 404, "not-found").await;
    assert_eq!(alice.usage().await["trashed_count"], 3);
    for purged in [3, 0] {
        let answer = alice.delete("/api/v1/trash").send().await.unwrap();
        assert_eq!(expect(answer, 200).await["purged"], purged);
    }
    assert_eq!(alice.usage().await["used_bytes"], 0);
    wait_until("the objects are deleted", async || super::stored(&app).is_empty()).await;
}
