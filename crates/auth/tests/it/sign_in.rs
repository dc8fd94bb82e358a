//! Sign-in: accepted and rejected callbacks, and unavailable providers.
use crate::setup::{Setup, code};
use infravault_auth::{Callback, SignInOptions};
use infravault_kernel::{DomainError, Secret};
use infravault_testkit::issuer::IssuerDefect;
use std::time::Duration as Wait;
use time::Duration;

const COUNT_SIGN_INS: &str = "SELECT count(*) FROM auth.sign_ins";

#[tokio::test]
async fn callback_yields_the_verified_identity_once() {
    let setup = Setup::new().await;
    setup.issuer.set_display_name("dora@example.com", "Dora Doe");
    let options = SignInOptions {
        return_to: "/gallery".parse().unwrap(),
        login_hint: Some("dora@example.com".to_owned()),
        current_refresh: None,
    };
    let callback = setup.request_callback_with(options).await;
    assert_eq!(setup.count(COUNT_SIGN_INS).await, 1);
    let identity = setup.verify(&callback).await.unwrap();
    assert_eq!(
        (identity.issuer.as_str(), identity.provider.as_str()),
        (setup.issuer.url(), "dev")
    );
    assert_eq!(identity.subject, setup.issuer.subject("dora@example.com"));
    assert_eq!(
        (identity.email.as_str(), identity.name.as_deref()),
        ("dora@example.com", Some("Dora Doe"))
    );
    assert_eq!(identity.return_to.as_str(), "/gallery");
    assert_eq!(setup.count(COUNT_SIGN_INS).await, 0, "the sign-in is deleted");
    assert_eq!(code(setup.verify(&callback).await), "sign-in-failed", "replay");
}

#[tokio::test]
async fn invalid_provider_responses_are_rejected_with_the_same_error() {
    let setup = Setup::new().await;
    let mut details = Vec::new();
    for defect in IssuerDefect::TOKEN_DEFECTS {
        setup.issuer.inject_defect(defect.clone());
        let Err(error) = setup.sign_in("alice@example.com").await else {
            panic!("{defect:?} was accepted");
        };
        assert!(setup.issuer.is_defect_free(), "{defect:?} was not used");
        if defect == IssuerDefect::TokenError {
            assert_eq!(error.code(), "sign-in-unavailable");
            continue;
        }
        assert_eq!(error.code(), "sign-in-failed", "{defect:?}");
        details.push(error.detail());
    }
    details.dedup();
    assert_eq!(details.len(), 1, "the reason is only in the audit trail");
    let reasons = "SELECT count(DISTINCT detail->>'reason') FROM auth.audit WHERE event = 'sign_in_failed'";
    assert!(setup.count(reasons).await >= 8);
    assert!(setup.sign_in("alice@example.com").await.is_ok(), "recovers");
}

#[tokio::test]
async fn callback_in_another_browser_is_rejected() {
    let setup = Setup::new().await;
    let own = setup.request_callback("alice@example.com").await;
    let other = setup.request_callback("mallory@example.com").await;
    let crossed = Callback {
        transaction: own.transaction.clone(),
        ..other.clone()
    };
    // The crossed callback invalidates both sign-ins.
    for callback in [&crossed, &own, &other] {
        assert_eq!(code(setup.verify(callback).await), "sign-in-failed");
    }
    assert_eq!(setup.count(COUNT_SIGN_INS).await, 0);
}

#[tokio::test]
async fn malformed_and_expired_callbacks_are_rejected() {
    type Change = fn(&mut Callback);
    let setup = Setup::new().await;
    let changes: [(&str, Change); 8] = [
        ("no cookie", |callback| callback.transaction = None),
        ("a malformed cookie", |callback| {
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
    for (case, change) in changes {
        let mut callback = setup.request_callback("alice@example.com").await;
        change(&mut callback);
        assert_eq!(code(setup.verify(&callback).await), "sign-in-failed", "{case}");
    }
    let expired = setup.request_callback("alice@example.com").await;
    let ctx = setup.later(Duration::minutes(11));
    let verified = setup.auth.verify_callback(&ctx, &expired).await;
    assert_eq!(code(verified), "sign-in-failed", "expired");
}

#[tokio::test]
async fn unavailable_and_slow_providers_return_sign_in_unavailable() {
    let setup = Setup::new().await;
    setup.issuer.inject_defect(IssuerDefect::DiscoveryDown);
    let begin = async |by| {
        let ctx = setup.later(by);
        code(
            setup
                .auth
                .begin_sign_in(&ctx, "dev", SignInOptions::default())
                .await,
        )
    };
    assert_eq!(begin(Duration::ZERO).await, "sign-in-unavailable");
    setup.issuer.clear_defect();
    assert_eq!(
        begin(Duration::ZERO).await,
        "sign-in-unavailable",
        "the error is cached for two seconds"
    );
    assert_eq!(begin(Duration::seconds(3)).await, "none");
    setup.issuer.inject_defect(IssuerDefect::DiscoveryDown);
    assert_eq!(
        begin(Duration::minutes(59)).await,
        "none",
        "the metadata is cached for an hour"
    );
    assert_eq!(begin(Duration::minutes(61)).await, "sign-in-unavailable");
    setup
        .issuer
        .inject_defect(IssuerDefect::TokenSlow(Wait::from_secs(2)));
    let signed_in = setup.sign_in("alice@example.com").await;
    assert_eq!(code(signed_in), "sign-in-unavailable");
    let (ctx, options) = (setup.anonymous(), SignInOptions::default());
    let unknown = setup.auth.begin_sign_in(&ctx, "other", options).await;
    assert_eq!(code(unknown), "not-found");
}

#[tokio::test]
async fn identity_is_issuer_and_subject() {
    let setup = Setup::new().await;
    let identity = setup.sign_in("alice@example.com").await.unwrap();
    let account = setup.db.account("alice").await;
    let (auth, ctx) = (&setup.auth, setup.anonymous());
    let tx = setup.db.db().begin_system().await.unwrap();
    assert_eq!(auth.find_identity_in(&tx, &ctx, &identity).await.unwrap(), None);
    auth.link_identity_in(&tx, &ctx, &identity, account)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let tx = setup.db.db().begin_system().await.unwrap();
    let found = auth.find_identity_in(&tx, &ctx, &identity).await.unwrap();
    assert_eq!(found, Some(account));
    setup.issuer.inject_defect(IssuerDefect::OtherSubject);
    let other = setup.sign_in("alice@example.com").await.unwrap();
    assert_eq!(other.email, identity.email);
    assert_eq!(auth.find_identity_in(&tx, &ctx, &other).await.unwrap(), None);
}

#[tokio::test]
async fn expired_sign_ins_are_deleted() {
    let setup = Setup::new().await;
    setup.request_callback("alice@example.com").await;
    let delete_expired = async |ctx| setup.auth.delete_expired(&ctx).await.unwrap();
    assert_eq!(delete_expired(setup.anonymous()).await, 0);
    assert_eq!(delete_expired(setup.later(Duration::minutes(11))).await, 1);
}
