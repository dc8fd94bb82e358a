//! All wiring, by hand: the handles, the HTTP server, the background loops, and how they stop.
use crate::{config::Config, middleware, routes, worker};
use actix_cors::Cors;
use actix_web::{
    App as ActixApp, HttpServer,
    http::header,
    middleware::{Condition, from_fn},
    rt, web,
};
use infravault_auth::Auth;
use infravault_db::Db;
use infravault_fetch::Fetch;
use infravault_images::{Images, Prune, Pruned};
use infravault_kernel::{Clock, Ctx};
use infravault_objects::Objects;
use infravault_sandbox::Sandbox;
use infravault_users::Users;
use slog::{Logger, info, warn};
use socket2::SockRef;
use std::{
    any::Any,
    error::Error,
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;

/// What handlers work with.
pub struct App {
    /// Proving who one is.
    pub auth: Auth,
    /// Accounts.
    pub users: Users,
    /// Images.
    pub images: Images,
    /// Where they are decoded.
    pub sandbox: Sandbox,
    /// Images of other servers.
    pub fetch: Fetch,
    /// The database, for readiness and for flows that span two contexts.
    pub db: Db,
    /// The object store, for readiness.
    pub objects: Objects,
    /// Requests per minute and caller.
    pub rates: middleware::RateLimits,
    /// All settings.
    pub config: Config,
    /// The root logger.
    pub log: Logger,
    /// The time.
    pub clock: Clock,
    /// The signal to stop has come: not ready any more.
    pub stopping: Arc<AtomicBool>,
    /// The database was seen to have the schema of this binary.
    pub schema_seen: AtomicBool,
}

impl App {
    /// Builds the handles. Nothing is connected yet, so this works while PostgreSQL is away.
    pub fn build(config: Config, log: &Logger, clock: Clock) -> Result<Self, Box<dyn Error>> {
        let db = Db::new(&config.db)?;
        let objects = Objects::open(&config.objects, log)?;
        let auth = Auth::new(db.clone(), config.auth.clone(), &config.server.public_origin, log)?;
        let users = Users::new(db.clone(), config.users.clone());
        let fetch = Fetch::new(config.fetch.clone())?;
        let sandbox = Sandbox::new(config.sandbox.clone(), log);
        let images = Images::new(
            db.clone(),
            objects.clone(),
            sandbox.clone(),
            auth.url_keys(),
            config.images.clone(),
        );
        let rates = middleware::RateLimits::new(config.rates);
        let (stopping, schema_seen) = (Arc::new(AtomicBool::new(false)), AtomicBool::new(false));
        let log = log.clone();
        Ok(Self {
            auth,
            users,
            images,
            sandbox,
            fetch,
            db,
            objects,
            rates,
            config,
            log,
            clock,
            stopping,
            schema_seen,
        })
    }
}

/// A server that listens already and can be run.
pub struct Server {
    app: web::Data<App>,
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Builds the application and binds its port. Port 0 picks a free one, also in the public origin.
    pub fn bind(mut config: Config, log: &Logger, clock: Clock) -> Result<Self, Box<dyn Error>> {
        let listener = TcpListener::bind(config.server.bind).map_err(|error| {
            format!(
                "cannot listen on {}: {error}; set HTTP_BIND to a free address",
                config.server.bind
            )
        })?;
        let address = listener.local_addr()?;
        if let Some(host) = config.server.public_origin.strip_suffix(":0") {
            config.server.public_origin = format!("{host}:{}", address.port());
        }
        Ok(Self {
            app: web::Data::new(App::build(config, log, clock)?),
            listener,
            address,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the handlers work with.
    pub fn app(&self) -> web::Data<App> {
        self.app.clone()
    }

    /// Answers requests until `stop` resolves; then readiness turns red, requests under way finish, and the
    /// background loops end.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), Box<dyn Error>> {
        let app = self.app.clone();
        let settings = &app.config.server;
        let workers = match settings.workers {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            workers => workers,
        };
        let data = self.app.clone();
        let stall_timeout = settings.stall_timeout;
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(data.clone())
                .wrap(Condition::new(
                    !data.config.server.cors_origins.is_empty(),
                    cors(&data.config.server.cors_origins),
                ))
                .wrap(from_fn(middleware::request))
                .configure(|config| routes::configure(config, data.config.server.docs_ui))
        })
        .on_connect(move |stream, _| limit_stalls(stream, stall_timeout))
        .workers(workers)
        .tcp_nodelay(true)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(settings.shutdown_timeout.as_secs())
        .disable_signals()
        .listen(self.listener)?
        .run();
        let (stop_loops, stopped) = watch::channel(false);
        // Before the first request, so that no image waits for a process to start.
        app.sandbox.warm_up().await;
        let loops = spawn_loops(&app, &stopped)?;
        info!(app.log, "listening"; "address" => self.address.to_string(), "origin" => settings.public_origin.clone());

        let handle = server.handle();
        let running = tokio::spawn(server);
        stop.await;
        app.stopping.store(true, Ordering::Relaxed);
        info!(app.log, "stopping"; "grace" => format!("{:?}", settings.shutdown_timeout));
        tokio::time::sleep(settings.shutdown_delay).await;
        // Jobs under way have their time of grace while requests under way have theirs.
        stop_loops.send_replace(true);
        handle.stop(true).await;
        let outcome = running.await?;
        for task in loops {
            task.await?;
        }
        app.sandbox.stop().await;
        info!(app.log, "stopped");
        Ok(outcome?)
    }
}

/// Lets the kernel end a connection whose client acknowledges or takes nothing of what was sent to it for so long
/// (`TCP_USER_TIMEOUT`, RFC 5482): who reads an original byte by byte holds nothing of ours for ever.
fn limit_stalls(stream: &dyn Any, timeout: Duration) {
    if let Some(stream) = stream.downcast_ref::<rt::net::TcpStream>() {
        // A connection that has ended already needs no limit.
        let _ = SockRef::from(stream).set_tcp_user_timeout(Some(timeout));
    }
}

fn cors(origins: &[String]) -> Cors {
    // Exact origins only.
    origins
        .iter()
        .fold(Cors::default(), |cors, origin| cors.allowed_origin(origin))
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::RANGE,
            header::HeaderName::from_static("idempotency-key"),
            header::HeaderName::from_static("x-iv-csrf"),
            // Signed uploads, and tus.
            header::HeaderName::from_static("x-amz-checksum-sha256"),
            header::HeaderName::from_static("tus-resumable"),
            header::HeaderName::from_static("upload-length"),
            header::HeaderName::from_static("upload-offset"),
            header::HeaderName::from_static("upload-metadata"),
            header::HeaderName::from_static("upload-concat"),
            header::HeaderName::from_static("upload-checksum"),
            header::HeaderName::from_static("x-http-method-override"),
            header::HeaderName::from_static("x-request-id"),
        ])
        .expose_headers([
            "etag",
            "link",
            "location",
            "retry-after",
            "ratelimit",
            "x-request-id",
            "content-disposition",
            "tus-resumable",
            "tus-version",
            "tus-extension",
            "tus-max-size",
            "tus-checksum-algorithm",
            "upload-length",
            "upload-offset",
            "upload-metadata",
            "upload-concat",
            "upload-expires",
            "upload-image-id",
        ])
        .supports_credentials()
        .max_age(600)
        // Foreign origins are not refused here: they get no CORS headers, and cookies need the CSRF check anyway.
        .block_on_origin_mismatch(false)
}

