//! Sign-in: what is accepted, what is refused, and that refusals say nothing.
use super::{Bench, code};
use infravault_auth::{Callback, NewSignIn};
use infravault_kernel::{DomainError, Secret};
use infravault_testkit::issuer::IssuerDefect;
use std::time::Duration as Wait;
use time::Duration;

#[tokio::test]
async fn the_issuer_says_who_it_is() {
    let bench = Bench::new().await;
    bench.issuer.set_display_name("dora@example.com", "Dora Doe");
    let new = NewSignIn {
        return_to: "/gallery".parse().unwrap(),
        login_hint: Some("dora@example.com".to_owned()),
        earlier: None,
    };
    let callback = bench.go_with(new).await;
    assert_eq!(bench.count("SELECT count(*) FROM auth.sign_ins").await, 1);
    let identity = bench
        .auth
        .verify_callback(&bench.nobody(), &callback)
        .await
        .unwrap();
    assert_eq!(
        (identity.issuer.as_str(), identity.provider.as_str()),
        (bench.issuer.url(), "dev")
    );
    assert_eq!(identity.subject, bench.issuer.subject("dora@example.com"));
    assert_eq!(
        (identity.email.as_str(), identity.name.as_deref()),
        ("dora@example.com", Some("Dora Doe"))
    );
    assert_eq!(identity.return_to.as_str(), "/gallery");
    assert_eq!(
        bench.count("SELECT count(*) FROM auth.sign_ins").await,
        0,
        "used up"
    );
    // The same callback again.
    assert_eq!(
        code(bench.auth.verify_callback(&bench.nobody(), &callback).await),
        "sign-in-failed"
    );
}

#[tokio::test]
async fn every_lie_is_refused_alike() {
    let bench = Bench::new().await;
    let mut details = Vec::new();
    for lie in IssuerDefect::TOKEN_DEFECTS {
        bench.issuer.inject_defect(lie.clone());
        let Err(error) = bench.identity("alice@example.com").await else {
            panic!("{lie:?} was believed");
        };
        assert!(bench.issuer.is_defect_free(), "{lie:?} was not told");
        if lie == IssuerDefect::TokenError {
            assert_eq!(error.code(), "sign-in-unavailable");
            continue;
        }
        assert_eq!(error.code(), "sign-in-failed", "{lie:?}");
        details.push(error.detail());
    }
    details.dedup();
    assert_eq!(details.len(), 1, "the reason is in the audit trail only");
    let reasons = "SELECT count(DISTINCT detail->>'reason') FROM auth.audit WHERE event = 'sign_in_failed'";
    assert!(bench.count(reasons).await >= 8);
    // Nothing about these lies stays.
    assert!(bench.identity("alice@example.com").await.is_ok());
}

#[tokio::test]
async fn a_callback_belongs_to_the_browser_that_started() {
    let bench = Bench::new().await;
    let (own, other) = (
        bench.go("alice@example.com").await,
        bench.go("mallory@example.com").await,
    );
    let crossed = Callback {
        transaction: own.transaction.clone(),
        ..other.clone()
    };
    assert_eq!(
        code(bench.auth.verify_callback(&bench.nobody(), &crossed).await),
        "sign-in-failed"
    );
    // Both are used up by that: neither the own nor the other one works any more.
    assert_eq!(
        code(bench.auth.verify_callback(&bench.nobody(), &own).await),
        "sign-in-failed"
    );
    assert_eq!(
        code(bench.auth.verify_callback(&bench.nobody(), &other).await),
        "sign-in-failed"
    );
    assert_eq!(bench.count("SELECT count(*) FROM auth.sign_ins").await, 0);
}

