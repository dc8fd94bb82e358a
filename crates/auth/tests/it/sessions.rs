//! Sessions: opening, listing, revocation, and the current state of the account.
use crate::setup::{Setup, code};
use infravault_auth::{Device, NewSession};
use infravault_kernel::{Role, Secret};
use time::Duration;

#[tokio::test]
async fn session_authenticates_until_it_is_revoked() {
    let (setup, first) = Setup::with_session(Role::User).await;
    let second = setup.open_session(first.account, Role::User).await;
    let ctx = setup.as_session(&first);
    let me = setup.get_me(&first).await.unwrap();
    assert_eq!(
        (me.principal.account, me.principal.role),
        (first.account, Role::User)
    );
    let session = me.session.unwrap();
    assert_eq!((session.id, session.user_agent.as_str()), (first.session, "ab"));
    let sessions = setup.auth.list_sessions(&ctx).await.unwrap();
    let ids: Vec<_> = sessions.iter().map(|session| session.id).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&first.session) && ids.contains(&second.session));

    setup.auth.revoke_session(&ctx, second.session).await.unwrap();
    assert_eq!(code(setup.get_me(&second).await), "session-expired");
    let again = setup.auth.revoke_session(&ctx, second.session).await;
    assert_eq!(code(again), "not-found");
    assert_eq!(setup.count_audit_events("session_revoked").await, 1);

    setup.auth.sign_out(&ctx, None).await.unwrap();
    setup.auth.sign_out(&ctx, Some(&first.refresh)).await.unwrap();
    let malformed = Secret::new("garbage".to_owned());
    setup
        .auth
        .sign_out(&setup.anonymous(), Some(&malformed))
        .await
        .unwrap();
    assert_eq!(code(setup.get_me(&first).await), "session-expired");
    assert_eq!(setup.count_audit_events("signed_out").await, 1, "idempotent");
}

#[tokio::test]
async fn refresh_token_is_sufficient_to_sign_out() {
    let (setup, tokens) = Setup::with_session(Role::User).await;
    setup
        .auth
        .sign_out(&setup.anonymous(), Some(&tokens.refresh))
        .await
        .unwrap();
    assert_eq!(code(setup.get_me(&tokens).await), "session-expired");
    assert_eq!(code(setup.refresh(&tokens).await), "session-revoked");
}

#[tokio::test]
async fn sessions_of_other_accounts_are_inaccessible() {
    let (setup, alice) = Setup::with_session(Role::User).await;
    let admin = setup.db.account_as("root", Role::Admin).await;
    let admin = setup.open_session(admin, Role::Admin).await;
    let ctx = setup.as_session(&admin);
    let sessions = setup.auth.list_sessions(&ctx).await.unwrap();
    assert_eq!(sessions.len(), 1, "administrators see only their own sessions");
    let revoked = setup.auth.revoke_session(&ctx, alice.session).await;
    assert_eq!(code(revoked), "not-found");
    assert_eq!(setup.auth.sign_out_everywhere(&ctx).await.unwrap(), 1);
    assert!(setup.get_me(&alice).await.is_ok());
    assert_eq!(code(setup.get_me(&admin).await), "session-expired");
    let anonymous = setup.anonymous();
    for result in [
        setup.auth.list_sessions(&anonymous).await.map(drop),
        setup.auth.sign_out_everywhere(&anonymous).await.map(drop),
        setup.auth.get_me(&anonymous).await.map(drop),
    ] {
        assert_eq!(code(result), "authentication-required");
    }
}

#[tokio::test]
async fn oldest_sessions_beyond_the_maximum_are_revoked() {
    let setup = Setup::new().await;
    let account = setup.db.account("alice").await;
    let start = setup.anonymous().now() - Duration::minutes(1);
    let mut all = Vec::new();
    for number in 0..22 {
        let at = start + Duration::seconds(number);
        all.push(setup.open_session_at(account, Role::User, at).await);
    }
    let ctx = setup.as_session(&all[21]);
    let live = setup.auth.list_sessions(&ctx).await.unwrap();
    let live: Vec<_> = live.iter().map(|session| session.id).collect();
    let expected: Vec<_> = all[2..].iter().rev().map(|tokens| tokens.session).collect();
    assert_eq!(live, expected);
    assert_eq!(code(setup.get_me(&all[0]).await), "session-expired");
}

#[tokio::test]
async fn new_session_revokes_the_session_it_replaces() {
    let (setup, old) = Setup::with_session(Role::User).await;
    let new = NewSession {
        account: old.account,
        role: Role::User,
        provider: "dev".to_owned(),
        device: Device::default(),
        replaces: Some(old.session),
    };
    let tx = setup.db.db().begin_system().await.unwrap();
    setup
        .auth
        .open_session_in(&tx, &setup.anonymous(), new)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(code(setup.get_me(&old).await), "session-expired");
}

#[tokio::test]
async fn suspension_and_role_apply_to_the_next_request() {
    let (setup, tokens) = Setup::with_session(Role::User).await;
    setup
        .execute("UPDATE users.accounts SET role = 'MODERATOR'")
        .await;
    let me = setup.get_me(&tokens).await.unwrap();
    assert_eq!(me.principal.role, Role::Moderator);
    setup.db.suspend(tokens.account).await;
    assert_eq!(code(setup.get_me(&tokens).await), "account-suspended");
}
