//! Inserts accounts and credentials directly into the tables.
use super::{TestDb, new_uuid};
use infravault_kernel::{AccountId, Clock, Credential, Id, Role, Scopes, SessionId};
use time::Duration;
use uuid::Uuid;

/// The quota of a seeded account: 1 GiB.
pub const QUOTA_BYTES: i64 = 1 << 30;

impl TestDb {
    /// Inserts an active account with the role `USER`, the email `<name>@example.com` and a quota of [`QUOTA_BYTES`].
    pub async fn account(&self, name: &str) -> AccountId {
        self.account_as(name, Role::User).await
    }

    /// Inserts an active account with a role.
    pub async fn account_as(&self, name: &str, role: Role) -> AccountId {
        let id = new_uuid(&self.log);
        let statement = "INSERT INTO users.accounts (id, email, display_name, role, quota_bytes) \
                         VALUES ($1, $2, $3, ($4::text)::users.role, $5)";
        let email = format!("{name}@example.com");
        let inserted = self
            .superuser()
            .await
            .execute(statement, &[&id, &email, &name, &role.as_str(), &QUOTA_BYTES])
            .await;
        inserted.unwrap_or_else(|error| panic!("cannot insert the account {name}: {error:?}"));
        AccountId::from_uuid(id)
    }

    /// Inserts a valid session of the account.
    pub async fn session(&self, account: AccountId) -> Credential {
        let id = new_uuid(&self.log);
        let now = Clock::System.now();
        let statement = "INSERT INTO auth.sessions (id, account_id, provider, idle_expires_at, expires_at) \
                         VALUES ($1, $2, 'test', $3, $4)";
        let (idle, end) = (now + Duration::days(7), now + Duration::days(30));
        let inserted = self
            .superuser()
            .await
            .execute(statement, &[&id, &account.uuid(), &idle, &end])
            .await;
        inserted.unwrap_or_else(|error| panic!("cannot insert a session of {account}: {error:?}"));
        Credential::Session {
            session: SessionId::from_uuid(id),
            account,
        }
    }

    /// Inserts a valid API token of the account with these scopes. Only its hash is known, not its text.
    pub async fn api_token(&self, account: AccountId, scopes: &Scopes) -> Credential {
        let ctx = self.ctx(Credential::System);
        let (id, hash): (Uuid, [u8; 32]) = (new_uuid(&self.log), ctx.random());
        let statement = "INSERT INTO auth.api_tokens (id, account_id, name, hash, scopes, expires_at) \
                         VALUES ($1, $2, 'test', $3, $4, $5)";
        let (scopes, end) = (scopes.to_string(), ctx.now() + Duration::days(90));
        let inserted = self
            .superuser()
            .await
            .execute(
                statement,
                &[&id, &account.uuid(), &hash.as_slice(), &scopes, &end],
            )
            .await;
        inserted.unwrap_or_else(|error| panic!("cannot insert a token of {account}: {error:?}"));
        Credential::ApiToken { hash }
    }

    pub async fn suspend(&self, account: AccountId) {
        let statement = "UPDATE users.accounts SET state = 'suspended' WHERE id = $1";
        let updated = self
            .superuser()
            .await
            .execute(statement, &[&account.uuid()])
            .await;
        assert_eq!(updated.ok(), Some(1), "the account {account} can be suspended");
    }

    /// Sets the quota of the account.
    pub async fn set_quota(&self, account: AccountId, bytes: i64) {
        let statement = "UPDATE users.accounts SET quota_bytes = $2 WHERE id = $1";
        let updated = self
            .superuser()
            .await
            .execute(statement, &[&account.uuid(), &bytes])
            .await;
        assert_eq!(updated.ok(), Some(1), "the quota of {account} can be changed");
    }
}
