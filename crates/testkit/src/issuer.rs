//! An OpenID Connect issuer on loopback that accepts every user, with injectable defects.
//!
//! It implements the authorization code flow of OpenID Connect Core 1.0 with PKCE (S256 only): exact redirect URIs on
//! loopback, single-use codes, `client_secret_basic` and `client_secret_post`. Every email address is a user.
use actix_web::{App, HttpServer, dev::ServerHandle, middleware::DefaultHeaders, rt::System, web};
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

mod authorize;
mod defect;
mod documents;
mod id_token;
mod keys;
mod token;

pub use defect::IssuerDefect;

/// The settings of an issuer.
#[derive(Clone, Debug)]
pub struct IssuerConfig {
    /// The port on 127.0.0.1; 0 selects a free one.
    pub port: u16,
    /// The ID of its only client.
    pub client_id: String,
    /// The secret of the client.
    pub client_secret: String,
    /// The required prefix of redirect URIs, which must also be on loopback.
    pub redirect_uri_prefix: String,
}

impl Default for IssuerConfig {
    /// The settings that `cargo xtask dev` uses.
    fn default() -> Self {
        Self {
            port: 0,
            client_id: "infravault".to_owned(),
            client_secret: "dev-secret".to_owned(),
            redirect_uri_prefix: String::new(),
        }
    }
}

/// A running issuer, which stops when dropped.
#[derive(Debug)]
pub struct Issuer {
    /// The ID of its only client.
    pub client_id: String,
    /// The secret of the client.
    pub client_secret: String,
    state: Arc<State>,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

/// The shared state of the endpoints.
#[derive(Debug)]
struct State {
    config: IssuerConfig,
    /// The issuer identifier: scheme, host and port, without a trailing slash.
    url: String,
    keys: keys::Keys,
    mutable: Mutex<MutableState>,
}

#[derive(Debug, Default)]
struct MutableState {
    defect: Option<IssuerDefect>,
    /// Display names by email.
    names: BTreeMap<String, String>,
    /// Authorizations by unredeemed code.
    grants: HashMap<String, Grant>,
    /// Emails by access token.
    access_tokens: HashMap<String, String>,
}

/// An authorization that a code can be redeemed for.
#[derive(Clone, Debug)]
struct Grant {
    email: String,
    redirect_uri: String,
    challenge: String,
    nonce: Option<String>,
}

impl State {
    fn mutable(&self) -> MutexGuard<'_, MutableState> {
        self.mutable.lock()
    }

    /// The display name: the one that was set, else the e-mail's local part.
    fn name_of(&self, email: &str) -> String {
        let local = email.split('@').next().unwrap_or(email);
        self.mutable()
            .names
            .get(email)
            .cloned()
            .unwrap_or_else(|| local.to_owned())
    }
}

impl Issuer {
    /// Starts an issuer on a free port.
    #[expect(clippy::unused_async, reason = "consistent with the start of other servers")]
    pub async fn start() -> Self {
        Self::start_with(IssuerConfig::default()).expect("an issuer can listen on 127.0.0.1")
    }

    /// Starts an issuer on a separate thread, independent of the caller's runtime. Returns an error if the port is in use.
    pub fn start_with(config: IssuerConfig) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))?;
        let state = Arc::new(State {
            url: format!("http://{}", listener.local_addr()?),
            keys: keys::Keys::new(),
            mutable: Mutex::default(),
            config: config.clone(),
        });
        for (email, name) in authorize::USERS {
            state.mutable().names.insert(email.to_owned(), name.to_owned());
        }
        let (started, starting) = mpsc::channel();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(move || app(Arc::clone(&shared)))
                    .workers(1)
                    .disable_signals()
                    .shutdown_timeout(1)
                    .listen(listener)?
                    .run();
                // Sending fails only if the caller has ended.
                let _ = started.send(server.handle());
                server.await
            })
        });
        let handle = starting
            .recv()
            .map_err(|_| io::Error::other("the issuer ended during its start"))?;
        Ok(Self {
            client_id: config.client_id,
            client_secret: config.client_secret,
            state,
            handle,
            thread: Some(thread),
        })
    }

    /// The issuer identifier, for example `http://127.0.0.1:4000`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.state.url
    }

    /// Makes the next affected response defective. [`IssuerDefect::DiscoveryDown`] and [`IssuerDefect::JwksDown`] last until
    /// [`Issuer::clear_defect`].
    pub fn inject_defect(&self, defect: IssuerDefect) {
        self.state.mutable().defect = Some(defect);
    }

    /// Removes a pending defect.
    pub fn clear_defect(&self) {
        self.state.mutable().defect = None;
    }

    /// Whether no defect is pending, which shows that an injected one was used.
    #[must_use]
    pub fn is_defect_free(&self) -> bool {
        self.state.mutable().defect.is_none()
    }

    /// Sets the display name of a user. Every email can sign in without being set up.
    pub fn set_display_name(&self, email: &str, name: &str) {
        self.state
            .mutable()
            .names
            .insert(email.to_owned(), name.to_owned());
    }

    /// The subject of an email.
    #[must_use]
    pub fn subject(&self, email: &str) -> String {
        id_token::subject(email)
    }

    /// Serves until the process ends.
    pub fn serve(mut self) -> io::Result<()> {
        self.thread.take().map_or(Ok(()), join)
    }

    /// Stops the issuer and waits until the port is closed.
    pub async fn stop(mut self) {
        self.handle.stop(false).await;
        if let Some(thread) = self.thread.take() {
            join(thread).expect("the issuer ends without an error");
        }
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        // The call sends the command; only `stop` waits for the end.
        drop(self.handle.stop(false));
    }
}

fn join(thread: JoinHandle<io::Result<()>>) -> io::Result<()> {
    thread
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("the issuer panicked")))
}

fn app(
    state: Arc<State>,
) -> App<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(web::Data::from(state))
        .wrap(DefaultHeaders::new().add(("Cache-Control", "no-store")))
        .route(
            "/.well-known/openid-configuration",
            web::get().to(documents::discovery),
        )
        .route("/jwks", web::get().to(documents::jwks))
        .route("/userinfo", web::get().to(documents::userinfo))
        .route("/userinfo", web::post().to(documents::userinfo))
        .route("/authorize", web::get().to(authorize::authorize))
        .route("/token", web::post().to(token::token))
}
