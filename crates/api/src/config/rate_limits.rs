//! Limits of requests per minute.
use infravault_kernel::config::Env;

/// Requests per minute; 0 disables a limit.
#[derive(Clone, Copy, Debug)]
pub struct RateLimitConfig {
    /// Per address, for requests without a credential.
    pub anonymous: u32,
    /// Per account or API token.
    pub account: u32,
    /// Uploads per account or API token.
    pub upload: u32,
    /// Renditions per account, API token or address.
    pub rendition: u32,
    /// Sign-ins per address.
    pub sign_in: u32,
}

impl RateLimitConfig {
    pub(super) fn from_env(env: &mut Env) -> Self {
        Self {
            anonymous: env.value(
                "RATE_LIMIT_ANONYMOUS",
                "600",
                "Maximum number of requests per minute and client address without a credential. 0 disables the limit.",
            ),
            account: env.value(
                "RATE_LIMIT_ACCOUNT",
                "1200",
                "Maximum number of requests per minute and account or API token. 0 disables the limit.",
            ),
            upload: env.value(
                "RATE_LIMIT_UPLOAD",
                "120",
                "Maximum number of uploads per minute and account or API token. 0 disables the limit.",
            ),
            rendition: env.value(
                "RATE_LIMIT_RENDITION",
                "6000",
                "Maximum number of preset renditions per minute and account, API token or client address. 0 disables the limit.",
            ),
            sign_in: env.value(
                "RATE_LIMIT_SIGN_IN",
                "20",
                "Maximum number of sign-in requests per minute and client address. 0 disables the limit.",
            ),
        }
    }
}
