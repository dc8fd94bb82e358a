//! The application: wires all handles by hand.
use crate::{config::Config, middleware::RateLimits};
use infravault_auth::Auth;
use infravault_db::Db;
use infravault_fetch::Fetcher;
use infravault_images::Images;
use infravault_kernel::Clock;
use infravault_objects::Objects;
use infravault_sandbox::Sandbox;
use infravault_users::Users;
use slog::Logger;
use std::{
    error::Error,
    sync::{Arc, atomic::AtomicBool},
};

/// The state that all handlers share.
pub struct App {
    pub auth: Auth,
    pub users: Users,
    pub images: Images,
    pub sandbox: Sandbox,
    pub fetch: Fetcher,
    pub db: Db,
    pub objects: Objects,
    pub rate_limits: RateLimits,
    pub config: Config,
    pub log: Logger,
    pub clock: Clock,
    /// Set when the stop signal arrives; the server is not ready from then on.
    pub stopping: Arc<AtomicBool>,
    /// Set when the database has been seen with the schema version of this binary.
    pub schema_seen: AtomicBool,
}

impl App {
    /// Builds the handles. Opens no connections, so it succeeds while PostgreSQL is not available.
    pub fn build(config: Config, log: &Logger, clock: Clock) -> Result<Self, Box<dyn Error>> {
        let db = Db::new(&config.db)?;
        let objects = Objects::open(&config.objects, log)?;
        let auth = Auth::new(db.clone(), config.auth.clone(), &config.server.public_origin, log)?;
        let users = Users::new(db.clone(), config.users.clone());
        let fetch = Fetcher::new(config.fetch.clone())?;
        let sandbox = Sandbox::new(config.sandbox.clone(), log);
        let images = Images::new(
            db.clone(),
            objects.clone(),
            sandbox.clone(),
            auth.url_keys(),
            config.images.clone(),
        );
        Ok(Self {
            auth,
            users,
            images,
            sandbox,
            fetch,
            db,
            objects,
            rate_limits: RateLimits::new(config.rate_limits),
            config,
            log: log.clone(),
            clock,
            stopping: Arc::new(AtomicBool::new(false)),
            schema_seen: AtomicBool::new(false),
        })
    }
}
