//! The OpenID Connect issuer of `cargo xtask dev`, for this machine only.
use clap::Parser;
use infravault_testkit::issuer::{Issuer, IssuerConfig};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Run an OpenID Connect issuer without passwords, for development on this machine only.
#[derive(Debug, Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 selects a free one.
    #[arg(long)]
    port: u16,
    /// Accept only redirect URIs with this prefix. They must always be on loopback.
    #[arg(long, default_value = "")]
    redirect_uri_prefix: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let port = arguments.port;
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // This is the only way to report this error.
            let _ = writeln!(
                io::stderr(),
                "dev-issuer cannot listen on 127.0.0.1:{port}: {error}. If another issuer is running, use a different --port."
            );
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: Arguments) -> io::Result<()> {
    let issuer = Issuer::start_with(IssuerConfig {
        port: arguments.port,
        redirect_uri_prefix: arguments.redirect_uri_prefix,
        ..IssuerConfig::default()
    })?;
    writeln!(io::stdout(), "listening on {}", issuer.url())?;
    issuer.serve()
}
