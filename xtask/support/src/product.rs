//! Settings and output of the `infravault` program that several tools need.

use std::{path::Path, process::Command};

/// Extensions that an administrator creates before the migrations run, one statement a line.
pub const EXTENSIONS: &str = "CREATE EXTENSION citext SCHEMA public;\nCREATE EXTENSION pg_trgm SCHEMA public;\n\
    CREATE EXTENSION unaccent SCHEMA public;\nCREATE EXTENSION btree_gin SCHEMA public;\n";

/// The product's role, which may create roles but is not a superuser, and its database; one statement a line.
pub const ROLE_AND_DATABASE: &str =
    "CREATE ROLE infravault LOGIN CREATEROLE;\nCREATE DATABASE infravault OWNER infravault;\n";

/// Settings without which the product does not start, for a server on this machine.
pub fn set_base_environment(command: &mut Command, database_url: &str, port: u16, home: &Path) {
    command
        .env_remove("LD_LIBRARY_PATH")
        .env("DATABASE_URL", database_url)
        .env("HTTP_BIND", format!("127.0.0.1:{port}"))
        .env("PUBLIC_ORIGIN", format!("http://127.0.0.1:{port}"))
        .env("INFRAVAULT_INSECURE_DEV", "1")
        .env("AUTH_KEY_DIR", home.join("keys"))
        .env("SPOOL_DIR", home.join("spool"));
}

/// Disables every rate limit.
pub fn disable_rate_limits(command: &mut Command) {
    for group in ["ANONYMOUS", "ACCOUNT", "UPLOAD", "RENDITION", "SIGN_IN"] {
        command.env(format!("RATE_LIMIT_{group}"), "0");
    }
}

/// The API token in the output of `infravault admin create-token`.
pub fn find_token(output: &str) -> Option<String> {
    let token = output.lines().rev().find(|line| line.starts_with("ivp_"))?;
    Some(token.trim().to_owned())
}
