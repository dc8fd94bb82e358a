//! Processing an image after its upload: describing it and computing the preset renditions.
use super::{Variant, presets::fallback_format};
use crate::{
    Error, FailureCode, Image, Renditions, State,
    library::find_in,
    sql::{self, Params},
};
use deadpool_postgres::tokio_postgres::types::Json;
use infravault_imaging::{Description, MediaType, ProcessRequest, Recipe};
use infravault_kernel::{Ctx, Id, ImageId, crash_point};
use infravault_sandbox::{Error as SandboxError, ProcessReply, Queue};

/// A result, or why the image has failed.
type ImageResult<T> = Result<T, FailureCode>;

impl Renditions {
    /// Describes an image and computes its preset renditions. Its state is `ready` then, or `failed` if it cannot be decoded.
    /// Idempotent: stored renditions are not computed again, and images that are removed or failed are skipped.
    pub async fn process_image(&self, ctx: &Ctx, id: ImageId) -> Result<(), Error> {
        match self.process_if_live(ctx, id).await {
            // The image was removed during the processing.
            Err(Error::NotFound) => Ok(()),
            result => result,
        }
    }

    async fn process_if_live(&self, ctx: &Ctx, id: ImageId) -> Result<(), Error> {
        let tx = self.db.begin_system().await?;
        let image = find_in(&tx, id).await?;
        let stored = sql::process::list_variants().bind(&*tx, &id.uuid()).all().await?;
        tx.commit().await?;
        let result = match image.state {
            State::Failed => return Ok(()),
            // A duplicate of a ready image has its description, but no renditions.
            State::Ready => self.render_presets(ctx, &image, &stored, false).await?.map(drop),
            State::Stored => match self.describe_and_render(ctx, &image, &stored).await? {
                Ok(description) => {
                    crash_point("before-mark");
                    return self.mark_ready(&image, &description).await;
                }
                Err(code) => Err(code),
            },
        };
        match result {
            Ok(()) => Ok(()),
            Err(code) => self.mark_failed(ctx, &image, code).await,
        }
    }

    /// Decodes a JPEG once, because it has no transparent pixels. Other images are decoded twice: whether they have
    /// transparent pixels, and so whether their renditions are PNG or JPEG, is known after the first time. This costs less
    /// than encoding every rendition as a PNG that is then discarded.
    async fn describe_and_render(
        &self,
        ctx: &Ctx,
        image: &Image,
        stored: &[Vec<u8>],
    ) -> Result<ImageResult<Description>, Error> {
        if image.media_type == MediaType::Jpeg {
            let result = self.render_presets(ctx, image, stored, true).await?;
            return Ok(result.and_then(|description| check_dimensions(image, description)));
        }
        let result = self.process_in_sandbox(ctx, image, true, Vec::new()).await?;
        let description = match result.and_then(|reply| check_dimensions(image, reply.description)) {
            Ok(description) => description,
            Err(code) => return Ok(Err(code)),
        };
        let described = Image {
            has_alpha: Some(description.has_alpha),
            ..image.clone()
        };
        let result = self.render_presets(ctx, &described, stored, false).await?;
        Ok(result.map(|_| description))
    }

    /// Computes and stores the missing preset renditions in the fallback format.
    async fn render_presets(
        &self,
        ctx: &Ctx,
        image: &Image,
        stored: &[Vec<u8>],
        describe: bool,
    ) -> Result<ImageResult<Option<Description>>, Error> {
        let (format, quality) = (
            fallback_format(image.has_alpha, image.media_type),
            self.config.quality,
        );
        let presets = self.config.presets.iter();
        let missing: Vec<Variant> = presets
            .map(|preset| Variant::from(preset.recipe(format, quality)))
            .filter(|variant| !stored.contains(&variant.id))
            .collect();
        if missing.is_empty() && !describe {
            return Ok(Ok(None));
        }
        let recipes = missing.iter().map(|variant| variant.recipe).collect();
        let reply = match self.process_in_sandbox(ctx, image, describe, recipes).await? {
            Ok(reply) => reply,
            Err(code) => return Ok(Err(code)),
        };
        for (variant, made) in missing.iter().zip(&reply.renditions) {
            self.store_rendition(ctx, image.id, &variant.id, made).await?;
            crash_point("after-rendition");
        }
        Ok(Ok(reply.description))
    }

    /// Processes the original in the sandbox. A worker may die for reasons other than this image, so the image fails only
    /// if two workers die.
    async fn process_in_sandbox(
        &self,
        ctx: &Ctx,
        image: &Image,
        describe: bool,
        recipes: Vec<Recipe>,
    ) -> Result<ImageResult<ProcessReply>, Error> {
        let request = ProcessRequest {
            limits: self.config.limits.clone(),
            describe,
            recipes,
        };
        let mut died = false;
        loop {
            let file = self.objects.open_file(&image.original(), image.byte_size).await?;
            let reply = self.sandbox.process(file, &request, Queue::Background).await;
            crash_point("after-decode");
            match reply {
                Ok(reply) => return Ok(Ok(reply)),
                Err(SandboxError::Decode(error)) => {
                    slog::info!(ctx.log, "image cannot be decoded"; "image" => %image.id, "error" => %error);
                    return Ok(Err(FailureCode::from_sandbox(error.code())));
                }
                Err(SandboxError::WorkerExited(reason)) if died => {
                    return Ok(Err(FailureCode::from_sandbox(reason.code())));
                }
                Err(SandboxError::WorkerExited(reason)) => {
                    slog::warn!(ctx.log, "sandbox worker exited; processing the image again";
                        "image" => %image.id, "exit_reason" => %reason);
                    died = true;
                }
                Err(error @ (SandboxError::Busy | SandboxError::Io(_))) => return Err(error.into()),
            }
        }
    }

    async fn mark_ready(&self, image: &Image, description: &Description) -> Result<(), Error> {
        let [red, green, blue] = description.color;
        let params = sql::process::MarkReadyParams {
            has_alpha: description.has_alpha,
            color: i32::from_be_bytes([0, red, green, blue]),
            thumbhash: description.thumbhash.as_slice(),
            phash: description.phash.map(u64::cast_signed),
            camera: Json(&description.camera),
            id: image.id.uuid(),
        };
        let tx = self.db.begin_system().await?;
        let marked = sql::process::mark_ready().params(&*tx, &params).await?;
        if marked == 1
            && image.keep_location
            && let Some(location) = description.location
        {
            let params = sql::process::InsertLocationParams {
                latitude: location.latitude,
                longitude: location.longitude,
                altitude: location.altitude,
                id: image.id.uuid(),
            };
            sql::process::insert_location().params(&*tx, &params).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn mark_failed(&self, ctx: &Ctx, image: &Image, code: FailureCode) -> Result<(), Error> {
        slog::info!(ctx.log, "image processing failed"; "image" => %image.id, "failure_code" => code.as_str());
        let tx = self.db.begin_system().await?;
        let params = sql::process::MarkFailedParams {
            failure_code: code.as_str(),
            id: image.id.uuid(),
        };
        sql::process::mark_failed().params(&*tx, &params).await?;
        Ok(tx.commit().await?)
    }
}

/// Clients rely on the size in the response of the upload.
fn check_dimensions(image: &Image, description: Option<Description>) -> ImageResult<Description> {
    let description = description.ok_or(FailureCode::Corrupt)?;
    if (image.width, image.height) == (description.width, description.height) {
        Ok(description)
    } else {
        Err(FailureCode::DimensionsMismatch)
    }
}
