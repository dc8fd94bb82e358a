//! The directory: permissions, filters, search with escaped wildcards, pages.
use crate::users;
use infravault_kernel::{
    AccountId, Credential, Ctx, Cursor, DomainError, Id as _, Limit, Role, Scope, Scopes,
};
use infravault_testkit::db::TestDb;
use infravault_users::{AccountFilter, AccountState, SearchText, Users};
use time::{Duration, OffsetDateTime, macros::datetime};

const START: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);

/// Creates the administrator Ada and other accounts, two per day with the same creation time.
async fn create_accounts(db: &TestDb, names: &[&str]) -> (Ctx, Vec<AccountId>) {
    let ada = db.account_as("ada", Role::Admin).await;
    let mut all = vec![ada];
    for name in names {
        all.push(db.account(name).await);
    }
    for (at, account) in all.iter().enumerate() {
        let created_at = START + Duration::days(i64::try_from(at / 2).unwrap());
        let statement = "UPDATE users.accounts SET created_at = $2 WHERE id = $1";
        db.superuser()
            .await
            .execute(statement, &[&account.uuid(), &created_at])
            .await
            .unwrap();
    }
    (db.ctx(db.session(ada).await), all)
}

/// The display names on the first page, sorted.
async fn list_names(users: &Users, ctx: &Ctx, filter: &AccountFilter) -> Vec<String> {
    let page = users
        .list_accounts(ctx, filter, Limit::default(), None)
        .await
        .unwrap();
    let mut names: Vec<String> = page
        .items
        .iter()
        .map(|account| account.display_name.as_str().to_owned())
        .collect();
    names.sort();
    names
}

fn search_filter(text: &str) -> AccountFilter {
    AccountFilter {
        search: Some(SearchText::parse(text).unwrap()),
        ..AccountFilter::default()
    }
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_duplicates() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let (ctx, all) = create_accounts(&db, &["bob", "cem", "dea", "eve", "fay", "gus"]).await;
    let mut expected = all.clone();
    // Newest first; equal times by descending id.
    expected
        .sort_by_key(|id| std::cmp::Reverse((all.iter().position(|other| other == id).unwrap() / 2, *id)));
    for filter in [AccountFilter::default(), search_filter("@example.com")] {
        for limit in [1, 2, 3, 7, 8] {
            let limit = Limit::new(limit).unwrap();
            let mut found = Vec::new();
            let mut cursor: Option<Cursor> = None;
            loop {
                let page = users
                    .list_accounts(&ctx, &filter, limit, cursor.as_ref())
                    .await
                    .unwrap();
                assert!(page.items.len() <= limit.get());
                found.extend(page.items.iter().map(|account| account.id));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected, "pages of {}", limit.get());
        }
    }
}

