//! `infravault admin`: what the operator does on the host, without a browser.
use super::{Outcome, block_on, say};
use crate::{config::Config, flows, logging};
use infravault_auth::{Auth, NewApiToken};
use infravault_db::Db;
use infravault_kernel::{Clock, Ctx, Role, Scopes};
use infravault_users::Users;

/// What to do with accounts.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Give the account with this e-mail, or this id, a role. This is how the first administrator is made.
    GrantRole {
        /// The e-mail or the id of an account that has signed in once.
        account: String,
        /// USER, MODERATOR or ADMIN.
        role: Role,
    },
    /// Make an API token for the account with this e-mail, or this id, and print it. It is shown once.
    CreateToken {
        /// The e-mail or the id of an account.
        account: String,
        /// What the token may do, separated by spaces.
        #[arg(
            long,
            default_value = "images:read images:write images:delete profile:read profile:write"
        )]
        scopes: Scopes,
        /// After how many days it expires, at most 365.
        #[arg(long, default_value_t = 90)]
        days: u32,
        /// Make the account if there is none with this e-mail. For scripts and tests.
        #[arg(long)]
        create_account: bool,
    },
}

pub(super) fn run(command: Command, config: Config) -> Outcome {
    block_on(async move {
        let (log, _flushed_at_the_end) = logging::root(&config.log);
        let ctx = Ctx::system(&log, Clock::System);
        let db = Db::new(&config.db)?;
        let auth = Auth::new(
            db.clone(),
            config.auth.clone(),
            &config.server.public_origin,
            &log,
        )?;
        let users = Users::new(db.clone(), config.users.clone());
        match command {
            Command::GrantRole { account, role } => {
                let account = flows::grant_role(&ctx, &db, &users, &auth, &account, role).await?;
                say(format!("account {account} now has the role {role}"));
            }
            Command::CreateToken {
                account,
                scopes,
                days,
                create_account,
            } => {
                let new = NewApiToken {
                    name: "command line".to_owned(),
                    scopes,
                    days: Some(days),
                };
                let token =
                    flows::create_token(&ctx, &db, &users, &auth, &account, new, create_account).await?;
                say(token.expose());
            }
        }
        Ok(())
    })
}
