//! `infravault admin`: manages accounts without a browser.
use super::{CommandResult, block_on, print_line};
use crate::{config::Config, flows, logging};
use infravault_auth::{Auth, NewApiToken};
use infravault_db::Db;
use infravault_kernel::{Clock, Ctx, Role, Scopes};
use infravault_users::Users;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Grant a role to an account, e.g. to the first administrator.
    #[command(after_help = "Example:\n  infravault admin grant-role ada@example.com ADMIN")]
    GrantRole {
        /// Email address or id of an account that has signed in before.
        account: String,
        /// USER, MODERATOR or ADMIN.
        role: Role,
    },
    /// Create an API token for an account and print it. The token cannot be shown again.
    #[command(
        after_help = "Example:\n  infravault admin create-token backup@example.com --create-account --scopes \"images:read images:write\" --days 30"
    )]
    CreateToken {
        /// Email address or id of an account.
        account: String,
        /// Scopes of the token, separated by spaces.
        #[arg(
            long,
            default_value = "images:read images:write images:delete profile:read profile:write"
        )]
        scopes: Scopes,
        /// Days until the token expires, at most 365.
        #[arg(long, default_value_t = 90)]
        days: u32,
        /// Create the account if no account has this email address.
        #[arg(long)]
        create_account: bool,
    },
}

pub(super) fn run(command: Command, config: Config) -> CommandResult {
    block_on(async move {
        let (log, _log_guard) = logging::build_logger(&config.log);
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
                print_line(format!("account {account} now has the role {role}"));
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
                print_line(token.expose());
            }
        }
        Ok(())
    })
}
