//! Generates one crate of typed queries per bounded context, as a database role that sees only its schema.
use clap::Parser;
use cornucopia::config::Config;
use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio_postgres::{Client, NoTls};

/// The bounded contexts that own queries; each has a schema of the same name.
const CONTEXTS: [&str; 3] = ["auth", "users", "images"];

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Generates the query crates from `queries/<context>/*.sql`.
#[derive(Parser)]
struct Args {
    /// Compare with what is committed instead of writing.
    #[arg(long)]
    check: bool,
    /// Only these contexts.
    contexts: Vec<String>,
    /// A superuser's URL of a running cluster; a scratch database is made there and dropped.
    #[arg(long, env = "DATABASE_URL")]
    database_url: String,
}

// Several threads: the generator blocks one of them while another drives its connection.
#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("codegen: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Outcome<()> {
    let unknown = args
        .contexts
        .iter()
        .find(|name| !CONTEXTS.contains(&name.as_str()));
    if let Some(unknown) = unknown {
        return Err(format!(
            "unknown context `{unknown}`; the contexts are {}",
            CONTEXTS.join(", ")
        )
        .into());
    }
    let admin = connect(&args.database_url).await?;
    let scratch = format!("infravault_codegen_{}", std::process::id());
    admin.batch_execute(&format!("CREATE DATABASE {scratch}")).await?;
    let outcome = generate_all(&args, &scratch).await;
    admin
        .batch_execute(&format!("DROP DATABASE {scratch} WITH (FORCE)"))
        .await?;
    outcome
}

async fn generate_all(args: &Args, scratch: &str) -> Outcome<()> {
    let url = with_database(&args.database_url, scratch)?;
    infravault_db::migrate::up(&url, &slog::Logger::root(slog::Discard, slog::o!())).await?;
    let mut stale = Vec::new();
    for context in CONTEXTS {
        if !args.contexts.is_empty() && !args.contexts.iter().any(|wanted| wanted == context) {
            continue;
        }
        let client = connect(&url).await?;
        restrict(&client, context).await?;
        let committed = PathBuf::from(format!("crates/{context}/queries"));
        if args.check {
            let fresh = PathBuf::from(format!("target/codegen/{context}"));
            generate(&client, context, &fresh)?;
            if differs(&fresh, &committed)? {
                stale.push(context);
            }
        } else {
            generate(&client, context, &committed)?;
            eprintln!("generated {}", committed.display());
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the generated queries of {} are stale; run `cargo xtask codegen`",
        stale.join(", ")
    )
    .into())
}

/// Lets the connection see one context's schema and the functions of `access`, nothing else: a query that
/// reaches into another context fails here, with file, line and column.
async fn restrict(client: &Client, context: &str) -> Outcome<()> {
    let role = format!("infravault_codegen_{context}");
    client
        .batch_execute(&format!(
            "DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
             GRANT USAGE ON SCHEMA access, {context} TO {role};
             GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA access TO {role};
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {context} TO {role};
             SET ROLE {role}"
        ))
        .await?;
    Ok(())
}

fn generate(client: &Client, context: &str, destination: &Path) -> Outcome<()> {
    let config = Config::builder_from_file(format!("queries/{context}/cornucopia.toml"))?
        .destination(destination)
        .build();
    cornucopia::gen_live(client, config).map_err(|error| format!("{:?}", miette::Report::new(error)))?;
    // What a generator wrote is not reformatted, or it would differ from what it writes the next time.
    std::fs::write(
        destination.join(".rustfmt.toml"),
        "disable_all_formatting = true\n",
    )?;
    Ok(())
}

fn differs(fresh: &Path, committed: &Path) -> Outcome<bool> {
    let (left, right) = (files(fresh)?, files(committed)?);
    if left != right {
        return Ok(true);
    }
    for name in left {
        if std::fs::read(fresh.join(&name))? != std::fs::read(committed.join(&name))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder)?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

async fn connect(url: &str) -> Outcome<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// The same URL with another database.
fn with_database(url: &str, database: &str) -> Outcome<String> {
    let (start, query) = url
        .split_once('?')
        .map_or((url, None), |(start, query)| (start, Some(query)));
    let at = start
        .find("://")
        .map(|at| at + 3)
        .ok_or("the database URL has no scheme")?;
    let (authority, _) = start
        .get(at..)
        .unwrap_or_default()
        .split_once('/')
        .unwrap_or((&start[at..], ""));
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Ok(format!("{}{authority}/{database}{query}", &start[..at]))
}
