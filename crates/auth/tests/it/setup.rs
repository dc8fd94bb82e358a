//! The auth context on a database and an issuer of its own.
use infravault_auth::{
    Auth, Callback, Config, Device, Error, Me, NewSession, PresentedToken, SessionTokens, SignInOptions,
    VerifiedIdentity,
};
use infravault_kernel::{AccountId, Clock, Credential, Ctx, DomainError, Role, Secret, config::Env};
use infravault_testkit::{db::TestDb, issuer::Issuer};
use openidconnect::url::Url;
use std::path::PathBuf;
use time::{Duration, OffsetDateTime};

pub(crate) struct Setup {
    pub(crate) auth: Auth,
    pub(crate) db: TestDb,
    pub(crate) issuer: Issuer,
    key_dir: PathBuf,
}

impl Drop for Setup {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.key_dir);
    }
}

impl Setup {
    pub(crate) async fn new() -> Self {
        infravault_testkit::install_crypto();
        let (db, issuer) = (TestDb::new().await, Issuer::start().await);
        let name = db.url().rsplit('/').next().unwrap().to_owned();
        let key_dir = std::env::temp_dir().join(format!("infravault-auth-{name}"));
        let values = [
            ("AUTH_KEY_DIR", key_dir.to_str().unwrap()),
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
        let log = infravault_testkit::log();
        let auth = Auth::new(db.db(), config, "http://127.0.0.1:8080", &log).unwrap();
        Self {
            auth,
            db,
            issuer,
            key_dir,
        }
    }

    /// A setup with the account `alice` and a session of it.
    pub(crate) async fn with_session(role: Role) -> (Self, SessionTokens) {
        let setup = Self::new().await;
        let account = setup.db.account_as("alice", role).await;
        let tokens = setup.open_session(account, role).await;
        (setup, tokens)
    }

    pub(crate) fn anonymous(&self) -> Ctx {
        self.db.ctx(Credential::Anonymous)
    }

    pub(crate) fn at(&self, now: OffsetDateTime) -> Ctx {
        Ctx {
            clock: Clock::fixed(now),
            ..self.anonymous()
        }
    }

    pub(crate) fn later(&self, by: Duration) -> Ctx {
        self.at(self.anonymous().now() + by)
    }

    /// A request with the access token as a cookie.
    pub(crate) fn as_session(&self, tokens: &SessionTokens) -> Ctx {
        let (ctx, token) = (self.anonymous(), PresentedToken::Cookie(tokens.access.expose()));
        let credential = self.auth.authenticate(token, ctx.now()).unwrap();
        ctx.with_credential(credential)
    }

    /// Starts a sign-in, follows the redirect to the issuer, and returns the callback.
    pub(crate) async fn request_callback(&self, email: &str) -> Callback {
        let options = SignInOptions {
            login_hint: Some(email.to_owned()),
            ..SignInOptions::default()
        };
        self.request_callback_with(options).await
    }

    pub(crate) async fn request_callback_with(&self, options: SignInOptions) -> Callback {
        let started = self
            .auth
            .begin_sign_in(&self.anonymous(), "dev", options)
            .await
            .unwrap();
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let response = browser.get(started.authorization_url).send().await.unwrap();
        let location = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
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
            transaction: Some(started.transaction),
        }
    }

    pub(crate) async fn verify(&self, callback: &Callback) -> Result<VerifiedIdentity, Error> {
        self.auth.verify_callback(&self.anonymous(), callback).await
    }

    pub(crate) async fn sign_in(&self, email: &str) -> Result<VerifiedIdentity, Error> {
        self.verify(&self.request_callback(email).await).await
    }

    pub(crate) async fn open_session(&self, account: AccountId, role: Role) -> SessionTokens {
        self.open_session_at(account, role, self.anonymous().now()).await
    }

    pub(crate) async fn open_session_at(
        &self,
        account: AccountId,
        role: Role,
        now: OffsetDateTime,
    ) -> SessionTokens {
        let new = NewSession {
            account,
            role,
            provider: "dev".to_owned(),
            device: Device {
                user_agent: "a\nb".to_owned(),
                ip: "127.0.0.1".to_owned(),
            },
            replaces: None,
        };
        let tx = self.db.db().begin_system().await.unwrap();
        let tokens = self.auth.open_session_in(&tx, &self.at(now), new).await.unwrap();
        tx.commit().await.unwrap();
        tokens
    }

    pub(crate) async fn refresh(&self, tokens: &SessionTokens) -> Result<SessionTokens, Error> {
        self.auth
            .refresh_session(&self.anonymous(), tokens.refresh.expose())
            .await
    }

    pub(crate) async fn get_me(&self, tokens: &SessionTokens) -> Result<Me, Error> {
        self.auth.get_me(&self.as_session(tokens)).await
    }

    pub(crate) async fn execute(&self, statement: &str) {
        self.db.superuser().await.batch_execute(statement).await.unwrap();
    }

    pub(crate) async fn count(&self, query: &str) -> i64 {
        let client = self.db.superuser().await;
        client.query_one(query, &[]).await.unwrap().get(0)
    }

    pub(crate) async fn count_audit_events(&self, event: &str) -> i64 {
        let query = format!("SELECT count(*) FROM auth.audit WHERE event = '{event}'");
        self.count(&query).await
    }
}

/// The code of the error, or `none`.
pub(crate) fn code<T>(result: Result<T, Error>) -> &'static str {
    result.err().map_or("none", |error| error.code())
}
