//! Settings of accounts: sign-up and default quota.
use infravault_kernel::config::Env;
use std::str::FromStr;

/// Settings of the users context.
#[derive(Clone, Debug)]
pub struct Config {
    /// Quota of a new account, in bytes of originals.
    pub default_quota_bytes: i64,
    pub sign_up: SignUp,
}

/// Whether a first sign-in creates an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignUp {
    #[default]
    Open,
    /// Only existing accounts can sign in.
    Closed,
}

impl FromStr for SignUp {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "open" => Ok(Self::Open),
            "closed" => Ok(Self::Closed),
            _ => Err("must be open or closed"),
        }
    }
}

impl Config {
    /// Reads the settings; errors are collected in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        let quota = env.bytes(
            "ACCOUNT_DEFAULT_QUOTA",
            "10GiB",
            "Quota of a new account, in bytes of originals.",
        );
        let default_quota_bytes = i64::try_from(quota).unwrap_or_else(|_| {
            env.reject("ACCOUNT_DEFAULT_QUOTA", "is too large", "10GiB");
            0
        });
        let sign_up = env.value(
            "ACCOUNT_SIGN_UP",
            "open",
            "Whether a first sign-in creates an account (`open`) or is rejected (`closed`).",
        );
        Self {
            default_quota_bytes,
            sign_up,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> (Config, bool) {
        let mut env: Env = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let config = Config::from_env(&mut env);
        (config, env.finish().is_ok())
    }

    #[test]
    fn valid_values_are_read_and_invalid_values_rejected() {
        let (config, good) = read(&[]);
        assert!(good && config.default_quota_bytes == 10 << 30 && config.sign_up == SignUp::Open);
        let (config, good) = read(&[("ACCOUNT_DEFAULT_QUOTA", "1MiB"), ("ACCOUNT_SIGN_UP", "closed")]);
        assert!(good && config.default_quota_bytes == 1 << 20 && config.sign_up == SignUp::Closed);
        for bad in [
            ("ACCOUNT_SIGN_UP", "maybe"),
            ("ACCOUNT_DEFAULT_QUOTA", "a lot"),
            ("ACCOUNT_DEFAULT_QUOTA", "9000000TiB"),
        ] {
            assert!(!read(&[bad]).1, "{bad:?}");
        }
    }
}
