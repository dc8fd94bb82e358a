//! What is asked for: pages by cursors that the server gave out, and images by ids that are in the tables.

use crate::{
    Outcome,
    http::{Connection, Request},
    seed::{self, Database, OWNERS},
};
use serde::Deserialize;
use std::net::SocketAddr;
use uuid::Uuid;

/// How many pages are walked to collect cursors: of the gallery and of the first owner; of each other owner.
const FAR: usize = 1000;
const NEAR: usize = 50;
/// How many rows are asked for by id, and how many of the baseline's pages there are.
const SAMPLED: usize = 5000;
/// The last cursors of a walk are the deep ones.
const DEEP: usize = 20;

/// Requests to draw from.
#[derive(Debug)]
pub(crate) struct Targets {
    /// Pages of twenty of the public gallery, without credentials.
    pub(crate) public_pages: Vec<Request>,
    /// Pages of twenty of the own images, with API tokens.
    pub(crate) own_pages: Vec<Request>,
    /// The same with sessions.
    pub(crate) session_pages: Vec<Request>,
    /// The first pages of the own images, with API tokens.
    pub(crate) first_pages: Vec<Request>,
    /// The deepest pages that were reached, with API tokens.
    pub(crate) deep_pages: Vec<Request>,
    /// Public images by id, without credentials.
    pub(crate) public_rows: Vec<Request>,
    /// Private images by id, with API tokens.
    pub(crate) own_rows: Vec<Request>,
    /// The same with sessions.
    pub(crate) session_rows: Vec<Request>,
    /// Pages of twenty of the baseline.
    pub(crate) bare_pages: Vec<Request>,
    /// Rows of the baseline.
    pub(crate) bare_rows: Vec<Request>,
    /// An API token for each owner.
    pub(crate) tokens: Vec<String>,
}

impl Targets {
    /// Asks the database and the server.
    pub(crate) async fn gather(
        database: &Database,
        ours: SocketAddr,
        bare: SocketAddr,
        rows: i64,
        tokens: Vec<String>,
        sessions: &[String],
    ) -> Outcome<Self> {
        let page = |cursor: &str| format!("/api/v1/images?limit=20&cursor={cursor}");
        let mut targets = Self {
            public_pages: walk(ours, "/api/v1/images/public", None, FAR)
                .await?
                .iter()
                .map(|cursor| format!("/api/v1/images/public?limit=20&cursor={cursor}"))
                .map(|path| Request::get(ours, &path, None))
                .collect(),
            own_pages: Vec::new(),
            session_pages: Vec::new(),
            first_pages: Vec::new(),
            deep_pages: Vec::new(),
            public_rows: Vec::new(),
            own_rows: Vec::new(),
            session_rows: Vec::new(),
            bare_pages: Vec::new(),
            bare_rows: Vec::new(),
            tokens: Vec::new(),
        };
        for (token, session) in tokens.iter().zip(sessions) {
            let pages = if targets.first_pages.is_empty() { FAR } else { NEAR };
            let cursors = walk(ours, "/api/v1/images", Some(token), pages).await?;
            for cursor in cursors.iter().rev().take(DEEP).filter(|_| pages == FAR) {
                targets
                    .deep_pages
                    .push(Request::get(ours, &page(cursor), Some(token)));
            }
            for cursor in cursors.iter().take(NEAR) {
                targets
                    .own_pages
                    .push(Request::get(ours, &page(cursor), Some(token)));
                targets
                    .session_pages
                    .push(Request::get(ours, &page(cursor), Some(session)));
            }
            targets
                .first_pages
                .push(Request::get(ours, "/api/v1/images?limit=20", Some(token)));
        }
        targets
            .sample(database, ours, bare, rows, &tokens, sessions)
            .await?;
        targets.tokens = tokens;
        Ok(targets)
    }

    async fn sample(
        &mut self,
        database: &Database,
        ours: SocketAddr,
        bare: SocketAddr,
        rows: i64,
        tokens: &[String],
        sessions: &[String],
    ) -> Outcome {
        let query = format!(
            "SELECT id, owner_id, visibility, (extract(epoch FROM created_at) * 1000000)::bigint \
             FROM bare.images TABLESAMPLE BERNOULLI ({}) REPEATABLE (7)",
            seed::percent(2 * SAMPLED, rows)
        );
        let owners: Vec<String> = (0..OWNERS).map(seed::owner).collect();
        for row in database.client.query(&query, &[]).await? {
            let (id, owner): (Uuid, Uuid) = (row.try_get(0)?, row.try_get(1)?);
            let (visibility, micros): (String, i64) = (row.try_get(2)?, row.try_get(3)?);
            let path = format!("/api/v1/images/{id}");
            let number = owners
                .iter()
                .position(|known| *known == owner.to_string())
                .unwrap_or(0);
            match (visibility.as_str(), tokens.get(number), sessions.get(number)) {
                ("public", ..) => self.public_rows.push(Request::get(ours, &path, None)),
                (_, Some(token), Some(session)) => {
                    self.own_rows.push(Request::get(ours, &path, Some(token)));
                    self.session_rows.push(Request::get(ours, &path, Some(session)));
                }
                _ => {}
            }
            self.bare_rows
                .push(Request::get(bare, &format!("/row/{id}"), None));
            let start = format!("/list?owner={owner}&micros={micros}&id={id}");
            self.bare_pages.push(Request::get(bare, &start, None));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Page {
    next_cursor: Option<String>,
}

/// The cursors of a list, page after page of two hundred.
async fn walk(address: SocketAddr, path: &str, token: Option<&str>, pages: usize) -> Outcome<Vec<String>> {
    let mut connection = Connection::open(address).await?;
    let mut cursors: Vec<String> = Vec::new();
    while cursors.len() < pages {
        let path = match cursors.last() {
            None => format!("{path}?limit=200"),
            Some(cursor) => format!("{path}?limit=200&cursor={cursor}"),
        };
        let body = connection.fetch(&Request::get(address, &path, token)).await?;
        let page: Page = serde_json::from_slice(&body)?;
        match page.next_cursor {
            Some(cursor) => cursors.push(cursor),
            None => break,
        }
    }
    Ok(cursors)
}
