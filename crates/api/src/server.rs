//! The HTTP server: binds the port, runs the background tasks, and stops gracefully.
use crate::{
    app::App, config::Config, housekeeping::run_housekeeping, middleware, routes, worker::build_worker,
};
use actix_cors::Cors;
use actix_web::{
    HttpServer,
    http::header,
    middleware::{Condition, from_fn},
    rt, web,
};
use infravault_kernel::Clock;
use slog::{Logger, info};
use socket2::SockRef;
use std::{
    any::Any,
    error::Error,
    net::{SocketAddr, TcpListener},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{sync::watch, task::JoinHandle};

/// A server that has bound its port.
pub struct Server {
    app: web::Data<App>,
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Builds the application and binds its port. Port 0 selects a free port, which is also put into the public origin.
    pub fn bind(mut config: Config, log: &Logger, clock: Clock) -> Result<Self, Box<dyn Error>> {
        let listener = TcpListener::bind(config.server.bind).map_err(|error| {
            format!(
                "cannot listen on {}: {error}; set HTTP_BIND to a free address and port",
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

    /// The address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The state of the handlers.
    pub fn app(&self) -> web::Data<App> {
        self.app.clone()
    }

    /// Serves requests until `stop` resolves. Then reports not ready, finishes the requests in progress, and ends the
    /// background tasks.
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
            actix_web::App::new()
                .app_data(data.clone())
                .wrap(Condition::new(
                    !data.config.server.cors_origins.is_empty(),
                    build_cors(&data.config.server.cors_origins),
                ))
                .wrap(from_fn(middleware::handle_request))
                .configure(|config| routes::configure(config, data.config.server.docs_ui))
        })
        .on_connect(move |stream, _| set_stall_timeout(stream, stall_timeout))
        .workers(workers)
        .tcp_nodelay(true)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(settings.shutdown_timeout.as_secs())
        .disable_signals()
        .listen(self.listener)?
        .run();
        let (stop_tasks, stopped) = watch::channel(false);
        // Start the workers before the first request needs one.
        app.sandbox.warm_up().await;
        let tasks = spawn_background_tasks(&app, &stopped)?;
        info!(app.log, "listening"; "address" => self.address.to_string(), "origin" => settings.public_origin.clone());

        let handle = server.handle();
        let running = tokio::spawn(server);
        stop.await;
        app.stopping.store(true, Ordering::Relaxed);
        info!(app.log, "stopping"; "grace" => format!("{:?}", settings.shutdown_timeout));
        tokio::time::sleep(settings.shutdown_delay).await;
        // Jobs and requests in progress finish during the same grace period.
        stop_tasks.send_replace(true);
        handle.stop(true).await;
        let outcome = running.await?;
        for task in tasks {
            task.await?;
        }
        app.sandbox.stop().await;
        info!(app.log, "stopped");
        Ok(outcome?)
    }
}

/// Closes a connection when the client acknowledges or receives no data for this long (`TCP_USER_TIMEOUT`, RFC 5482), so
/// that a slow reader cannot hold a connection indefinitely.
fn set_stall_timeout(stream: &dyn Any, timeout: Duration) {
    if let Some(stream) = stream.downcast_ref::<rt::net::TcpStream>() {
        // Fails only if the connection is closed already.
        let _ = SockRef::from(stream).set_tcp_user_timeout(Some(timeout));
    }
}

fn build_cors(origins: &[String]) -> Cors {
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
            // Signed uploads and tus.
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
        // Other origins get no CORS headers, and the CSRF check rejects their requests with cookies.
        .block_on_origin_mismatch(false)
}

fn spawn_background_tasks(
    app: &web::Data<App>,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>, infravault_jobs::Error> {
    let sweeper = app.images.maintenance.clone().sweep_until_stopped(
        app.log.clone(),
        app.clock.clone(),
        stopped.clone(),
    );
    let shared = app.clone().into_inner();
    let mut tasks = vec![
        rt::spawn(sweeper),
        rt::spawn(run_housekeeping(Arc::clone(&shared), stopped.clone())),
    ];
    if app.config.jobs.in_serve {
        tasks.push(rt::spawn(build_worker(&shared)?.run(stopped.clone())));
    }
    Ok(tasks)
}
