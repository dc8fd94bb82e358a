//! Changes of role, state and quota: permissions, protected administrators, immediate effect.
use crate::users;
use infravault_db::Tx;
use infravault_kernel::{Actor, Ctx, DomainError, Role};
use infravault_testkit::db::TestDb;
use infravault_users::{AccountChange, AccountState, QuotaBytes};

const DEMOTE: AccountChange = AccountChange {
    role: Some(Role::User),
    state: None,
    quota_bytes: None,
};
const SUSPEND: AccountChange = AccountChange {
    role: None,
    state: Some(AccountState::Suspended),
    quota_bytes: None,
};

async fn begin(db: &TestDb, ctx: &Ctx) -> (Tx, Actor) {
    db.db().begin(ctx).await.unwrap()
}

#[tokio::test]
async fn change_applies_to_the_next_request() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let ada = db.ctx(db.session(db.account_as("ada", Role::Admin).await).await);
    let bob_id = db.account("bob").await;
    let bob = db.ctx(db.session(bob_id).await);

    let change = AccountChange {
        role: Some(Role::Moderator),
        quota_bytes: Some(QuotaBytes::parse(7).unwrap()),
        ..AccountChange::default()
    };
    let (tx, actor) = begin(&db, &ada).await;
    let changed = users
        .change_account_in(&ada, &tx, &actor, bob_id, &change, Some(1))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(changed.role(), Some((Role::User, Role::Moderator)));
    assert_eq!(
        (changed.state(), changed.quota_bytes()),
        (None, Some((infravault_testkit::db::QUOTA_BYTES, 7)))
    );
    let (_, actor) = begin(&db, &bob).await;
    let principal = actor.require_principal().unwrap();
    assert_eq!((principal.role, principal.quota_bytes), (Role::Moderator, 7));

    let (tx, actor) = begin(&db, &ada).await;
    let stale = users
        .change_account_in(&ada, &tx, &actor, bob_id, &SUSPEND, Some(1))
        .await
        .unwrap_err();
    assert_eq!(stale.code(), "precondition-failed");
    let changed = users
        .change_account_in(&ada, &tx, &actor, bob_id, &SUSPEND, Some(2))
        .await
        .unwrap();
    assert_eq!(changed.state(), Some(AccountState::Suspended));
    tx.commit().await.unwrap();
    let error = db.db().begin(&bob).await.unwrap_err();
    assert_eq!(error.code(), "account-suspended");

    let (tx, actor) = begin(&db, &ada).await;
    let activate = AccountChange {
        state: Some(AccountState::Active),
        ..AccountChange::default()
    };
    users
        .change_account_in(&ada, &tx, &actor, bob_id, &activate, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    begin(&db, &bob).await;
}

#[tokio::test]
async fn only_administrators_change_accounts_and_not_their_own_role() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let ada_id = db.account_as("ada", Role::Admin).await;
    db.account_as("zoe", Role::Admin).await;
    let bob_id = db.account("bob").await;
    let ada = db.ctx(db.session(ada_id).await);
    let bob = db.ctx(db.session(bob_id).await);
    let moderator = db.ctx(db.session(db.account_as("mod", Role::Moderator).await).await);
    let promote = AccountChange {
        role: Some(Role::Admin),
        ..AccountChange::default()
    };
    let quota = AccountChange {
        quota_bytes: Some(QuotaBytes::parse(1).unwrap()),
        ..AccountChange::default()
    };
    let cases = [
        (&bob, bob_id, promote, Some("forbidden")),
        (&bob, bob_id, quota, Some("forbidden")),
        (&moderator, bob_id, SUSPEND, Some("forbidden")),
        (&ada, ada_id, DEMOTE, Some("forbidden")),
        (&ada, ada_id, SUSPEND, Some("forbidden")),
        (&ada, ada_id, promote, None),
        (&ada, ada_id, quota, None),
        (&ada, ada.new_id(), quota, Some("not-found")),
    ];
    for (ctx, id, change, expected) in cases {
        let (tx, actor) = begin(&db, ctx).await;
        let found = users
            .change_account_in(ctx, &tx, &actor, id, &change, None)
            .await
            .err();
        assert_eq!(found.as_ref().map(DomainError::code), expected, "{change:?}");
    }
}

#[tokio::test]
async fn two_administrators_cannot_demote_each_other() {
    let db = TestDb::new().await;
    let users = users(&db, &[]);
    let (ada_id, bob_id) = (
        db.account_as("ada", Role::Admin).await,
        db.account_as("bob", Role::Admin).await,
    );
    let (ada, bob) = (db.ctx(db.session(ada_id).await), db.ctx(db.session(bob_id).await));
    let (first, ada_actor) = begin(&db, &ada).await;
    let (second, bob_actor) = begin(&db, &bob).await;
    users
        .change_account_in(&ada, &first, &ada_actor, bob_id, &DEMOTE, None)
        .await
        .unwrap();
    // Bob's transaction began as an administrator; it waits for the lock of Ada's.
    let blocked = users.change_account_in(&bob, &second, &bob_actor, ada_id, &SUSPEND, None);
    let (blocked, committed) = tokio::join!(blocked, first.commit());
    committed.unwrap();
    assert_eq!(blocked.unwrap_err().code(), "last-administrator");
}