#[tokio::test]
async fn callbacks_that_are_not_right_are_refused() {
    type Change = fn(&mut Callback);
    let bench = Bench::new().await;
    let changes: [(&str, Change); 8] = [
        ("no cookie", |callback| callback.transaction = None),
        ("a cookie that cannot be one", |callback| {
            callback.transaction = Some(Secret::new("x\0".to_owned()));
        }),
        ("no state", |callback| callback.state = None),
        ("an empty state", |callback| callback.state = Some(String::new())),
        ("a state with NUL", |callback| {
            callback.state = Some("\0".to_owned());
        }),
        ("another issuer", |callback| {
            callback.issuer = Some("https://evil.example".to_owned());
        }),
        ("an error", |callback| {
            callback.error = Some("access_denied<script>".to_owned());
        }),
        ("no code", |callback| callback.code = None),
    ];
    for (what, change) in changes {
        let mut callback = bench.go("alice@example.com").await;
        change(&mut callback);
        assert_eq!(
            code(bench.auth.verify_callback(&bench.nobody(), &callback).await),
            "sign-in-failed",
            "{what}"
        );
    }
    let late = bench.go("alice@example.com").await;
    let ctx = bench.later(Duration::minutes(11));
    assert_eq!(
        code(bench.auth.verify_callback(&ctx, &late).await),
        "sign-in-failed",
        "too late"
    );
}

#[tokio::test]
async fn a_provider_that_is_down_or_slow_is_not_the_persons_fault() {
    let bench = Bench::new().await;
    bench.issuer.inject_defect(IssuerDefect::DiscoveryDown);
    let begin = async |by| {
        bench
            .auth
            .begin_sign_in(&bench.later(by), "dev", NewSignIn::default())
            .await
    };
    assert_eq!(code(begin(Duration::ZERO).await), "sign-in-unavailable");
    bench.issuer.clear_defect();
    assert_eq!(
        code(begin(Duration::ZERO).await),
        "sign-in-unavailable",
        "left alone for a moment"
    );
    assert_eq!(code(begin(Duration::seconds(3)).await), "none");
    bench.issuer.inject_defect(IssuerDefect::DiscoveryDown);
    assert_eq!(
        code(begin(Duration::minutes(59)).await),
        "none",
        "known for an hour"
    );
    assert_eq!(code(begin(Duration::minutes(61)).await), "sign-in-unavailable");
    bench
        .issuer
        .inject_defect(IssuerDefect::TokenSlow(Wait::from_secs(2)));
    assert_eq!(
        code(bench.identity("alice@example.com").await),
        "sign-in-unavailable"
    );
    assert_eq!(
        code(
            bench
                .auth
                .begin_sign_in(&bench.nobody(), "other", NewSignIn::default())
                .await
        ),
        "not-found"
    );
}

#[tokio::test]
async fn an_identity_is_issuer_and_subject() {
    let bench = Bench::new().await;
    let identity = bench.identity("alice@example.com").await.unwrap();
    let account = bench.db.account("alice").await;
    let tx = bench.db.db().begin_system().await.unwrap();
    let ctx = bench.nobody();
    assert_eq!(
        bench.auth.find_identity_in(&tx, &ctx, &identity).await.unwrap(),
        None
    );
    bench
        .auth
        .link_identity_in(&tx, &ctx, &identity, account)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let tx = bench.db.db().begin_system().await.unwrap();
    assert_eq!(
        bench.auth.find_identity_in(&tx, &ctx, &identity).await.unwrap(),
        Some(account)
    );
    bench.issuer.inject_defect(IssuerDefect::OtherSubject);
    let other = bench.identity("alice@example.com").await.unwrap();
    assert_eq!(other.email, identity.email);
    assert_eq!(
        bench.auth.find_identity_in(&tx, &ctx, &other).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn what_was_never_finished_is_removed() {
    let bench = Bench::new().await;
    bench.go("alice@example.com").await;
    assert_eq!(bench.auth.tidy_up(&bench.nobody()).await.unwrap(), 0);
    assert_eq!(
        bench
            .auth
            .tidy_up(&bench.later(Duration::minutes(11)))
            .await
            .unwrap(),
        1
    );
}
