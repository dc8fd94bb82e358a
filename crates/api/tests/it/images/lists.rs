//! Lists and searches, with invalid parameters.
use crate::harness::{TestApp, expect, problem};
use infravault_testkit::samples;
use reqwest::Method;
use serde_json::Value;

fn titles(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["title"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn lists_filter_and_sort() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    for (title, visibility) in [
        ("b", "public"),
        ("a", "private"),
        ("c", "unlisted"),
        ("d", "public"),
    ] {
        let query = format!("?title={title}&visibility={visibility}&tags=t{title}");
        alice.upload(samples::jpeg(16, 16, 1), &query).await;
    }
    for (query, expected) in [
        ("", vec!["d", "c", "a", "b"]),
        ("?sort=-created_at", vec!["d", "c", "a", "b"]),
        ("?sort=created_at", vec!["b", "a", "c", "d"]),
        ("?sort=title", vec!["a", "b", "c", "d"]),
        ("?sort=-title&limit=200", vec!["d", "c", "b", "a"]),
        ("?visibility=public", vec!["d", "b"]),
        ("?tag=tc", vec!["c"]),
        ("?tag=%27%20or%201%3D1", vec![]),
        ("?media_type=image/png", vec![]),
        (
            "?created_after=2020-01-01T00:00:00Z&created_before=2999-01-01T00:00:00%2B02:00",
            vec!["d", "c", "a", "b"],
        ),
        ("?q=tb", vec!["b"]),
        ("?q=%25", vec![]),
        ("?q=_", vec![]),
    ] {
        let page = expect(
            alice.get(&format!("/api/v1/images{query}")).send().await.unwrap(),
            200,
        )
        .await;
        assert_eq!(titles(&page), expected, "{query}");
        assert!(page["next_cursor"].is_null());
    }
    for caller in [None, Some(&bob)] {
        let path = "/api/v1/images/public";
        let request = caller.map_or_else(|| app.anonymous(Method::GET, path), |bob| bob.get(path));
        let page = expect(request.send().await.unwrap(), 200).await;
        assert_eq!(titles(&page), ["d", "b"]);
    }
    let page = expect(bob.get("/api/v1/images").send().await.unwrap(), 200).await;
    assert_eq!(titles(&page), Vec::<&str>::new());
}

#[tokio::test]
async fn next_links_lead_through_all_pages() {
    let app = TestApp::start().await;
    let alice = app.sign_in("alice@example.com").await;
    for n in 0..5 {
        alice
            .upload(
                samples::jpeg(16, 16, n),
                &format!("?title=p{n}&visibility=public"),
            )
            .await;
    }
    for start in [
        "/api/v1/images?limit=2&sort=title",
        "/api/v1/images/public?limit=2&sort=title",
    ] {
        let (mut seen, mut path) = (Vec::new(), start.to_owned());
        loop {
            let answer = alice.get(&path).send().await.unwrap();
            let link = answer
                .headers()
                .get("link")
                .map(|link| link.to_str().unwrap().to_owned());
            let page = expect(answer, 200).await;
            seen.extend(titles(&page).iter().map(|title| (*title).to_owned()));
            assert_eq!(link.is_some(), page["next_cursor"].is_string());
            let Some(link) = link else { break };
            let next = link
                .strip_prefix('<')
                .unwrap()
                .strip_suffix(">; rel=\"next\"")
                .unwrap();
            next.clone_into(&mut path);
        }
        assert_eq!(seen, ["p0", "p1", "p2", "p3", "p4"]);
    }
}

#[tokio::test]
async fn invalid_list_parameters_are_rejected() {
    let app = TestApp::start().await;
    let (alice, bob) = (
        app.sign_in("alice@example.com").await,
        app.sign_in("bob@example.com").await,
    );
    for n in 0..2 {
        alice.upload(samples::jpeg(16, 16, n), "").await;
        bob.upload(samples::jpeg(16, 16, n), "").await;
    }
    let page = expect(bob.get("/api/v1/images?limit=1").send().await.unwrap(), 200).await;
    let theirs = format!("limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    let (long_q, long_cursor) = (
        format!("q={}", "x".repeat(4096)),
        format!("cursor={}", "A".repeat(4096)),
    );
    for (query, field) in [
        ("sort=created_at;drop%20table", "sort"),
        ("sort=id%20desc%20nulls", "sort"),
        ("filter[tag]=%27%20or%201=1", "filter[tag]"),
        ("cursor=AAAA", "cursor"),
        ("cursor=", "cursor"),
        (&long_cursor, "cursor"),
        (&theirs, "cursor"),
        ("limit=-1", "limit"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1000000000", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("q=", "q"),
        ("q=a%00b", "q"),
        (&long_q, "q"),
        ("tag=", "tag"),
        ("media_type=image/svg%2Bxml", "media_type"),
        ("visibility=all", "visibility"),
        ("created_after=yesterday", "created_after"),
        ("offset=10", "offset"),
    ] {
        let answer = alice
            .get(&format!("/api/v1/images?{query}"))
            .send()
            .await
            .unwrap();
        let problem = problem(answer, 400, "invalid-parameter").await;
        assert_eq!(problem["field"], field, "{query}");
    }
    let answer = alice
        .get("/api/v1/images/public?visibility=private")
        .send()
        .await
        .unwrap();
    problem(answer, 400, "invalid-parameter").await;
    let mut cursor = theirs.clone().into_bytes();
    let last = cursor.len() - 5;
    cursor[last] = if cursor[last] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(cursor).unwrap();
    let answer = bob
        .get(&format!("/api/v1/images?{flipped}"))
        .send()
        .await
        .unwrap();
    problem(answer, 400, "invalid-parameter").await;
    // A lone surrogate is invalid UTF-8 and becomes a replacement character.
    let answer = alice.get("/api/v1/images?q=%ED%A0%80").send().await.unwrap();
    assert!(answer.status() == 200 || answer.status() == 400);
}
