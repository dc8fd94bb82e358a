// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct AddAccountParams<T1: crate::StringSql, T2: crate::StringSql> {
    pub id: uuid::Uuid,
    pub email: T1,
    pub display_name: T2,
    pub quota_bytes: i64,
    pub now: time::OffsetDateTime,
}
#[derive(Debug)]
pub struct ReplaceProfileParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::JsonSql> {
    pub display_name: T1,
    pub locale: T2,
    pub preferences: T3,
    pub avatar_image_id: Option<uuid::Uuid>,
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
    pub expected_version: Option<i32>,
}
#[derive(Clone, Copy, Debug)]
pub struct ChangeAccountParams {
    pub role: crate::types::users::Role,
    pub state: crate::types::users::AccountState,
    pub quota_bytes: i64,
    pub now: time::OffsetDateTime,
    pub id: uuid::Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct ListAccountsParams {
    pub before: time::OffsetDateTime,
    pub before_id: uuid::Uuid,
    pub created_before: time::OffsetDateTime,
    pub created_after: time::OffsetDateTime,
    pub role: Option<crate::types::users::Role>,
    pub state: Option<crate::types::users::AccountState>,
    pub limit: i64,
}
#[derive(Debug)]
pub struct SearchAccountsParams<T1: crate::StringSql> {
    pub pattern: T1,
    pub before: time::OffsetDateTime,
    pub before_id: uuid::Uuid,
    pub created_before: time::OffsetDateTime,
    pub created_after: time::OffsetDateTime,
    pub role: Option<crate::types::users::Role>,
    pub state: Option<crate::types::users::AccountState>,
    pub limit: i64,
}
#[derive(Debug, Clone, PartialEq)]
pub struct AccountRow {
    pub id: uuid::Uuid,
    pub email: String,
    pub display_name: String,
    pub locale: String,
    pub preferences: serde_json::Value,
    pub avatar_image_id: Option<uuid::Uuid>,
    pub role: crate::types::users::Role,
    pub state: crate::types::users::AccountState,
    pub quota_bytes: i64,
    pub version: i32,
    pub created_at: time::OffsetDateTime,
    pub updated_at: time::OffsetDateTime,
}
pub struct AccountRowBorrowed<'a> {
    pub id: uuid::Uuid,
    pub email: &'a str,
    pub display_name: &'a str,
    pub locale: &'a str,
    pub preferences: postgres_types::Json<&'a serde_json::value::RawValue>,
    pub avatar_image_id: Option<uuid::Uuid>,
    pub role: crate::types::users::Role,
    pub state: crate::types::users::AccountState,
    pub quota_bytes: i64,
    pub version: i32,
    pub created_at: time::OffsetDateTime,
    pub updated_at: time::OffsetDateTime,
}
impl<'a> From<AccountRowBorrowed<'a>> for AccountRow {
    fn from(
        AccountRowBorrowed {
            id,
            email,
            display_name,
            locale,
            preferences,
            avatar_image_id,
            role,
            state,
            quota_bytes,
            version,
            created_at,
            updated_at,
        }: AccountRowBorrowed<'a>,
    ) -> Self {
        Self {
            id,
            email: email.into(),
            display_name: display_name.into(),
            locale: locale.into(),
            preferences: serde_json::from_str(preferences.0.get()).unwrap(),
            avatar_image_id,
            role,
            state,
            quota_bytes,
            version,
            created_at,
            updated_at,
        }
    }
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct AccountRowQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<AccountRowBorrowed, tokio_postgres::Error>,
    mapper: fn(AccountRowBorrowed) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> AccountRowQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(
        self,
        mapper: fn(AccountRowBorrowed) -> R,
    ) -> AccountRowQuery<'c, 'a, 's, C, R, N> {
        AccountRowQuery {
            client: self.client,
            params: self.params,
            query: self.query,
            cached: self.cached,
            extractor: self.extractor,
            mapper,
        }
    }
    pub async fn one(self) -> Result<T, tokio_postgres::Error> {
        let row =
            crate::client::async_::one(self.client, self.query, &self.params, self.cached).await?;
        Ok((self.mapper)((self.extractor)(&row)?))
    }
    pub async fn all(self) -> Result<Vec<T>, tokio_postgres::Error> {
        self.iter().await?.try_collect().await
    }
    pub async fn opt(self) -> Result<Option<T>, tokio_postgres::Error> {
        let opt_row =
            crate::client::async_::opt(self.client, self.query, &self.params, self.cached).await?;
        Ok(opt_row
            .map(|row| {
                let extracted = (self.extractor)(&row)?;
                Ok((self.mapper)(extracted))
            })
            .transpose()?)
    }
    pub async fn iter(
        self,
    ) -> Result<
        impl futures::Stream<Item = Result<T, tokio_postgres::Error>> + 'c,
        tokio_postgres::Error,
    > {
        let stream = crate::client::async_::raw(
            self.client,
            self.query,
            crate::slice_iter(&self.params),
            self.cached,
        )
        .await?;
        let mapped = stream
            .map(move |res| {
                res.and_then(|row| {
                    let extracted = (self.extractor)(&row)?;
                    Ok((self.mapper)(extracted))
                })
            })
            .into_stream();
        Ok(mapped)
    }
}
pub struct UuidUuidQuery<'c, 'a, 's, C: GenericClient, T, const N: usize> {
    client: &'c C,
    params: [&'a (dyn postgres_types::ToSql + Sync); N],
    query: &'static str,
    cached: Option<&'s tokio_postgres::Statement>,
    extractor: fn(&tokio_postgres::Row) -> Result<uuid::Uuid, tokio_postgres::Error>,
    mapper: fn(uuid::Uuid) -> T,
}
impl<'c, 'a, 's, C, T: 'c, const N: usize> UuidUuidQuery<'c, 'a, 's, C, T, N>
where
    C: GenericClient,
{
    pub fn map<R>(self, mapper: fn(uuid::Uuid) -> R) -> UuidUuidQuery<'c, 'a, 's, C, R, N> {
        UuidUuidQuery {
            client: self.client,
            params: self.params,
            query: self.query,
            cached: self.cached,
            extractor: self.extractor,
            mapper,
        }
    }
    pub async fn one(self) -> Result<T, tokio_postgres::Error> {
        let row =
            crate::client::async_::one(self.client, self.query, &self.params, self.cached).await?;
        Ok((self.mapper)((self.extractor)(&row)?))
    }
    pub async fn all(self) -> Result<Vec<T>, tokio_postgres::Error> {
        self.iter().await?.try_collect().await
    }
    pub async fn opt(self) -> Result<Option<T>, tokio_postgres::Error> {
        let opt_row =
            crate::client::async_::opt(self.client, self.query, &self.params, self.cached).await?;
        Ok(opt_row
            .map(|row| {
                let extracted = (self.extractor)(&row)?;
                Ok((self.mapper)(extracted))
            })
            .transpose()?)
    }
    pub async fn iter(
        self,
    ) -> Result<
        impl futures::Stream<Item = Result<T, tokio_postgres::Error>> + 'c,
        tokio_postgres::Error,
    > {
        let stream = crate::client::async_::raw(
            self.client,
            self.query,
            crate::slice_iter(&self.params),
            self.cached,
        )
        .await?;
        let mapped = stream
            .map(move |res| {
                res.and_then(|row| {
                    let extracted = (self.extractor)(&row)?;
                    Ok((self.mapper)(extracted))
                })
            })
            .into_stream();
        Ok(mapped)
    }
}
pub struct AddAccountStmt(&'static str, Option<tokio_postgres::Statement>);
/// Add an account.
pub fn add_account() -> AddAccountStmt {
    AddAccountStmt(
        "INSERT INTO users.accounts (id, email, display_name, quota_bytes, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)",
        None,
    )
}
impl AddAccountStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql>(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
        email: &'a T1,
        display_name: &'a T2,
        quota_bytes: &'a i64,
        now: &'a time::OffsetDateTime,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(self.0, &[id, email, display_name, quota_bytes, now])
            .await
    }
}
impl<'a, C: GenericClient + Send + Sync, T1: crate::StringSql, T2: crate::StringSql>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        AddAccountParams<T1, T2>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for AddAccountStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a AddAccountParams<T1, T2>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.email,
            &params.display_name,
            &params.quota_bytes,
            &params.now,
        ))
    }
}
pub struct FindAccountStmt(&'static str, Option<tokio_postgres::Statement>);
/// Find an account that is visible to the transaction.
pub fn find_account() -> FindAccountStmt {
    FindAccountStmt(
        "SELECT id, email, display_name, locale, preferences, avatar_image_id, role, state, quota_bytes, version, created_at, updated_at FROM users.accounts WHERE id = $1",
        None,
    )
}
impl FindAccountStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 1> {
        AccountRowQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<AccountRowBorrowed, tokio_postgres::Error> {
                    Ok(AccountRowBorrowed {
                        id: row.try_get(0)?,
                        email: row.try_get(1)?,
                        display_name: row.try_get(2)?,
                        locale: row.try_get(3)?,
                        preferences: row.try_get(4)?,
                        avatar_image_id: row.try_get(5)?,
                        role: row.try_get(6)?,
                        state: row.try_get(7)?,
                        quota_bytes: row.try_get(8)?,
                        version: row.try_get(9)?,
                        created_at: row.try_get(10)?,
                        updated_at: row.try_get(11)?,
                    })
                },
            mapper: |it| AccountRow::from(it),
        }
    }
}
pub struct FindAccountsByEmailStmt(&'static str, Option<tokio_postgres::Statement>);
/// Find the ids of the accounts with an e-mail address, ignoring case. E-mail addresses are not unique.
pub fn find_accounts_by_email() -> FindAccountsByEmailStmt {
    FindAccountsByEmailStmt(
        "SELECT id FROM users.accounts WHERE lower(email) = lower($1) ORDER BY id LIMIT 20",
        None,
    )
}
impl FindAccountsByEmailStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        email: &'a T1,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 1> {
        UuidUuidQuery {
            client,
            params: [email],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
pub struct ReplaceProfileStmt(&'static str, Option<tokio_postgres::Statement>);
/// Replace the profile of an account if it has the expected version.
pub fn replace_profile() -> ReplaceProfileStmt {
    ReplaceProfileStmt(
        "UPDATE users.accounts SET display_name = $1, locale = $2, preferences = $3, avatar_image_id = $4, version = version + 1, updated_at = $5 WHERE id = $6 AND ($7::integer IS NULL OR version = $7) RETURNING id, email, display_name, locale, preferences, avatar_image_id, role, state, quota_bytes, version, created_at, updated_at",
        None,
    )
}
impl ReplaceProfileStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<
        'c,
        'a,
        's,
        C: GenericClient,
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::JsonSql,
    >(
        &'s self,
        client: &'c C,
        display_name: &'a T1,
        locale: &'a T2,
        preferences: &'a T3,
        avatar_image_id: &'a Option<uuid::Uuid>,
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
        expected_version: &'a Option<i32>,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 7> {
        AccountRowQuery {
            client,
            params: [
                display_name,
                locale,
                preferences,
                avatar_image_id,
                now,
                id,
                expected_version,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<AccountRowBorrowed, tokio_postgres::Error> {
                    Ok(AccountRowBorrowed {
                        id: row.try_get(0)?,
                        email: row.try_get(1)?,
                        display_name: row.try_get(2)?,
                        locale: row.try_get(3)?,
                        preferences: row.try_get(4)?,
                        avatar_image_id: row.try_get(5)?,
                        role: row.try_get(6)?,
                        state: row.try_get(7)?,
                        quota_bytes: row.try_get(8)?,
                        version: row.try_get(9)?,
                        created_at: row.try_get(10)?,
                        updated_at: row.try_get(11)?,
                    })
                },
            mapper: |it| AccountRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql, T2: crate::StringSql, T3: crate::JsonSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ReplaceProfileParams<T1, T2, T3>,
        AccountRowQuery<'c, 'a, 's, C, AccountRow, 7>,
        C,
    > for ReplaceProfileStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ReplaceProfileParams<T1, T2, T3>,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 7> {
        self.bind(
            client,
            &params.display_name,
            &params.locale,
            &params.preferences,
            &params.avatar_image_id,
            &params.now,
            &params.id,
            &params.expected_version,
        )
    }
}
pub struct LockAccountStmt(&'static str, Option<tokio_postgres::Statement>);
/// Find an account and lock it until the transaction ends.
pub fn lock_account() -> LockAccountStmt {
    LockAccountStmt(
        "SELECT id, email, display_name, locale, preferences, avatar_image_id, role, state, quota_bytes, version, created_at, updated_at FROM users.accounts WHERE id = $1 FOR NO KEY UPDATE",
        None,
    )
}
impl LockAccountStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 1> {
        AccountRowQuery {
            client,
            params: [id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<AccountRowBorrowed, tokio_postgres::Error> {
                    Ok(AccountRowBorrowed {
                        id: row.try_get(0)?,
                        email: row.try_get(1)?,
                        display_name: row.try_get(2)?,
                        locale: row.try_get(3)?,
                        preferences: row.try_get(4)?,
                        avatar_image_id: row.try_get(5)?,
                        role: row.try_get(6)?,
                        state: row.try_get(7)?,
                        quota_bytes: row.try_get(8)?,
                        version: row.try_get(9)?,
                        created_at: row.try_get(10)?,
                        updated_at: row.try_get(11)?,
                    })
                },
            mapper: |it| AccountRow::from(it),
        }
    }
}
pub struct LockAdminsStmt(&'static str, Option<tokio_postgres::Statement>);
/// Lock the active administrators in the order of their ids, so that two of them cannot demote each other concurrently.
pub fn lock_admins() -> LockAdminsStmt {
    LockAdminsStmt(
        "SELECT id FROM users.accounts WHERE role = 'ADMIN' AND state = 'active' ORDER BY id FOR NO KEY UPDATE",
        None,
    )
}
impl LockAdminsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
    ) -> UuidUuidQuery<'c, 'a, 's, C, uuid::Uuid, 0> {
        UuidUuidQuery {
            client,
            params: [],
            query: self.0,
            cached: self.1.as_ref(),
            extractor: |row| Ok(row.try_get(0)?),
            mapper: |it| it,
        }
    }
}
pub struct ChangeAccountStmt(&'static str, Option<tokio_postgres::Statement>);
/// Set role, state and quota of an account.
pub fn change_account() -> ChangeAccountStmt {
    ChangeAccountStmt(
        "UPDATE users.accounts SET role = $1, state = $2, quota_bytes = $3, version = version + 1, updated_at = $4 WHERE id = $5 RETURNING id, email, display_name, locale, preferences, avatar_image_id, role, state, quota_bytes, version, created_at, updated_at",
        None,
    )
}
impl ChangeAccountStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        role: &'a crate::types::users::Role,
        state: &'a crate::types::users::AccountState,
        quota_bytes: &'a i64,
        now: &'a time::OffsetDateTime,
        id: &'a uuid::Uuid,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 5> {
        AccountRowQuery {
            client,
            params: [role, state, quota_bytes, now, id],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<AccountRowBorrowed, tokio_postgres::Error> {
                    Ok(AccountRowBorrowed {
                        id: row.try_get(0)?,
                        email: row.try_get(1)?,
                        display_name: row.try_get(2)?,
                        locale: row.try_get(3)?,
                        preferences: row.try_get(4)?,
                        avatar_image_id: row.try_get(5)?,
                        role: row.try_get(6)?,
                        state: row.try_get(7)?,
                        quota_bytes: row.try_get(8)?,
                        version: row.try_get(9)?,
                        created_at: row.try_get(10)?,
                        updated_at: row.try_get(11)?,
                    })
                },
            mapper: |it| AccountRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ChangeAccountParams,
        AccountRowQuery<'c, 'a, 's, C, AccountRow, 5>,
        C,
    > for ChangeAccountStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ChangeAccountParams,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 5> {
        self.bind(
            client,
            &params.role,
            &params.state,
            &params.quota_bytes,
            &params.now,
            &params.id,
        )
    }
}
pub struct ListAccountsStmt(&'static str, Option<tokio_postgres::Statement>);
/// List accounts, newest first, for administrators.
pub fn list_accounts() -> ListAccountsStmt {
    ListAccountsStmt(
        "SELECT * FROM users.directory WHERE (created_at, id) < ($1, $2) AND created_at < $3 AND created_at > $4 AND ($5::users.role IS NULL OR role = $5) AND ($6::users.account_state IS NULL OR state = $6) ORDER BY created_at DESC, id DESC LIMIT $7",
        None,
    )
}
impl ListAccountsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a time::OffsetDateTime,
        before_id: &'a uuid::Uuid,
        created_before: &'a time::OffsetDateTime,
        created_after: &'a time::OffsetDateTime,
        role: &'a Option<crate::types::users::Role>,
        state: &'a Option<crate::types::users::AccountState>,
        limit: &'a i64,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 7> {
        AccountRowQuery {
            client,
            params: [
                before,
                before_id,
                created_before,
                created_after,
                role,
                state,
                limit,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<AccountRowBorrowed, tokio_postgres::Error> {
                    Ok(AccountRowBorrowed {
                        id: row.try_get(0)?,
                        email: row.try_get(1)?,
                        display_name: row.try_get(2)?,
                        locale: row.try_get(3)?,
                        preferences: row.try_get(4)?,
                        avatar_image_id: row.try_get(5)?,
                        role: row.try_get(6)?,
                        state: row.try_get(7)?,
                        quota_bytes: row.try_get(8)?,
                        version: row.try_get(9)?,
                        created_at: row.try_get(10)?,
                        updated_at: row.try_get(11)?,
                    })
                },
            mapper: |it| AccountRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        ListAccountsParams,
        AccountRowQuery<'c, 'a, 's, C, AccountRow, 7>,
        C,
    > for ListAccountsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a ListAccountsParams,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 7> {
        self.bind(
            client,
            &params.before,
            &params.before_id,
            &params.created_before,
            &params.created_after,
            &params.role,
            &params.state,
            &params.limit,
        )
    }
}
pub struct SearchAccountsStmt(&'static str, Option<tokio_postgres::Statement>);
/// List accounts whose display name or e-mail address matches a pattern, newest first, for administrators.
pub fn search_accounts() -> SearchAccountsStmt {
    SearchAccountsStmt(
        "SELECT * FROM users.directory WHERE (display_name ILIKE $1 OR email ILIKE $1) AND (created_at, id) < ($2, $3) AND created_at < $4 AND created_at > $5 AND ($6::users.role IS NULL OR role = $6) AND ($7::users.account_state IS NULL OR state = $7) ORDER BY created_at DESC, id DESC LIMIT $8",
        None,
    )
}
impl SearchAccountsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    fn bind<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>(
        &'s self,
        client: &'c C,
        pattern: &'a T1,
        before: &'a time::OffsetDateTime,
        before_id: &'a uuid::Uuid,
        created_before: &'a time::OffsetDateTime,
        created_after: &'a time::OffsetDateTime,
        role: &'a Option<crate::types::users::Role>,
        state: &'a Option<crate::types::users::AccountState>,
        limit: &'a i64,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 8> {
        AccountRowQuery {
            client,
            params: [
                pattern,
                before,
                before_id,
                created_before,
                created_after,
                role,
                state,
                limit,
            ],
            query: self.0,
            cached: self.1.as_ref(),
            extractor:
                |row: &tokio_postgres::Row| -> Result<AccountRowBorrowed, tokio_postgres::Error> {
                    Ok(AccountRowBorrowed {
                        id: row.try_get(0)?,
                        email: row.try_get(1)?,
                        display_name: row.try_get(2)?,
                        locale: row.try_get(3)?,
                        preferences: row.try_get(4)?,
                        avatar_image_id: row.try_get(5)?,
                        role: row.try_get(6)?,
                        state: row.try_get(7)?,
                        quota_bytes: row.try_get(8)?,
                        version: row.try_get(9)?,
                        created_at: row.try_get(10)?,
                        updated_at: row.try_get(11)?,
                    })
                },
            mapper: |it| AccountRow::from(it),
        }
    }
}
impl<'c, 'a, 's, C: GenericClient, T1: crate::StringSql>
    crate::client::async_::Params<
        'c,
        'a,
        's,
        SearchAccountsParams<T1>,
        AccountRowQuery<'c, 'a, 's, C, AccountRow, 8>,
        C,
    > for SearchAccountsStmt
{
    fn params(
        &'s self,
        client: &'c C,
        params: &'a SearchAccountsParams<T1>,
    ) -> AccountRowQuery<'c, 'a, 's, C, AccountRow, 8> {
        self.bind(
            client,
            &params.pattern,
            &params.before,
            &params.before_id,
            &params.created_before,
            &params.created_after,
            &params.role,
            &params.state,
            &params.limit,
        )
    }
}
