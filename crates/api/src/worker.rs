//! Background jobs: which kinds there are, and what is done for each.
use crate::app::App;
use infravault_jobs::{Error, Worker};
use std::sync::Arc;

/// A worker that knows every kind of job.
pub(crate) fn build(app: &Arc<App>) -> Result<Worker, Error> {
    Worker::new(app.config.jobs, &app.config.db, &app.log, app.clock.clone())
}
