//! The auth context against a real database and an issuer that can lie.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
mod api_tokens;
mod refresh;
mod sessions;
mod sign_in;

use infravault_auth::{
    Auth, Callback, Config, Device, Error, NewSession, NewSignIn, Presented, Tokens, VerifiedIdentity,
};
use infravault_kernel::{AccountId, Clock, Credential, Ctx, Role, Secret, config::Env};
use infravault_testkit::{db::TestDb, issuer::Issuer};
use openidconnect::url::Url;
use std::path::PathBuf;
use time::{Duration, OffsetDateTime};

/// The context with all it stands on.
struct Bench {
    auth: Auth,
    db: TestDb,
    issuer: Issuer,
    keys: PathBuf,
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.keys);
    }
}

impl Bench {
    async fn new() -> Self {
        infravault_testkit::install_crypto();
        let (db, issuer) = (TestDb::new().await, Issuer::start().await);
        let name = db.url().rsplit('/').next().unwrap().to_owned();
        let keys = std::env::temp_dir().join(format!("infravault-auth-{name}"));
        let values = [
            ("AUTH_KEY_DIR", keys.to_str().unwrap()),
            ("OIDC_PROVIDERS", "dev"),
            ("OIDC_DEV_ISSUER", issuer.url()),
            ("OIDC_DEV_CLIENT_ID", &issuer.client_id),
            ("OIDC_DEV_CLIENT_SECRET", &issuer.client_secret),
            ("OIDC_TIMEOUT", "500ms"),
        ];
        let mut env: Env = values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let config = Config::from_env(&mut env);
        env.finish().unwrap();
        let auth = Auth::new(
            db.db(),
            config,
            "http://127.0.0.1:8080",
            &infravault_testkit::log(),
        )
        .unwrap();
        Self {
            auth,
            db,
            issuer,
            keys,
        }
    }

    fn nobody(&self) -> Ctx {
        self.db.ctx(Credential::Anonymous)
    }

    /// Goes to the issuer as a browser would, and comes back with what it says.
    async fn go(&self, email: &str) -> Callback {
        let new = NewSignIn {
            login_hint: Some(email.to_owned()),
            ..NewSignIn::default()
        };
        self.go_with(new).await
    }

    async fn go_with(&self, new: NewSignIn) -> Callback {
        let begun = self.auth.begin_sign_in(&self.nobody(), "dev", new).await.unwrap();
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let answer = browser.get(begun.location).send().await.unwrap();
        let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        assert_eq!(location.path(), "/api/v1/auth/callback");
        let parameter = |wanted: &str| {
            let mut all = location.query_pairs();
            all.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
        };
        Callback {
            state: parameter("state"),
            code: parameter("code").map(Secret::new),
            error: parameter("error"),
            issuer: parameter("iss"),
            transaction: Some(begun.transaction),
        }
    }

    async fn identity(&self, email: &str) -> Result<VerifiedIdentity, Error> {
        let callback = self.go(email).await;
        self.auth.verify_callback(&self.nobody(), &callback).await
    }

    async fn open(&self, account: AccountId, role: Role) -> Tokens {
        self.open_at(account, role, self.nobody().now()).await
    }

    async fn open_at(&self, account: AccountId, role: Role, now: OffsetDateTime) -> Tokens {
        let tx = self.db.db().begin_system().await.unwrap();
        let new = NewSession {
            account,
            role,
            provider: "dev".to_owned(),
            device: Device {
                user_agent: "a\nb".to_owned(),
                ip: "127.0.0.1".to_owned(),
            },
            earlier: None,
        };
        let tokens = self.auth.open_session_in(&tx, &self.at(now), new).await.unwrap();
        tx.commit().await.unwrap();
        tokens
    }

    /// Nobody's request at another time.
    fn at(&self, now: OffsetDateTime) -> Ctx {
        Ctx {
            clock: Clock::fixed(now),
            ..self.nobody()
        }
    }

    fn later(&self, by: Duration) -> Ctx {
        self.at(self.nobody().now() + by)
    }

    /// The request of whoever holds these tokens.
    fn as_session(&self, tokens: &Tokens) -> Ctx {
        let ctx = self.nobody();
        let credential = self
            .auth
            .authenticate(Presented::Cookie(tokens.access.expose()), ctx.now())
            .unwrap();
        ctx.with_credential(credential)
    }

    async fn count(&self, query: &str) -> i64 {
        self.db
            .superuser()
            .await
            .query_one(query, &[])
            .await
            .unwrap()
            .get(0)
    }

    async fn audited(&self, event: &str) -> i64 {
        self.count(&format!(
            "SELECT count(*) FROM auth.audit WHERE event = '{event}'"
        ))
        .await
    }
}

/// The code that a failure is answered with.
fn code<T>(result: Result<T, Error>) -> &'static str {
    use infravault_kernel::DomainError;
    result.err().map_or("none", |error| error.code())
}
