//! Refresh tokens: rotation, reuse, concurrency and expiry.
use crate::setup::{Setup, code};
use infravault_kernel::Role;
use time::Duration;

#[tokio::test]
async fn refresh_token_is_exchanged_for_a_new_one() {
    let (setup, first) = Setup::with_session(Role::User).await;
    assert_eq!(first.refresh_ttl.as_secs(), 7 * 86_400);
    let second = setup.refresh(&first).await.unwrap();
    assert_eq!((second.session, second.account), (first.session, first.account));
    assert!(second.refresh != first.refresh && second.access != first.access);
    let third = setup.refresh(&second).await.unwrap();
    assert!(setup.get_me(&third).await.is_ok());
    let unused = "SELECT count(*) FROM auth.refresh_tokens WHERE used_at IS NULL";
    assert_eq!(setup.count(unused).await, 1);
}

#[tokio::test]
async fn concurrent_refreshes_issue_one_successor() {
    let (setup, tokens) = Setup::with_session(Role::User).await;
    let attempts = (0..20).map(|_| async { code(setup.refresh(&tokens).await) });
    let mut codes = futures_util::future::join_all(attempts).await;
    codes.sort_unstable();
    assert_eq!(codes[0], "none");
    assert!(
        codes[1..].iter().all(|code| *code == "refresh-conflict"),
        "{codes:?}"
    );
    assert!(setup.get_me(&tokens).await.is_ok());
    assert_eq!(setup.count("SELECT count(*) FROM auth.refresh_tokens").await, 2);
}

#[tokio::test]
async fn reused_refresh_token_revokes_the_session() {
    let (setup, first) = Setup::with_session(Role::User).await;
    let second = setup.refresh(&first).await.unwrap();
    let thief = setup.later(Duration::seconds(11));
    let reused = setup.auth.refresh_session(&thief, first.refresh.expose()).await;
    assert_eq!(code(reused), "session-revoked");
    assert_eq!(code(setup.refresh(&second).await), "session-revoked");
    assert_eq!(code(setup.get_me(&second).await), "session-expired");
    assert_eq!(setup.count_audit_events("refresh_reuse").await, 1);
}

#[tokio::test]
async fn idle_expired_and_suspended_sessions_cannot_be_refreshed() {
    for column in ["idle_expires_at", "expires_at"] {
        let (setup, tokens) = Setup::with_session(Role::User).await;
        let expire = format!("UPDATE auth.sessions SET {column} = now() - interval '1 second'");
        setup.execute(&expire).await;
        assert_eq!(code(setup.refresh(&tokens).await), "session-expired", "{column}");
    }
    let (setup, tokens) = Setup::with_session(Role::User).await;
    setup.db.suspend(tokens.account).await;
    assert_eq!(code(setup.refresh(&tokens).await), "session-expired");
}

#[tokio::test]
async fn refresh_does_not_extend_the_absolute_lifetime() {
    let (setup, tokens) = Setup::with_session(Role::User).await;
    setup
        .execute("UPDATE auth.sessions SET created_at = now() - interval '29 days', expires_at = now() + interval '1 day'")
        .await;
    let next = setup.refresh(&tokens).await.unwrap();
    assert!(next.refresh_ttl.as_secs() <= 86_400, "{:?}", next.refresh_ttl);
    let unextended =
        "SELECT count(*) FROM auth.sessions WHERE expires_at <= now() + interval '1 day 1 second'";
    assert_eq!(setup.count(unextended).await, 1);
}

#[tokio::test]
async fn session_of_a_promoted_user_gets_the_shorter_lifetime() {
    let (setup, tokens) = Setup::with_session(Role::User).await;
    setup.execute("UPDATE users.accounts SET role = 'ADMIN'").await;
    let next = setup.refresh(&tokens).await.unwrap();
    assert_eq!(next.refresh_ttl.as_secs(), 3600);
    setup
        .execute("UPDATE auth.sessions SET created_at = now() - interval '13 hours'")
        .await;
    assert_eq!(code(setup.refresh(&next).await), "session-expired");
}

#[tokio::test]
async fn malformed_and_unknown_refresh_tokens_are_rejected() {
    let (setup, tokens) = Setup::with_session(Role::User).await;
    let long = "A".repeat(1 << 20);
    let unknown = "A".repeat(43);
    for text in ["", "x", "\0", tokens.access.expose(), &long, &unknown] {
        let refreshed = setup.auth.refresh_session(&setup.anonymous(), text).await;
        assert_eq!(code(refreshed), "invalid-token", "{text:.60}");
    }
}
