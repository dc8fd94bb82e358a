//! The database driver of the queue: our connection pool with our TLS, and a listener that reconnects.
//!
//! The pool of the library would bring a second TLS stack, or none.
use futures_util::stream;
use graphile_worker::{
    BoxFuture, DatabaseDriver, DbError, DbExecutor, DbParams, DbRow, DbTransaction, Notification,
    NotificationStream, tokio_postgres::TokioPostgresDatabase,
};
use infravault_db::{Listener, OwnerConnector, Pool};
use std::{any::Any, sync::Arc, time::Duration};
use tokio::sync::Notify;

/// The pause between attempts to reconnect. Meanwhile the queue is polled.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Driver {
    pooled: TokioPostgresDatabase,
    owner: OwnerConnector,
    job_finished: Arc<Notify>,
}

impl Driver {
    /// `job_finished` counts as a notification too.
    pub(crate) fn new(pool: Pool, owner: OwnerConnector, job_finished: Arc<Notify>) -> Self {
        Self {
            pooled: TokioPostgresDatabase::new(pool),
            owner,
            job_finished,
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
            let listener = ReconnectingListener {
                listener: Some(first.map_err(|error| DbError::new(error.to_string()))?),
                owner: self.owner.clone(),
                channel: channel.to_owned(),
                job_finished: Arc::clone(&self.job_finished),
            };
            let notifications = stream::unfold(listener, async |mut listener| {
                listener.wait().await;
                let notification = Notification {
                    channel: listener.channel.clone(),
                    payload: String::new(),
                };
                Some((Ok(notification), listener))
            });
            let notifications: NotificationStream = Box::pin(notifications);
            Ok(Some(notifications))
        })
    }
}

/// Waits for new jobs.
struct ReconnectingListener {
    listener: Option<Listener>,
    owner: OwnerConnector,
    channel: String,
    job_finished: Arc<Notify>,
}

impl ReconnectingListener {
    /// Returns when there may be a job: after a notification, after a finished job, and after a reconnect, because
    /// notifications sent in the meantime are lost.
    async fn wait(&mut self) {
        loop {
            if let Some(listener) = &mut self.listener {
                let notified = tokio::select! {
                    notified = listener.notified() => notified,
                    () = self.job_finished.notified() => true,
                };
                if notified {
                    return;
                }
                self.listener = None;
            }
            if let Ok(listener) = self.owner.listen(&self.channel).await {
                self.listener = Some(listener);
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY_INTERVAL) => {}
                () = self.job_finished.notified() => return,
            }
        }
    }
}
