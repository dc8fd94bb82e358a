//! Refresh tokens: each counts once, by any order and any number of tabs.
use super::{Bench, code};
use infravault_auth::Tokens;
use infravault_kernel::Role;
use time::Duration;

async fn start() -> (Bench, Tokens) {
    let bench = Bench::new().await;
    let account = bench.db.account("alice").await;
    let tokens = bench.open(account, Role::User).await;
    (bench, tokens)
}

#[tokio::test]
async fn a_token_is_exchanged_for_the_next() {
    let (bench, first) = start().await;
    assert_eq!(first.refresh_ttl.as_secs(), 7 * 86_400);
    let second = bench
        .auth
        .refresh_session(&bench.nobody(), first.refresh.expose())
        .await
        .unwrap();
    assert_eq!((second.session, second.account), (first.session, first.account));
    assert!(second.refresh != first.refresh && second.access != first.access);
    let third = bench
        .auth
        .refresh_session(&bench.nobody(), second.refresh.expose())
        .await
        .unwrap();
    assert!(bench.auth.who_am_i(&bench.as_session(&third)).await.is_ok());
    let stored = "SELECT count(*) FROM auth.refresh_tokens WHERE used_at IS NULL";
    assert_eq!(bench.count(stored).await, 1);
}

#[tokio::test]
async fn of_twenty_tabs_one_refreshes() {
    let (bench, tokens) = start().await;
    let attempts = (0..20).map(|_| async {
        code(
            bench
                .auth
                .refresh_session(&bench.nobody(), tokens.refresh.expose())
                .await,
        )
    });
    let mut codes = futures_util::future::join_all(attempts).await;
    codes.sort_unstable();
    assert_eq!(codes[0], "none");
    assert!(
        codes[1..].iter().all(|code| *code == "refresh-conflict"),
        "{codes:?}"
    );
    assert!(bench.auth.who_am_i(&bench.as_session(&tokens)).await.is_ok());
    assert_eq!(bench.count("SELECT count(*) FROM auth.refresh_tokens").await, 2);
}

#[tokio::test]
async fn a_token_that_comes_again_ends_the_session() {
    let (bench, first) = start().await;
    let second = bench
        .auth
        .refresh_session(&bench.nobody(), first.refresh.expose())
        .await
        .unwrap();
    let thief = bench.later(Duration::seconds(11));
    assert_eq!(
        code(bench.auth.refresh_session(&thief, first.refresh.expose()).await),
        "session-revoked"
    );
    assert_eq!(
        code(
            bench
                .auth
                .refresh_session(&bench.nobody(), second.refresh.expose())
                .await
        ),
        "session-revoked"
    );
    assert_eq!(
        code(bench.auth.who_am_i(&bench.as_session(&second)).await),
        "session-expired"
    );
    assert_eq!(bench.audited("refresh_reuse").await, 1);
}

#[tokio::test]
async fn sessions_end_by_idleness_age_and_suspension() {
    let columns = ["idle_expires_at", "expires_at"];
    for column in columns {
        let (bench, tokens) = start().await;
        let expire = format!("UPDATE auth.sessions SET {column} = now() - interval '1 second'");
        bench.db.superuser().await.batch_execute(&expire).await.unwrap();
        let refreshed = bench
            .auth
            .refresh_session(&bench.nobody(), tokens.refresh.expose())
            .await;
        assert_eq!(code(refreshed), "session-expired", "{column}");
    }
    let (bench, tokens) = start().await;
    bench.db.suspend(tokens.account).await;
    let refreshed = bench
        .auth
        .refresh_session(&bench.nobody(), tokens.refresh.expose())
        .await;
    assert_eq!(code(refreshed), "session-expired");
}

#[tokio::test]
async fn no_refresh_moves_the_absolute_end() {
    let (bench, tokens) = start().await;
    let age = "UPDATE auth.sessions SET created_at = now() - interval '29 days', expires_at = now() + interval '1 day'";
    bench.db.superuser().await.batch_execute(age).await.unwrap();
    let next = bench
        .auth
        .refresh_session(&bench.nobody(), tokens.refresh.expose())
        .await
        .unwrap();
    assert!(next.refresh_ttl.as_secs() <= 86_400, "{:?}", next.refresh_ttl);
    let left = "SELECT count(*) FROM auth.sessions WHERE expires_at <= now() + interval '1 day 1 second'";
    assert_eq!(bench.count(left).await, 1);
}

#[tokio::test]
async fn a_promoted_session_gets_the_short_life_of_its_role() {
    let (bench, tokens) = start().await;
    bench
        .db
        .superuser()
        .await
        .batch_execute("UPDATE users.accounts SET role = 'ADMIN'")
        .await
        .unwrap();
    let next = bench
        .auth
        .refresh_session(&bench.nobody(), tokens.refresh.expose())
        .await
        .unwrap();
    assert_eq!(next.refresh_ttl.as_secs(), 3600);
    let age = "UPDATE auth.sessions SET created_at = now() - interval '13 hours'";
    bench.db.superuser().await.batch_execute(age).await.unwrap();
    let refreshed = bench
        .auth
        .refresh_session(&bench.nobody(), next.refresh.expose())
        .await;
    assert_eq!(code(refreshed), "session-expired");
}

#[tokio::test]
async fn garbage_is_no_refresh_token() {
    let (bench, tokens) = start().await;
    let long = "A".repeat(1 << 20);
    let unknown = "A".repeat(43);
    for text in ["", "x", "\0", tokens.access.expose(), &long, &unknown] {
        let refreshed = bench.auth.refresh_session(&bench.nobody(), text).await;
        assert_eq!(code(refreshed), "invalid-token", "{text:.60}");
    }
}
