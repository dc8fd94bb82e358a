//! Identities of accounts: `(issuer, subject)`, never the e-mail address.
use crate::{
    AuditEvent, Auth, Error, VerifiedIdentity,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id};
use serde_json::json;

impl Auth {
    /// Returns the account of an identity and records the sign-in. Holds an advisory lock on the identity until the
    /// caller's transaction ends, so that two concurrent first sign-ins create one account.
    pub async fn find_identity_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        identity: &VerifiedIdentity,
    ) -> Result<Option<AccountId>, Error> {
        let key = format!("identity {} {}", identity.issuer, identity.subject);
        sql::lock_key().bind(&**tx, &key).one().await?;
        let params = sql::RecordSignInParams {
            now: ctx.now(),
            issuer: &identity.issuer,
            subject: &identity.subject,
        };
        let account = sql::record_sign_in().params(&**tx, &params).opt().await?;
        Ok(account.map(AccountId::from_uuid))
    }

    /// Links an identity to an account.
    pub async fn link_identity_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        identity: &VerifiedIdentity,
        account: AccountId,
    ) -> Result<(), Error> {
        let row = sql::AddIdentityParams {
            issuer: &identity.issuer,
            subject: &identity.subject,
            account_id: account.uuid(),
            now: ctx.now(),
        };
        sql::add_identity().params(&**tx, &row).await?;
        let (account, event) = (Some(account), AuditEvent::IdentityLinked);
        let detail = json!({ "provider": identity.provider, "issuer": identity.issuer });
        self.audit_in(tx, ctx, account, event, account, &detail).await
    }
}
