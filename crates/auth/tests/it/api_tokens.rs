//! API tokens: who makes them, what they may, and when they stop.
use super::{Bench, code};
use infravault_auth::{Event, NewApiToken, Presented, Tokens};
use infravault_kernel::{Ctx, DomainError, Role, Scope, Scopes};

fn reader(name: &str) -> NewApiToken {
    NewApiToken {
        name: name.to_owned(),
        scopes: Scopes::new([Scope::ImagesRead]),
        days: None,
    }
}

async fn start(role: Role) -> (Bench, Tokens, Ctx) {
    let bench = Bench::new().await;
    let account = bench.db.account_as("alice", role).await;
    let tokens = bench.open(account, role).await;
    let ctx = bench.as_session(&tokens);
    (bench, tokens, ctx)
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_stops() {
    let (bench, tokens, ctx) = start(Role::User).await;
    let issued = bench
        .auth
        .create_api_token(&ctx, reader(" backup "))
        .await
        .unwrap();
    assert_eq!(issued.token.name, "backup");
    assert_eq!(
        (issued.token.expires_at - issued.token.created_at).whole_days(),
        90
    );
    let text = issued.text.expose();
    let stored = format!(
        "SELECT count(*) FROM auth.api_tokens WHERE hash::text LIKE '%{}%'",
        &text[4..]
    );
    assert_eq!(bench.count(&stored).await, 0);

    let credential = bench
        .auth
        .authenticate(Presented::Bearer(text), ctx.now())
        .unwrap();
    let script = bench.nobody().with_credential(credential);
    let me = bench.auth.who_am_i(&script).await.unwrap();
    assert_eq!((me.person.account, me.session), (tokens.account, None));
    assert_eq!(me.person.scopes, Scopes::new([Scope::ImagesRead]));
    let listed = bench.auth.list_api_tokens(&ctx).await.unwrap();
    assert_eq!((listed.len(), listed[0].id), (1, issued.token.id));
    assert!(listed[0].last_used_at.is_some());

    bench.auth.revoke_api_token(&ctx, issued.token.id).await.unwrap();
    assert_eq!(code(bench.auth.who_am_i(&script).await), "session-expired");
    assert_eq!(
        code(bench.auth.revoke_api_token(&ctx, issued.token.id).await),
        "not-found"
    );
    assert!(bench.auth.list_api_tokens(&ctx).await.unwrap().is_empty());
    assert_eq!(bench.audited(Event::ApiTokenCreated.as_str()).await, 1);
    assert_eq!(bench.audited(Event::ApiTokenRevoked.as_str()).await, 1);
}

#[tokio::test]
async fn tokens_manage_neither_tokens_nor_sessions() {
    let (bench, tokens, _) = start(Role::Admin).await;
    let script = bench
        .nobody()
        .with_credential(bench.db.api_token(tokens.account, &Scopes::all()).await);
    let (auth, id) = (&bench.auth, bench.nobody().new_id());
    let results = [
        auth.create_api_token(&script, reader("more")).await.map(drop),
        auth.list_api_tokens(&script).await.map(drop),
        auth.revoke_api_token(&script, id).await,
        auth.list_sessions(&script).await.map(drop),
        auth.revoke_session(&script, tokens.session).await,
        auth.logout(&script, None).await,
        auth.logout_all(&script).await.map(drop),
    ];
    for (number, result) in results.into_iter().enumerate() {
        assert_eq!(code(result), "insufficient-scope", "call {number}");
    }
}

#[tokio::test]
async fn an_old_sign_in_makes_no_tokens() {
    let (bench, _, ctx) = start(Role::User).await;
    let age = "UPDATE auth.sessions SET authenticated_at = now() - interval '11 minutes'";
    bench.db.superuser().await.batch_execute(age).await.unwrap();
    assert_eq!(
        code(bench.auth.create_api_token(&ctx, reader("late")).await),
        "reauthentication-required"
    );
    assert!(bench.auth.list_api_tokens(&ctx).await.unwrap().is_empty());
}

#[tokio::test]
async fn twenty_tokens_are_enough_however_fast_one_asks() {
    let (bench, _, ctx) = start(Role::User).await;
    let attempts = (0..25).map(|number| {
        let (bench, ctx) = (&bench, &ctx);
        async move {
            code(
                bench
                    .auth
                    .create_api_token(ctx, reader(&format!("n{number}")))
                    .await,
            )
        }
    });
    let codes = futures_util::future::join_all(attempts).await;
    assert_eq!(codes.iter().filter(|code| **code == "none").count(), 20);
    assert_eq!(codes.iter().filter(|code| **code == "conflict").count(), 5);
}

#[tokio::test]
async fn fields_that_will_not_do_are_named() {
    let (bench, tokens, ctx) = start(Role::User).await;
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
        let error = bench.auth.create_api_token(&ctx, case.clone()).await.unwrap_err();
        assert_eq!(error.code(), "validation-failed");
        assert_eq!(error.fields()[0].field, field, "{case:?}");
    }
    // An administrator's token may carry the scope, and the command line may make one for anybody.
    let tx = bench.db.db().begin_system().await.unwrap();
    let admin = NewApiToken {
        scopes: Scopes::new([Scope::Admin]),
        ..reader("ops")
    };
    bench
        .auth
        .issue_api_token_in(&tx, &bench.nobody(), tokens.account, Role::Admin, admin)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.auth.list_api_tokens(&ctx).await.unwrap().len(), 1);
}
