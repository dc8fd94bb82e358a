//! Sessions: opened, listed, ended, and bound to what the database says.
use super::{Bench, code};
use infravault_auth::{Device, NewSession};
use infravault_kernel::{DomainError, Role, Secret};
use time::Duration;

#[tokio::test]
async fn a_session_says_who_asks_until_it_ends() {
    let bench = Bench::new().await;
    let account = bench.db.account("alice").await;
    let (first, second) = (
        bench.open(account, Role::User).await,
        bench.open(account, Role::User).await,
    );
    let (here, there) = (bench.as_session(&first), bench.as_session(&second));
    let me = bench.auth.who_am_i(&here).await.unwrap();
    assert_eq!((me.person.account, me.person.role), (account, Role::User));
    let session = me.session.unwrap();
    assert_eq!((session.id, session.user_agent.as_str()), (first.session, "ab"));
    let ids: Vec<_> = bench
        .auth
        .list_sessions(&here)
        .await
        .unwrap()
        .iter()
        .map(|session| session.id)
        .collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&first.session) && ids.contains(&second.session));

    bench.auth.revoke_session(&here, second.session).await.unwrap();
    assert_eq!(code(bench.auth.who_am_i(&there).await), "session-expired");
    assert_eq!(
        code(bench.auth.revoke_session(&here, second.session).await),
        "not-found"
    );
    assert_eq!(bench.audited("session_revoked").await, 1);

    bench.auth.logout(&here, None).await.unwrap();
    bench.auth.logout(&here, Some(&first.refresh)).await.unwrap();
    bench
        .auth
        .logout(&bench.nobody(), Some(&Secret::new("garbage".to_owned())))
        .await
        .unwrap();
    assert_eq!(code(bench.auth.who_am_i(&here).await), "session-expired");
    assert_eq!(
        bench.audited("signed_out").await,
        1,
        "once, however often it is said"
    );
}

#[tokio::test]
async fn a_refresh_token_alone_signs_out() {
    let bench = Bench::new().await;
    let account = bench.db.account("alice").await;
    let tokens = bench.open(account, Role::User).await;
    bench
        .auth
        .logout(&bench.nobody(), Some(&tokens.refresh))
        .await
        .unwrap();
    assert_eq!(
        code(bench.auth.who_am_i(&bench.as_session(&tokens)).await),
        "session-expired"
    );
    let refreshed = bench
        .auth
        .refresh_session(&bench.nobody(), tokens.refresh.expose())
        .await;
    assert_eq!(code(refreshed), "session-revoked");
}

#[tokio::test]
async fn nobody_reaches_sessions_of_others() {
    let bench = Bench::new().await;
    let (alice, root) = (
        bench.db.account("alice").await,
        bench.db.account_as("root", Role::Admin).await,
    );
    let (hers, his) = (
        bench.open(alice, Role::User).await,
        bench.open(root, Role::Admin).await,
    );
    let ctx = bench.as_session(&his);
    assert_eq!(
        bench.auth.list_sessions(&ctx).await.unwrap().len(),
        1,
        "not even an administrator's list"
    );
    assert_eq!(
        code(bench.auth.revoke_session(&ctx, hers.session).await),
        "not-found"
    );
    assert_eq!(bench.auth.logout_all(&ctx).await.unwrap(), 1);
    assert!(bench.auth.who_am_i(&bench.as_session(&hers)).await.is_ok());
    assert_eq!(code(bench.auth.who_am_i(&ctx).await), "session-expired");
    for result in [
        bench.auth.list_sessions(&bench.nobody()).await.map(drop),
        bench.auth.logout_all(&bench.nobody()).await.map(drop),
        bench.auth.who_am_i(&bench.nobody()).await.map(drop),
    ] {
        assert_eq!(code(result), "authentication-required");
    }
}

#[tokio::test]
async fn the_oldest_session_gives_way() {
    let bench = Bench::new().await;
    let account = bench.db.account("alice").await;
    let start = bench.nobody().now() - Duration::minutes(1);
    let mut all = Vec::new();
    for number in 0..22 {
        all.push(
            bench
                .open_at(account, Role::User, start + Duration::seconds(number))
                .await,
        );
    }
    let live = bench
        .auth
        .list_sessions(&bench.as_session(&all[21]))
        .await
        .unwrap();
    let expected: Vec<_> = all[2..].iter().rev().map(|tokens| tokens.session).collect();
    assert_eq!(
        live.iter().map(|session| session.id).collect::<Vec<_>>(),
        expected
    );
    let error = bench.auth.who_am_i(&bench.as_session(&all[0])).await.unwrap_err();
    assert_eq!(error.code(), "session-expired");
}

#[tokio::test]
async fn signing_in_again_replaces_the_browsers_session() {
    let bench = Bench::new().await;
    let account = bench.db.account("alice").await;
    let old = bench.open(account, Role::User).await;
    let tx = bench.db.db().begin_system().await.unwrap();
    let new = NewSession {
        account,
        role: Role::User,
        provider: "dev".to_owned(),
        device: Device::default(),
        earlier: Some(old.session),
    };
    bench
        .auth
        .open_session_in(&tx, &bench.nobody(), new)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        code(bench.auth.who_am_i(&bench.as_session(&old)).await),
        "session-expired"
    );
}

#[tokio::test]
async fn suspension_and_role_bind_at_once() {
    let bench = Bench::new().await;
    let account = bench.db.account("alice").await;
    let ctx = bench.as_session(&bench.open(account, Role::User).await);
    bench
        .db
        .superuser()
        .await
        .batch_execute("UPDATE users.accounts SET role = 'MODERATOR'")
        .await
        .unwrap();
    assert_eq!(
        bench.auth.who_am_i(&ctx).await.unwrap().person.role,
        Role::Moderator
    );
    bench.db.suspend(account).await;
    assert_eq!(code(bench.auth.who_am_i(&ctx).await), "account-suspended");
}
