//! The OpenID Connect issuer of `cargo xtask dev`: signs anybody in, on this machine only.
use clap::Parser;
use infravault_testkit::issuer::{Issuer, IssuerConfig};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Signs anybody in without a password. For development on this machine only.
#[derive(Debug, Parser)]
struct Arguments {
    /// The port on 127.0.0.1; 0 takes any free one.
    #[arg(long)]
    port: u16,
    /// Accept only redirect URIs that begin with this (they must be on this machine in any case).
    #[arg(long, default_value = "")]
    redirect_uri_prefix: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let port = arguments.port;
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when this cannot be written either.
            let _ = writeln!(
                io::stderr(),
                "dev-issuer cannot serve on 127.0.0.1:{port}: {error}. Is another one running there? Try another --port."
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
