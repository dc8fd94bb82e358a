//! The data: a database of its own, migrated by the product, filled with images, kept for the next run.

use crate::{Outcome, load::real, product::Product};
use aws_lc_rs::digest;
use std::{fmt::Write as _, fs, path::Path, time::Instant};
use tokio_postgres::{Client, Config, NoTls};
use xtask_support::console;

/// The database that is measured.
const DATABASE: &str = "infravault_bench";
/// The login of the product: owner of the database, no superuser.
const LOGIN: &str = "infravault";
/// Rows per statement, so that a person sees it move.
const BATCH: i64 = 25_000;

const PREPARE: &str = include_str!("prepare.sql");
const FILL: &str = include_str!("fill.sql");
const BARE: &str = include_str!("bare.sql");
/// Which index the renditions lose while they are written.
const RENDITIONS_KEY: &str =
    "ALTER TABLE images.renditions ADD CONSTRAINT renditions_pkey PRIMARY KEY (image_id, variant)";
const WORDS: &str = include_str!("words.txt");
const TAGS: &str = include_str!("tags.txt");

/// Where the data is.
#[derive(Debug)]
pub(crate) struct Database {
    admin: Config,
    /// Who works on it with all rights.
    pub(crate) client: Client,
    /// The product's URL.
    pub(crate) product_url: String,
    /// The baseline's URL.
    pub(crate) bare_url: String,
}

impl Database {
    /// Uses the data of an earlier run where it has as many rows under the same schema; makes it otherwise.
    pub(crate) async fn open(admin_url: &str, rows: i64, reseed: bool, product: &Product) -> Outcome<Self> {
        let admin: Config = admin_url.parse()?;
        let client = connect(&admin, None).await?;
        let wanted = format!("{rows} rows, schema {}", fingerprint()?);
        let known = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1";
        let found: Option<String> = client
            .query_opt(known, &[&DATABASE])
            .await?
            .and_then(|row| row.get(0));
        let address = address(&admin)?;
        let mut database = Self {
            client,
            product_url: format!("postgres://{LOGIN}@{address}/{DATABASE}"),
            bare_url: format!(
                "postgres://{}@{address}/{DATABASE}",
                admin.get_user().unwrap_or("postgres")
            ),
            admin,
        };
        if reseed || found.as_deref() != Some(&wanted) {
            database.make(rows, product).await?;
            // Written last: incomplete data is generated again.
            let mark = format!("COMMENT ON DATABASE {DATABASE} IS '{wanted}'");
            database.client.batch_execute(&mark).await?;
        }
        database.client = connect(&database.admin, Some(DATABASE)).await?;
        Ok(database)
    }

    async fn make(&mut self, rows: i64, product: &Product) -> Outcome {
        let begun = Instant::now();
        console::note(&format!("making the data: {rows} images"));
        let role = format!(
            "DO $$ BEGIN CREATE ROLE {LOGIN} LOGIN CREATEROLE; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        );
        self.client.batch_execute(&role).await?;
        let drop = format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)");
        self.client.batch_execute(&drop).await?;
        let create = format!("CREATE DATABASE {DATABASE} OWNER {LOGIN}");
        self.client.batch_execute(&create).await?;
        product.migrate(&self.product_url)?;
        let client = connect(&self.admin, Some(DATABASE)).await?;
        client.batch_execute(PREPARE).await?;
        let indexes = client
            .query("SELECT indexname, indexdef FROM bare.indexes", &[])
            .await?;
        for index in &indexes {
            let name: String = index.get(0);
            client.batch_execute(&format!("DROP INDEX images.{name}")).await?;
        }
        let half = rows / 2;
        tokio::try_join!(self.fill(1, half), self.fill(half + 1, rows))?;
        console::note("making the indexes");
        let mut definitions: Vec<String> = indexes.iter().map(|index| index.get(1)).collect();
        definitions.insert(0, RENDITIONS_KEY.to_owned());
        let (left, right) = definitions.split_at(definitions.len() / 2);
        tokio::try_join!(self.run(left), self.run(right))?;
        client.batch_execute(BARE).await?;
        console::note("vacuum");
        client.batch_execute("VACUUM (ANALYZE, FREEZE)").await?;
        client.batch_execute("CHECKPOINT").await?;
        console::note(&format!(
            "the data is made, after {} s",
            begun.elapsed().as_secs()
        ));
        Ok(())
    }

    async fn fill(&self, first: i64, last: i64) -> Outcome {
        let client = connect(&self.admin, Some(DATABASE)).await?;
        // Foreign keys are right by construction; checking them row by row doubles the time.
        client
            .batch_execute("SET session_replication_role = replica; SELECT setseed(0.42)")
            .await?;
        let statement = client.prepare(FILL).await?;
        let (words, tags): (Vec<&str>, Vec<&str>) = (
            WORDS.split_whitespace().collect(),
            TAGS.split_whitespace().collect(),
        );
        let mut from = first;
        while from <= last {
            let to = last.min(from + BATCH - 1);
            client.execute(&statement, &[&from, &to, &words, &tags]).await?;
            console::note(&format!("images {from} to {to}"));
            from = to + 1;
        }
        Ok(())
    }

