//! The baseline: the least that a Rust image host must do, one route per cost, after the usual examples of actix-web
//! and tokio-postgres. No sign-in, no limits, no checks: what InfraVault adds is what the ratio shows.

mod read;
mod upload;

use crate::Outcome;
use actix_web::{App, HttpServer, error::ErrorInternalServerError, web};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use std::{fmt::Display, path::PathBuf};
use tokio_postgres::NoTls;
use xtask_support::console;

/// Connections to PostgreSQL; more cost throughput on two cores.
const POOL: usize = 16;
/// Threads that answer, as many as InfraVault gets.
pub(crate) const WORKERS: usize = 2;

/// Options of the baseline.
#[derive(Debug, clap::Args)]
pub(crate) struct Bare {
    /// Its port on the loopback address.
    #[arg(long)]
    port: u16,
    /// Where uploads go and files come from.
    #[arg(long)]
    store: PathBuf,
    /// The database with the table `bare.images`.
    #[arg(long, env = "BARE_DATABASE_URL", hide_env_values = true)]
    database_url: String,
}

/// What the routes work with.
#[derive(Clone, Debug)]
struct State {
    pool: Pool,
    store: PathBuf,
}

impl Bare {
    /// Serves until it is ended.
    pub(crate) fn serve(&self) -> Outcome {
        let config: tokio_postgres::Config = self.database_url.parse()?;
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(config, NoTls, recycling);
        let pool = Pool::builder(manager).max_size(POOL).build()?;
        std::fs::create_dir_all(&self.store)?;
        let state = web::Data::new(State {
            pool,
            store: self.store.clone(),
        });
        console::note(&format!("the baseline listens on port {}", self.port));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route("/live", web::get().to(async || "live"))
                .route("/row/{id}", web::get().to(read::row))
                .route("/list", web::get().to(read::list))
                .route("/file/{name}", web::get().to(read::file))
                .route("/upload", web::post().to(upload::upload))
        })
        .workers(WORKERS)
        // Without it small answers on kept connections wait 40 ms for the client's delayed acknowledgement.
        .tcp_nodelay(true)
        .bind(("127.0.0.1", self.port))?;
        actix_web::rt::System::new().block_on(server.run())?;
        Ok(())
    }
}

fn failed(error: impl Display) -> actix_web::Error {
    ErrorInternalServerError(error.to_string())
}
