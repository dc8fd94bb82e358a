//! API tokens: creation, permissions and revocation.
use crate::setup::{Setup, code};
use infravault_auth::{AuditEvent, NewApiToken, PresentedToken, SessionTokens};
use infravault_kernel::{Ctx, DomainError, Role, Scope, Scopes};

fn new_token(name: &str) -> NewApiToken {
    NewApiToken {
        name: name.to_owned(),
        scopes: Scopes::new([Scope::ImagesRead]),
        days: None,
    }
}

async fn start(role: Role) -> (Setup, SessionTokens, Ctx) {
    let (setup, tokens) = Setup::with_session(role).await;
    let ctx = setup.as_session(&tokens);
    (setup, tokens, ctx)
}

#[tokio::test]
async fn token_authenticates_until_it_is_revoked_and_only_its_hash_is_stored() {
    let (setup, tokens, ctx) = start(Role::User).await;
    let auth = &setup.auth;
    let issued = auth.create_api_token(&ctx, new_token(" backup ")).await.unwrap();
    let token = issued.token;
    assert_eq!(token.name, "backup");
    assert_eq!((token.expires_at - token.created_at).whole_days(), 90);
    let secret = issued.secret.expose();
    let stored = format!(
        "SELECT count(*) FROM auth.api_tokens WHERE hash::text LIKE '%{}%'",
        &secret[4..]
    );
    assert_eq!(setup.count(&stored).await, 0);

    let credential = auth
        .authenticate(PresentedToken::Bearer(secret), ctx.now())
        .unwrap();
    let script = setup.anonymous().with_credential(credential);
    let me = auth.get_me(&script).await.unwrap();
    assert_eq!((me.principal.account, me.session), (tokens.account, None));
    assert_eq!(me.principal.scopes, Scopes::new([Scope::ImagesRead]));
    let listed = auth.list_api_tokens(&ctx).await.unwrap();
    assert_eq!((listed.len(), listed[0].id), (1, token.id));
    assert!(listed[0].last_used_at.is_some());

    auth.revoke_api_token(&ctx, token.id).await.unwrap();
    assert_eq!(code(auth.get_me(&script).await), "session-expired");
    assert_eq!(code(auth.revoke_api_token(&ctx, token.id).await), "not-found");
    assert!(auth.list_api_tokens(&ctx).await.unwrap().is_empty());
    for event in [AuditEvent::ApiTokenCreated, AuditEvent::ApiTokenRevoked] {
        assert_eq!(setup.count_audit_events(event.as_str()).await, 1);
    }
}

#[tokio::test]
async fn tokens_cannot_manage_tokens_or_sessions() {
    let (setup, tokens, _) = start(Role::Admin).await;
    let credential = setup.db.api_token(tokens.account, &Scopes::all()).await;
    let script = setup.anonymous().with_credential(credential);
    let (auth, id) = (&setup.auth, setup.anonymous().new_id());
    let results = [
        auth.create_api_token(&script, new_token("more")).await.map(drop),
        auth.list_api_tokens(&script).await.map(drop),
        auth.revoke_api_token(&script, id).await,
        auth.list_sessions(&script).await.map(drop),
        auth.revoke_session(&script, tokens.session).await,
        auth.sign_out(&script, None).await,
        auth.sign_out_everywhere(&script).await.map(drop),
    ];
    for (number, result) in results.into_iter().enumerate() {
        assert_eq!(code(result), "insufficient-scope", "call {number}");
    }
}

#[tokio::test]
async fn creation_requires_a_recent_sign_in() {
    let (setup, _, ctx) = start(Role::User).await;
    setup
        .execute("UPDATE auth.sessions SET authenticated_at = now() - interval '11 minutes'")
        .await;
    let created = setup.auth.create_api_token(&ctx, new_token("late")).await;
    assert_eq!(code(created), "reauthentication-required");
    assert!(setup.auth.list_api_tokens(&ctx).await.unwrap().is_empty());
}

#[tokio::test]
async fn concurrent_creations_do_not_exceed_the_maximum() {
    let (setup, _, ctx) = start(Role::User).await;
    let attempts = (0..25).map(|number| {
        let (setup, ctx) = (&setup, &ctx);
        async move {
            let new = new_token(&format!("n{number}"));
            code(setup.auth.create_api_token(ctx, new).await)
        }
    });
    let codes = futures_util::future::join_all(attempts).await;
    assert_eq!(codes.iter().filter(|code| **code == "none").count(), 20);
    assert_eq!(codes.iter().filter(|code| **code == "conflict").count(), 5);
}

#[tokio::test]
async fn invalid_fields_are_reported() {
    let (setup, tokens, ctx) = start(Role::User).await;
    let new = |name: &str, scopes: &[Scope], days| NewApiToken {
        name: name.to_owned(),
        scopes: Scopes::new(scopes.iter().copied()),
        days,
    };
    let read = [Scope::ImagesRead];
    let long = "n".repeat(101);
    let cases = [
        (new("", &read, None), "name"),
        (new("  ", &read, None), "name"),
        (new("a\nb", &read, None), "name"),
        (new(&long, &read, None), "name"),
        (new("x", &[], None), "scopes"),
        (new("x", &[Scope::Admin], None), "scopes"),
        (new("x", &read, Some(0)), "expires_in_days"),
        (new("x", &read, Some(366)), "expires_in_days"),
        (new("x", &read, Some(u32::MAX)), "expires_in_days"),
    ];
    for (case, field) in cases {
        let error = setup.auth.create_api_token(&ctx, case.clone()).await.unwrap_err();
        assert_eq!(error.code(), "validation-failed");
        assert_eq!(error.fields()[0].field, field, "{case:?}");
    }
    // Tokens of administrators can have the scope `admin`, and the command line can create one for any account.
    let tx = setup.db.db().begin_system().await.unwrap();
    let admin = NewApiToken {
        scopes: Scopes::new([Scope::Admin]),
        ..new_token("ops")
    };
    setup
        .auth
        .issue_api_token_in(&tx, &setup.anonymous(), tokens.account, Role::Admin, admin)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(setup.auth.list_api_tokens(&ctx).await.unwrap().len(), 1);
}