    async fn run(&self, statements: &[String]) -> Outcome {
        let client = connect(&self.admin, Some(DATABASE)).await?;
        for statement in statements {
            client.batch_execute(statement).await?;
        }
        Ok(())
    }

    /// Takes back what uploads have added.
    pub(crate) async fn forget_uploads(&self) -> Outcome {
        let forget = "WITH gone AS (DELETE FROM images.images WHERE created_at > now() - interval '1 day' \
                RETURNING owner_id, byte_size), \
            sums AS (SELECT owner_id, sum(byte_size)::bigint AS bytes, count(*) AS count FROM gone GROUP BY owner_id) \
            UPDATE images.usage AS u SET used_bytes = used_bytes - coalesce(bytes, 0), reserved_bytes = 0, \
                image_count = image_count - count FROM sums WHERE u.owner_id = sums.owner_id; \
            DELETE FROM bare.images WHERE created_at > now() - interval '1 day'; \
            DELETE FROM graphile_worker._private_jobs WHERE locked_at IS NULL";
        self.client.batch_execute(forget).await?;
        Ok(())
    }

    /// Bytes per image: all tables and indexes of the schema, the renditions among them, the baseline's table.
    pub(crate) async fn bytes_per_image(&self) -> Outcome<[f64; 3]> {
        let query = "SELECT (SELECT sum(pg_total_relation_size(oid)) FROM pg_class \
                WHERE relnamespace = 'images'::regnamespace AND relkind = 'r')::float8 / count(*), \
            pg_total_relation_size('images.renditions')::float8 / count(*), \
            pg_total_relation_size('bare.images')::float8 / count(*) FROM images.images";
        let row = self.client.query_one(query, &[]).await?;
        Ok([row.try_get(0)?, row.try_get(1)?, row.try_get(2)?])
    }

    /// The process that all of PostgreSQL's belong to, its version, the date, the seconds since 1970.
    pub(crate) async fn facts(&self) -> Outcome<(u32, String, String, i64)> {
        let query = "SELECT pg_backend_pid(), current_setting('server_version'), to_char(now(), 'YYYY-MM-DD'), \
            extract(epoch FROM now())::bigint";
        let row = self.client.query_one(query, &[]).await?;
        let backend = u32::try_from(row.try_get::<_, i32>(0)?)?;
        let postmaster = crate::machine::parent(backend).ok_or("PostgreSQL must run on this machine")?;
        let version: String = row.try_get(1)?;
        let version = version.split(' ').next().unwrap_or_default().to_owned();
        Ok((postmaster, version, row.try_get(2)?, row.try_get(3)?))
    }
}

/// A connection whose driver ends with it.
async fn connect(config: &Config, database: Option<&str>) -> Outcome<Client> {
    let mut config = config.clone();
    if let Some(name) = database {
        config.dbname(name);
    }
    let (client, connection) = config
        .connect(NoTls)
        .await
        .map_err(|error| format!("cannot connect to PostgreSQL: {error:?}"))?;
    tokio::spawn(connection);
    Ok(client)
}

fn address(config: &Config) -> Outcome<String> {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match config.get_hosts().first() {
        Some(tokio_postgres::config::Host::Tcp(host)) => Ok(format!("{host}:{port}")),
        _ => Err("the cluster's URL must name a host".into()),
    }
}

/// Which migrations and which data this is.
fn fingerprint() -> Outcome<String> {
    let mut files = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    for entry in fs::read_dir(&folder)? {
        files.push(entry?.path());
    }
    files.sort();
    let mut hash = digest::Context::new(&digest::SHA256);
    for file in files {
        hash.update(&fs::read(file)?);
    }
    for text in [PREPARE, FILL, BARE, WORDS, TAGS] {
        hash.update(text.as_bytes());
    }
    let hash = hash.finish();
    let mut text = String::new();
    for byte in hash.as_ref().iter().take(8) {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

/// How many owners the images have.
pub(crate) const OWNERS: u32 = 10;

/// The id of an owner.
pub(crate) fn owner(number: u32) -> String {
    format!("00000000-0000-7000-8000-00000000000{number}")
}

/// The id of an owner's session.
pub(crate) fn session(number: u32) -> String {
    format!("00000000-0000-7000-9000-00000000000{number}")
}

/// A share of all rows, for sampling.
pub(crate) fn percent(wanted: usize, rows: i64) -> f64 {
    let rows = u32::try_from(rows).map_or(f64::INFINITY, f64::from);
    (real(wanted) * 100.0 / rows).min(100.0)
}
