//! Starts servers on free ports and stops them when the bench ends.

use crate::{
    Outcome,
    http::{Connection, Request},
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
    time::Duration,
};
use tokio::time::{Instant, sleep};
use xtask_support::{port, service::Service};

/// How long a server may take until it answers.
const READY: Duration = Duration::from_mins(1);

/// A running server. Dropping it kills it: nothing of a bench has to survive.
#[derive(Debug)]
pub(crate) struct Server {
    service: Service,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts a program and waits until `GET ready` succeeds.
    pub(crate) async fn start(
        mut command: Command,
        address: SocketAddr,
        ready: &str,
        log: &Path,
    ) -> Outcome<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let service = Service::start(&name, &mut command, log, Duration::ZERO)?;
        let mut server = Self { service, address };
        let (begun, request) = (Instant::now(), Request::get(address, ready, None));
        loop {
            let answered = match Connection::open(address).await {
                Ok(mut connection) => connection.ask(&request).await,
                Err(error) => Err(error),
            };
            let Err(error) = answered else { return Ok(server) };
            server.service.check()?;
            if begun.elapsed() > READY {
                return Err(format!("{name} is not ready: {error}\n{}", server.service.tail()).into());
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.service.pid()
    }

    pub(crate) fn end(&mut self) {
        self.service.stop();
    }
}

pub(crate) fn free_address() -> Outcome<SocketAddr> {
    Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port::free()?)))
}
