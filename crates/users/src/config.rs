//! Settings of accounts: who may sign up and how much a new account may store.
use infravault_kernel::config::Env;
use std::str::FromStr;

/// Settings of the users context.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many bytes of originals a new account may store.
    pub default_quota_bytes: i64,
    /// Whether people without an account get one when they sign in.
    pub signup: Signup,
}

/// Whether people without an account get one when they sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signup {
    /// Whoever the identity provider vouches for.
    #[default]
    Open,
    /// Nobody; accounts that exist go on working.
    Closed,
}

impl FromStr for Signup {
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
    /// Reads the settings.
    pub fn from_env(env: &mut Env) -> Self {
        let quota = env.bytes(
            "ACCOUNT_DEFAULT_QUOTA",
            "10GiB",
            "Bytes of originals that a new account may store.",
        );
        let default_quota_bytes = i64::try_from(quota).unwrap_or_else(|_| {
            env.reject("ACCOUNT_DEFAULT_QUOTA", "is more than can be counted", "10GiB");
            0
        });
        let signup = env.value(
            "ACCOUNT_SIGN_UP",
            "open",
            "Whether signing in makes an account (`open`), or only lets in who has one (`closed`).",
        );
        Self {
            default_quota_bytes,
            signup,
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
    fn reads_values_and_names_what_will_not_do() {
        let (config, good) = read(&[]);
        assert!(good && config.default_quota_bytes == 10 << 30 && config.signup == Signup::Open);
        let (config, good) = read(&[("ACCOUNT_DEFAULT_QUOTA", "1MiB"), ("ACCOUNT_SIGN_UP", "closed")]);
        assert!(good && config.default_quota_bytes == 1 << 20 && config.signup == Signup::Closed);
        for bad in [
            ("ACCOUNT_SIGN_UP", "maybe"),
            ("ACCOUNT_DEFAULT_QUOTA", "a lot"),
            ("ACCOUNT_DEFAULT_QUOTA", "9000000TiB"),
        ] {
            assert!(!read(&[bad]).1, "{bad:?}");
        }
    }
}
