// This file was generated with `cornucopia`. Do not modify.

#[derive(Debug)]
pub struct AddAuditEventParams<T1: crate::StringSql, T2: crate::StringSql, T3: crate::StringSql> {
    pub id: uuid::Uuid,
    pub at: time::OffsetDateTime,
    pub event: T1,
    pub account_id: Option<uuid::Uuid>,
    pub actor_id: Option<uuid::Uuid>,
    pub request_id: T2,
    pub detail: T3,
}
use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct AddAuditEventStmt(&'static str, Option<tokio_postgres::Statement>);
/// Add an event to the audit trail.
pub fn add_audit_event() -> AddAuditEventStmt {
    AddAuditEventStmt(
        "INSERT INTO auth.audit (id, at, event, account_id, actor_id, request_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
        None,
    )
}
impl AddAuditEventStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    async fn bind<
        'c,
        'a,
        's,
        C: GenericClient,
        T1: crate::StringSql,
        T2: crate::StringSql,
        T3: crate::StringSql,
    >(
        &'s self,
        client: &'c C,
        id: &'a uuid::Uuid,
        at: &'a time::OffsetDateTime,
        event: &'a T1,
        account_id: &'a Option<uuid::Uuid>,
        actor_id: &'a Option<uuid::Uuid>,
        request_id: &'a T2,
        detail: &'a T3,
    ) -> Result<u64, tokio_postgres::Error> {
        client
            .execute(
                self.0,
                &[id, at, event, account_id, actor_id, request_id, detail],
            )
            .await
    }
}
impl<
    'a,
    C: GenericClient + Send + Sync,
    T1: crate::StringSql,
    T2: crate::StringSql,
    T3: crate::StringSql,
>
    crate::client::async_::Params<
        'a,
        'a,
        'a,
        AddAuditEventParams<T1, T2, T3>,
        std::pin::Pin<
            Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
        >,
        C,
    > for AddAuditEventStmt
{
    fn params(
        &'a self,
        client: &'a C,
        params: &'a AddAuditEventParams<T1, T2, T3>,
    ) -> std::pin::Pin<
        Box<dyn futures::Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>,
    > {
        Box::pin(self.bind(
            client,
            &params.id,
            &params.at,
            &params.event,
            &params.account_id,
            &params.actor_id,
            &params.request_id,
            &params.detail,
        ))
    }
}