fn spawn_loops(
    app: &web::Data<App>,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<tokio::task::JoinHandle<()>>, infravault_jobs::Error> {
    let sweeper =
        app.images
            .maintenance
            .clone()
            .sweep_forever(app.log.clone(), app.clock.clone(), stopped.clone());
    let shared = app.clone().into_inner();
    let mut loops = vec![
        rt::spawn(sweeper),
        rt::spawn(housekeep(Arc::clone(&shared), stopped.clone())),
    ];
    if app.config.jobs.in_serve {
        loops.push(rt::spawn(worker::build(&shared)?.run(stopped.clone())));
    }
    Ok(loops)
}

/// Writes down which renditions were asked for, and lets those go that nobody asks for.
async fn note_and_prune(app: &App, prune: bool) {
    let ctx = Ctx::system(&app.log, app.clock.clone());
    if let Err(error) = app.images.renditions.note_use(&ctx).await {
        warn!(ctx.log, "the use of renditions could not be written down"; "error" => error.to_string());
    }
    if !prune {
        return;
    }
    let config = &app.images.config;
    let settings = Prune {
        unused_for: Some(config.rendition_unused_for),
        max_bytes: config.rendition_max_bytes,
        dry_run: false,
    };
    match app.images.renditions.prune(&ctx, settings, |_| {}).await {
        Ok(pruned) if pruned == Pruned::default() => {}
        Ok(pruned) => {
            info!(ctx.log, "pruned renditions"; "renditions" => pruned.renditions, "bytes" => pruned.bytes);
        }
        Err(error) => {
            warn!(ctx.log, "renditions could not be pruned"; "error" => error.to_string());
        }
    }
}

/// Once a minute: idle connections and quiet callers; once an hour: sign-ins and sessions that have expired.
async fn housekeep(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut minute = tokio::time::interval(Duration::from_mins(1));
    let mut minutes = 0_u32;
    if let Err(error) = app.db.warm_up().await {
        warn!(app.log, "PostgreSQL does not answer yet"; "error" => error.to_string());
    }
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = minute.tick() => {}
        }
        app.db.close_idle();
        app.rates.forget_quiet();
        note_and_prune(&app, minutes.is_multiple_of(60)).await;
        if minutes.is_multiple_of(60) {
            let ctx = Ctx::system(&app.log, app.clock.clone());
            if let Err(error) = app.auth.tidy_up(&ctx).await {
                warn!(ctx.log, "expired sessions could not be removed"; "error" => error.to_string());
            }
        }
        minutes = minutes.wrapping_add(1);
    }
}
