//! Operations whose transaction spans two contexts; no other module does this.
mod change_account;
mod create_token;
mod finish_sign_in;
mod grant_role;

pub use change_account::change_account;
pub use create_token::create_token;
pub use finish_sign_in::finish_sign_in;
pub use grant_role::grant_role;
