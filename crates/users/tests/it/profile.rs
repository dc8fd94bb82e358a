//! The caller's profile: permissions, replacement, versions.
use crate::users;
use infravault_kernel::{Credential, DomainError, Scope, Scopes};
use infravault_testkit::db::TestDb;
use infravault_users::NewProfile;
use serde_json::{Map, json};

fn profile(name: &str) -> NewProfile {
    let preferences = json!({ "theme": "dark", "sizes": [1, 2.5, 1e10] });
    NewProfile::parse(name, "de-CH", preferences.as_object().unwrap().clone(), None).unwrap()
}

#[tokio::test]
async fn profile_is_replaced_completely() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let ada = db.account("ada").await;
    let ctx = db.ctx(db.session(ada).await);
    let before = users.get_profile(&ctx).await.unwrap();
    assert_eq!(
        (before.id, before.display_name.as_str(), before.version),
        (ada, "ada", 1)
    );

    let after = users
        .replace_profile(&ctx, &profile("Ada"), Some(1))
        .await
        .unwrap();
    assert_eq!(
        (after.display_name.as_str(), after.locale.as_str(), after.version),
        ("Ada", "de-CH", 2)
    );
    assert_eq!(after.preferences.as_object()["theme"], "dark");
    assert_eq!(users.get_profile(&ctx).await.unwrap(), after);

    let error = users
        .replace_profile(&ctx, &profile("Eve"), Some(1))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "precondition-failed");
    assert_eq!(users.get_profile(&ctx).await.unwrap(), after, "nothing changed");
    let empty = NewProfile::parse("Ada", "en", Map::new(), None).unwrap();
    let last = users.replace_profile(&ctx, &empty, None).await.unwrap();
    assert!(last.preferences.as_object().is_empty() && last.version == 3);
}

#[tokio::test]
async fn preferences_that_exceed_the_limit_in_jsonb_are_rejected() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let ctx = db.ctx(db.session(db.account("ada").await).await);
    let preferences = json!({ "large": vec![1e-20; 1_200] });
    let profile = NewProfile::parse("Ada", "en", preferences.as_object().unwrap().clone(), None).unwrap();
    let error = users.replace_profile(&ctx, &profile, None).await.unwrap_err();
    assert_eq!(
        (error.code(), error.fields()[0].field.as_str()),
        ("validation-failed", "preferences")
    );
}

#[tokio::test]
async fn access_depends_on_the_credential() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let ada = db.account("ada").await;
    let reader = db.api_token(ada, &Scopes::new([Scope::ProfileRead])).await;
    let writer = db.api_token(ada, &Scopes::new([Scope::ProfileWrite])).await;
    let other = db.api_token(ada, &Scopes::new([Scope::ImagesRead])).await;
    let session = db.session(ada).await;
    let forged = Credential::Session {
        session: match session {
            Credential::Session { session, .. } => session,
            _ => unreachable!(),
        },
        account: db.account("eve").await,
    };
    let cases = [
        (
            Credential::Anonymous,
            Some("authentication-required"),
            Some("authentication-required"),
        ),
        (session, None, None),
        (reader, None, Some("insufficient-scope")),
        (writer, Some("insufficient-scope"), None),
        (other, Some("insufficient-scope"), Some("insufficient-scope")),
        (forged, Some("session-expired"), Some("session-expired")),
    ];
    for (credential, reading, writing) in cases {
        let ctx = db.ctx(credential.clone());
        let found = users.get_profile(&ctx).await.err();
        assert_eq!(found.as_ref().map(DomainError::code), reading, "{credential:?}");
        let found = users.replace_profile(&ctx, &profile("Ada"), None).await.err();
        assert_eq!(found.as_ref().map(DomainError::code), writing, "{credential:?}");
    }
    let session = db.session(ada).await;
    db.suspend(ada).await;
    let error = users.get_profile(&db.ctx(session)).await.unwrap_err();
    assert_eq!(error.code(), "account-suspended");
}
