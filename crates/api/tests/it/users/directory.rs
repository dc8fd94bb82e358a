//! The directory of administrators.
use crate::{
    harness::{Browser, TestApp, expect, problem},
    send::SendExpecting as _,
};
use serde_json::Value;

async fn create_accounts(app: &TestApp) -> Browser {
    let ada = app.sign_in("ada@example.com").await;
    app.make_admin(&ada).await;
    for email in [
        "bob@example.com",
        "a_b@example.com",
        "axb@example.com",
        "50%25@example.com",
    ] {
        app.sign_in(email).await;
    }
    ada
}

async fn list_emails(ada: &Browser, query: &str) -> Vec<String> {
    let page = ada.get(&format!("/api/v1/users{query}")).expect(200).await;
    let mut emails: Vec<String> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["email"].as_str().unwrap().to_owned())
        .collect();
    emails.sort();
    emails
}

#[tokio::test]
async fn filters_and_search_narrow_the_list() {
    let app = TestApp::start().await;
    let ada = create_accounts(&app).await;
    let all = [
        "50%@example.com",
        "a_b@example.com",
        "ada@example.com",
        "axb@example.com",
        "bob@example.com",
    ];
    let cases: [(&str, &[&str]); 11] = [
        ("", &all),
        ("?role=ADMIN", &["ada@example.com"]),
        ("?role=MODERATOR", &[]),
        ("?state=active", &all),
        ("?state=suspended", &[]),
        (
            "?created_after=2020-01-01T00:00:00Z&created_before=2999-01-01T00:00:00Z",
            &all,
        ),
        ("?created_before=2020-01-01T00:00:00Z", &[]),
        ("?q=A_B", &["a_b@example.com"]),
        ("?q=%25", &["50%@example.com"]),
        (
            "?q=EXAMPLE&role=USER&limit=200",
            &[
                "50%@example.com",
                "a_b@example.com",
                "axb@example.com",
                "bob@example.com",
            ],
        ),
        ("?q=%27%3B%20DROP%20TABLE", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(list_emails(&ada, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn pages_are_linked_and_have_no_duplicates() {
    let app = TestApp::start().await;
    let ada = create_accounts(&app).await;
    let mut next = Some("/api/v1/users?limit=2&q=example".to_owned());
    let (mut seen, mut pages) = (Vec::new(), 0);
    while let Some(path) = next.take() {
        let answer = ada.get(&path).send().await.unwrap();
        let link = answer
            .headers()
            .get("link")
            .map(|link| link.to_str().unwrap().to_owned());
        let page = expect(answer, 200).await;
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].clone()),
        );
        assert_eq!(link.is_some(), page["next_cursor"] != Value::Null);
        next = link.map(|link| {
            link.strip_prefix('<')
                .unwrap()
                .strip_suffix(">; rel=\"next\"")
                .unwrap()
                .to_owned()
        });
        assert!(
            next.as_ref()
                .is_none_or(|next| next.contains("limit=2&q=example&cursor=")),
            "{next:?}"
        );
        pages += 1;
    }
    assert_eq!((seen.len(), pages), (5, 3));
    seen.sort_by_key(Value::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn invalid_parameters_are_reported() {
    let app = TestApp::start().await;
    let ada = create_accounts(&app).await;
    let first = ada.get("/api/v1/users?limit=1").expect(200).await;
    let foreign = format!(
        "?limit=1&role=USER&cursor={}",
        first["next_cursor"].as_str().unwrap()
    );
    let cases = [
        ("?limit=0", "limit"),
        ("?limit=201", "limit"),
        ("?limit=-1", "limit"),
        ("?limit=many", "limit"),
        ("?role=ROOT", "role"),
        ("?state=gone", "state"),
        ("?created_after=yesterday", "created_after"),
        ("?q=", "q"),
        ("?q=a%00b", "q"),
        ("?sort=email", "sort"),
        ("?cursor=nonsense", "cursor"),
        (foreign.as_str(), "cursor"),
    ];
    for (query, field) in cases {
        let answer = ada.get(&format!("/api/v1/users{query}")).send().await.unwrap();
        let answer = problem(answer, 400, "invalid-parameter").await;
        assert_eq!(answer["field"], field, "{query}: {answer}");
    }
}

#[tokio::test]
async fn account_is_found_by_id() {
    let app = TestApp::start().await;
    let ada = create_accounts(&app).await;
    let bob = app.sign_in("bob@example.com").await;
    let id = bob.account().await;
    let found = ada.get(&format!("/api/v1/users/{id}")).expect(200).await;
    assert_eq!(
        (found["id"].as_str(), found["email"].as_str()),
        (Some(id.as_str()), Some("bob@example.com"))
    );
    for missing in ["01930000-0000-7000-8000-000000000000", "bob", "%00"] {
        ada.get(&format!("/api/v1/users/{missing}"))
            .expect_problem(404, "not-found")
            .await;
    }
    bob.get(&format!("/api/v1/users/{id}"))
        .expect_problem(403, "forbidden")
        .await;
}
