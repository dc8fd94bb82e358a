//! The background jobs and their handlers.
use crate::app::App;
use infravault_jobs::{Error, JobError, JobKind, Worker};
use infravault_kernel::{Id, ImageId};
use std::sync::Arc;

/// Enqueued by `images.enqueue_processing`.
struct ProcessImage;

impl JobKind for ProcessImage {
    const NAME: &'static str = "process_image";
}

/// Builds a worker with the handlers of all kinds of jobs.
pub(crate) fn build_worker(app: &Arc<App>) -> Result<Worker, Error> {
    let worker = Worker::new(app.config.jobs, &app.config.db, &app.log, app.clock.clone())?;
    let images = app.images.clone();
    Ok(worker.with_handler(ProcessImage, move |ctx, payload, _attempt| {
        let images = images.clone();
        async move {
            let image = payload.get("image").and_then(serde_json::Value::as_str);
            let image = image.and_then(|text| text.parse().ok()).map(ImageId::from_uuid);
            let image = image.ok_or_else(|| JobError::permanent("the payload has no image id"))?;
            images
                .renditions
                .process_image(&ctx, image)
                .await
                .map_err(|error| JobError::from_domain_error(&error))
        }
    }))
}