#[tokio::test]
async fn cursor_of_another_filter_is_rejected() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let (ctx, _) = create_accounts(&db, &["bob", "cem"]).await;
    let limit = Limit::new(1).unwrap();
    let first = users
        .list_accounts(&ctx, &AccountFilter::default(), limit, None)
        .await
        .unwrap();
    let filters = [
        search_filter("o"),
        AccountFilter {
            role: Some(Role::User),
            ..AccountFilter::default()
        },
        AccountFilter {
            state: Some(AccountState::Active),
            ..AccountFilter::default()
        },
        AccountFilter {
            created_after: Some(START),
            ..AccountFilter::default()
        },
        AccountFilter {
            created_before: Some(START),
            ..AccountFilter::default()
        },
    ];
    for filter in filters {
        let error = users
            .list_accounts(&ctx, &filter, limit, first.next.as_ref())
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.fields()[0].field.as_str()),
            ("invalid-parameter", "cursor")
        );
    }
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let (ctx, all) = create_accounts(&db, &["bob", "cem", "dea"]).await;
    db.suspend(all[2]).await;
    let day = Duration::days(1);
    let cases: [(AccountFilter, &[&str]); 7] = [
        (AccountFilter::default(), &["ada", "bob", "cem", "dea"]),
        (
            AccountFilter {
                role: Some(Role::Admin),
                ..AccountFilter::default()
            },
            &["ada"],
        ),
        (
            AccountFilter {
                role: Some(Role::Moderator),
                ..AccountFilter::default()
            },
            &[],
        ),
        (
            AccountFilter {
                state: Some(AccountState::Suspended),
                ..AccountFilter::default()
            },
            &["cem"],
        ),
        (
            AccountFilter {
                created_after: Some(START),
                ..AccountFilter::default()
            },
            &["cem", "dea"],
        ),
        (
            AccountFilter {
                created_before: Some(START + day),
                ..AccountFilter::default()
            },
            &["ada", "bob"],
        ),
        (
            AccountFilter {
                state: Some(AccountState::Suspended),
                ..search_filter("bob")
            },
            &[],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(list_names(&users, &ctx, &filter).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn search_matches_wildcards_literally() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let odd = ["100%", "a_b", "axb", r"back\slash", "O'Neil; --", "Zoë"];
    let (ctx, _) = create_accounts(&db, &odd).await;
    let cases: [(&str, &[&str]); 11] = [
        ("%", &["100%"]),
        ("_", &["a_b"]),
        (r"\", &[r"back\slash"]),
        ("A_B", &["a_b"]),
        ("ADA@EXAMPLE", &["ada"]),
        ("'", &["O'Neil; --"]),
        ("; --", &["O'Neil; --"]),
        ("Zoë", &["Zoë"]),
        ("slash@", &[r"back\slash"]),
        ("%%", &[]),
        ("unknown", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(
            list_names(&users, &ctx, &search_filter(text)).await,
            expected,
            "{text}"
        );
    }
}

#[tokio::test]
async fn only_administrators_can_list_and_get_accounts() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let (_, all) = create_accounts(&db, &["bob"]).await;
    let moderator = db.account_as("mod", Role::Moderator).await;
    let admin_scope = Scopes::new([Scope::Admin]);
    let cases = [
        (Credential::Anonymous, Some("authentication-required")),
        (db.session(all[1]).await, Some("forbidden")),
        (db.session(moderator).await, Some("forbidden")),
        (db.api_token(all[1], &admin_scope).await, Some("forbidden")),
        (
            db.api_token(all[0], &Scopes::new([Scope::ProfileRead])).await,
            Some("insufficient-scope"),
        ),
        (db.api_token(all[0], &admin_scope).await, None),
        (db.session(all[0]).await, None),
    ];
    for (credential, expected) in cases {
        let ctx = db.ctx(credential.clone());
        let found = users
            .list_accounts(&ctx, &AccountFilter::default(), Limit::default(), None)
            .await
            .err();
        assert_eq!(found.as_ref().map(DomainError::code), expected, "{credential:?}");
        let found = users.get_account(&ctx, all[1]).await.err();
        assert_eq!(found.as_ref().map(DomainError::code), expected, "{credential:?}");
    }
    let ctx = db.ctx(db.session(all[0]).await);
    let missing = users.get_account(&ctx, ctx.new_id()).await.unwrap_err();
    assert_eq!(missing.code(), "not-found");
}

/// Under a policy ILIKE cannot use an index; through the view it does.
#[tokio::test]
async fn search_and_list_use_their_indexes() {
    let db = TestDb::new().await;
    let (ctx, _) = create_accounts(&db, &["bob"]).await;
    let (tx, _) = db.db().begin(&ctx).await.unwrap();
    tx.batch_execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        .await
        .unwrap();
    let plan = async |query: &str| -> String {
        let rows = tx
            .query(&format!("EXPLAIN (COSTS off) {query}"), &[])
            .await
            .unwrap();
        rows.iter().map(|row| row.get::<_, String>(0) + "\n").collect()
    };
    let list = plan(
        "SELECT id FROM users.directory WHERE (created_at, id) < (now(), '01930000-0000-7000-8000-000000000000') \
         ORDER BY created_at DESC, id DESC LIMIT 5",
    )
    .await;
    assert!(
        list.contains("using accounts_newest") && list.contains("Index Cond: (ROW(created_at, id) <"),
        "{list}"
    );
    tx.batch_execute("SET LOCAL enable_indexscan = off")
        .await
        .unwrap();
    let search = plan(
        "SELECT id FROM users.directory WHERE display_name ILIKE '%lovelace%' OR email ILIKE '%lovelace%'",
    )
    .await;
    assert!(
        search.contains("accounts_display_name_trgm") && search.contains("accounts_email_trgm"),
        "{search}"
    );
}
