//! Identities of accounts: `(issuer, subject)`, never the e-mail.
use crate::{
    Auth, Error, Event, VerifiedIdentity,
    sql::{self, Params},
};
use infravault_db::Tx;
use infravault_kernel::{AccountId, Ctx, Id};
use serde_json::json;

impl Auth {
    /// The account of an identity that signs in now, if it has one. Sign-ins of one identity wait for each other here
    /// until the caller's transaction ends, so that two first ones make one account.
    pub async fn find_identity_in(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        identity: &VerifiedIdentity,
    ) -> Result<Option<AccountId>, Error> {
        let key = format!("identity {} {}", identity.issuer, identity.subject);
        sql::take_turn().bind(&**tx, &key).one().await?;
        let row = sql::UseIdentityParams {
            now: ctx.now(),
            issuer: &identity.issuer,
            subject: &identity.subject,
        };
        let account = sql::use_identity().params(&**tx, &row).opt().await?;
        Ok(account.map(AccountId::from_uuid))
    }

    /// Gives an account this identity.
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
        let detail = json!({ "provider": identity.provider, "issuer": identity.issuer });
        self.audit_in(
            tx,
            ctx,
            Some(account),
            Event::IdentityLinked,
            Some(account),
            &detail,
        )
        .await
    }
}
