//! The queue's way to PostgreSQL: our pool with our TLS, and a listener that comes back.
//!
//! The library's own pool would bring a second TLS stack, or none.
use futures_util::stream;
use graphile_worker::{
    BoxFuture, DatabaseDriver, DbError, DbExecutor, DbParams, DbRow, DbTransaction, Notification,
    NotificationStream, tokio_postgres::TokioPostgresDatabase,
};
use infravault_db::{Listener, Owner, Pool};
use std::{any::Any, sync::Arc, time::Duration};
use tokio::sync::Notify;

/// Between two tries to listen again. Meanwhile the queue is polled.
const AGAIN: Duration = Duration::from_secs(1);

/// A pool and what listens beside it.
#[derive(Debug)]
pub(crate) struct Driver {
    pooled: TokioPostgresDatabase,
    owner: Owner,
    more: Arc<Notify>,
}

impl Driver {
    /// `more` counts as a notification too.
    pub(crate) fn new(pool: Pool, owner: Owner, more: Arc<Notify>) -> Self {
        Self {
            pooled: TokioPostgresDatabase::new(pool),
            owner,
            more,
        }
    }
}

impl DbExecutor for Driver {
    fn execute<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<u64, DbError>> {
        DbExecutor::execute(&self.pooled, sql, params)
    }

    fn fetch_all<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<Vec<DbRow>, DbError>> {
        DbExecutor::fetch_all(&self.pooled, sql, params)
    }
}

impl DatabaseDriver for Driver {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn begin(&self) -> BoxFuture<'_, Result<DbTransaction, DbError>> {
        self.pooled.begin()
    }

    fn listen<'a>(&'a self, channel: &'a str) -> BoxFuture<'a, Result<Option<NotificationStream>, DbError>> {
        Box::pin(async move {
            let first = self.owner.listen(channel).await;
            let ears = Ears {
                listener: Some(first.map_err(|error| DbError::new(error.to_string()))?),
                owner: self.owner.clone(),
                channel: channel.to_owned(),
                more: Arc::clone(&self.more),
            };
            let notifications = stream::unfold(ears, async |mut ears| {
                ears.hear().await;
                let notification = Notification {
                    channel: ears.channel.clone(),
                    payload: String::new(),
                };
                Some((Ok(notification), ears))
            });
            let notifications: NotificationStream = Box::pin(notifications);
            Ok(Some(notifications))
        })
    }
}

/// What hears that there is work.
struct Ears {
    listener: Option<Listener>,
    owner: Owner,
    channel: String,
    more: Arc<Notify>,
}

impl Ears {
    /// Returns when there may be work: after a notification, after a job, and after a connection was made anew,
    /// because what was sent meanwhile is lost.
    async fn hear(&mut self) {
        loop {
            if let Some(listener) = &mut self.listener {
                let heard = tokio::select! {
                    heard = listener.notified() => heard,
                    () = self.more.notified() => true,
                };
                if heard {
                    return;
                }
                self.listener = None;
            }
            if let Ok(listener) = self.owner.listen(&self.channel).await {
                self.listener = Some(listener);
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(AGAIN) => {}
                () = self.more.notified() => return,
            }
        }
    }
}
