//! An OpenID Connect issuer on loopback that signs anybody in, and lies when it is told to.
//!
//! It speaks the authorization code flow of OpenID Connect Core 1.0 with PKCE (S256 only) and strict rules of its
//! own: exact redirect URIs, codes that work once, `client_secret_basic` and `client_secret_post`. Every client
//! whose redirect URI is on loopback may use it, and every e-mail is a person.
use actix_web::{App, HttpServer, dev::ServerHandle, middleware::DefaultHeaders, rt::System, web};
use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::JoinHandle,
};

mod authorize;
mod defect;
mod documents;
mod id_token;
mod keys;
mod token;

pub use defect::IssuerDefect;

/// How an issuer is to run.
#[derive(Clone, Debug)]
pub struct IssuerConfig {
    /// The port on 127.0.0.1; 0 takes any.
    pub port: u16,
    /// The one client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Redirect URIs must begin with this, besides being on loopback.
    pub redirect_uri_prefix: String,
}

impl Default for IssuerConfig {
    /// What `cargo xtask dev` tells the product about its issuer.
    fn default() -> Self {
        Self {
            port: 0,
            client_id: "infravault".to_owned(),
            client_secret: "dev-secret".to_owned(),
            redirect_uri_prefix: String::new(),
        }
    }
}

/// A running issuer; it stops when this is dropped.
#[derive(Debug)]
pub struct Issuer {
    /// The one client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    state: Arc<State>,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

/// What the endpoints share.
#[derive(Debug)]
struct State {
    config: IssuerConfig,
    /// The issuer identifier: scheme, host and port, without a slash at the end.
    url: String,
    keys: keys::Keys,
    mutable: Mutex<MutableState>,
}

#[derive(Debug, Default)]
struct MutableState {
    defect: Option<IssuerDefect>,
    /// Display names by e-mail.
    names: BTreeMap<String, String>,
    /// Sign-ins that wait for their code to be redeemed.
    grants: HashMap<String, Grant>,
    /// The e-mail that each access token stands for.
    access_tokens: HashMap<String, String>,
}

/// What a code stands for.
#[derive(Clone, Debug)]
struct Grant {
    email: String,
    redirect_uri: String,
    challenge: String,
    nonce: Option<String>,
}

impl State {
    fn mutable(&self) -> MutexGuard<'_, MutableState> {
        self.mutable.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// Starts an issuer on any free port.
    #[expect(clippy::unused_async, reason = "callers await every start of a server alike")]
    pub async fn start() -> Self {
        Self::start_with(IssuerConfig::default()).expect("an issuer can listen on a port of 127.0.0.1")
    }

    /// Starts an issuer; it fails when the port is taken. It runs on a thread of its own, so that it serves tests
    /// of any runtime.
    pub fn start_with(config: IssuerConfig) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))?;
        let state = Arc::new(State {
            url: format!("http://{}", listener.local_addr()?),
            keys: keys::Keys::new(),
            mutable: Mutex::default(),
            config: config.clone(),
        });
        for (email, name) in authorize::PEOPLE {
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
                // Nobody receives this only when the caller has gone, and then the handle stops nothing.
                let _ = started.send(server.handle());
                server.await
            })
        });
        let handle = starting
            .recv()
            .map_err(|_| io::Error::other("the issuer ended while it started"))?;
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

    /// Tells one defect: the next answer of the kind that the lie is about. [`IssuerDefect::DiscoveryDown`] and
    /// [`IssuerDefect::JwksDown`] hold until [`Issuer::clear_defect`].
    pub fn inject_defect(&self, defect: IssuerDefect) {
        self.state.mutable().defect = Some(defect);
    }

    /// Takes a defect back that has not been told yet.
    pub fn clear_defect(&self) {
        self.state.mutable().defect = None;
    }

    /// Whether no lie is waiting: a test sees by this that its lie has been told.
    #[must_use]
    pub fn is_defect_free(&self) -> bool {
        self.state.mutable().defect.is_none()
    }

    /// Gives a person a display name. Nobody has to be made known: any e-mail can sign in.
    pub fn set_display_name(&self, email: &str, name: &str) {
        self.state
            .mutable()
            .names
            .insert(email.to_owned(), name.to_owned());
    }

    /// The subject that this issuer knows an e-mail by.
    #[must_use]
    pub fn subject(&self, email: &str) -> String {
        id_token::subject(email)
    }

    /// Serves until the process ends.
    pub fn serve(mut self) -> io::Result<()> {
        self.thread.take().map_or(Ok(()), join)
    }

    /// Stops at once and waits until the port is closed.
    pub async fn stop(mut self) {
        self.handle.stop(false).await;
        if let Some(thread) = self.thread.take() {
            join(thread).expect("the issuer served until it was stopped");
        }
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        // The command is sent when this is called; waiting for its end is what `stop` is for.
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
