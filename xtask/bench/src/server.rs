//! The two servers: started on free ports, ended when the bench ends, however that comes.

use crate::{
    Outcome,
    http::{Connection, Request},
};
use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long a server may take until it answers.
const READY: Duration = Duration::from_mins(1);
/// How many characters of its log are shown where it does not.
const SHOWN: usize = 1000;

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts a program and waits until it answers there.
    pub(crate) async fn start(
        mut command: Command,
        address: SocketAddr,
        ready: &str,
        log: &Path,
    ) -> Outcome<Self> {
        let out = File::create(log)?;
        let errors = out.try_clone()?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .spawn()
            .map_err(|error| {
                format!(
                    "cannot start {}: {error}",
                    command.get_program().to_string_lossy()
                )
            })?;
        let mut server = Self { child, address };
        let (begun, request) = (Instant::now(), Request::get(address, ready, None));
        loop {
            let answered = match Connection::open(address).await {
                Ok(mut connection) => connection.ask(&request).await,
                Err(error) => Err(error),
            };
            let Err(error) = answered else { return Ok(server) };
            let ended = server.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > READY {
                let text: String = fs::read_to_string(log)?.chars().take(SHOWN).collect();
                let name = command.get_program().to_string_lossy();
                return Err(format!(
                    "{name} is not ready: {error}\n{text}\nits log is {}",
                    log.display()
                )
                .into());
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it now: nothing of a bench has to survive, so there is no waiting for a graceful end.
    pub(crate) fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// An address that nobody listens on.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
