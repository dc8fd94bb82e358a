//! What happens to an image after it was stored: it is described, and its renditions by name are made.
use crate::{
    Error, FailureCode, Image, Renditions, State,
    library::find_in,
    renditions::presets::{fallback, variant},
    sql::{self, Params},
};
use deadpool_postgres::tokio_postgres::types::Json;
use infravault_imaging::{Description, MediaType, ProcessRequest, Recipe};
use infravault_kernel::{Ctx, Id, ImageId, crash_point};
use infravault_sandbox::{Error as SandboxError, ProcessReply, Queue};

/// The result of a sandbox request, or why the image has failed.
type Outcome<T> = Result<T, FailureCode>;

/// An image as it is found.
struct Found {
    image: Image,
    /// The renditions that are there already.
    variants: Vec<Vec<u8>>,
}

impl Renditions {
    /// Describes an image and makes its renditions by name; it is ready then, or failed where it cannot be decoded. To be
    /// done again after any error, as often as one likes: what is there already is not made again, and an image that is
    /// gone, or failed before, is left alone.
    pub async fn process(&self, ctx: &Ctx, id: ImageId) -> Result<(), Error> {
        match self.process_found(ctx, id).await {
            // It was removed while it was being worked on.
            Err(Error::NotFound) => Ok(()),
            outcome => outcome,
        }
    }

    async fn process_found(&self, ctx: &Ctx, id: ImageId) -> Result<(), Error> {
        let Some(Found { image, variants }) = self.find_for_processing(id).await? else {
            return Ok(());
        };
        let outcome = match image.state {
            State::Failed => return Ok(()),
            // A duplicate of an image that was ready: all is known of it, and nothing made.
            State::Ready => self.make_presets(ctx, &image, &variants, false).await?.map(drop),
            State::Stored => match self.look_at(ctx, &image, &variants).await? {
                Ok(description) => {
                    crash_point("before-mark");
                    return self.finish(&image, &description).await;
                }
                Err(code) => Err(code),
            },
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(code) => self.fail(ctx, &image, code).await,
        }
    }

    async fn find_for_processing(&self, id: ImageId) -> Result<Option<Found>, Error> {
        let tx = self.db.begin_system().await?;
        let image = match find_in(&tx, id).await {
            Err(Error::NotFound) => return Ok(None),
            found => found?,
        };
        let variants = sql::process::list_variants().bind(&*tx, &id.uuid()).all().await?;
        tx.commit().await?;
        Ok(Some(Found { image, variants }))
    }

    /// Describes an image and makes what is missing of it.
    ///
    /// A JPEG has no transparent pixels, so it is decoded once for everything. Whether another image has any is known
    /// only when it was decoded, and whether its renditions are PNG or JPEG depends on that. It is decoded twice, because
    /// that costs less than encoding every rendition as a PNG that is then thrown away.
    async fn look_at(
        &self,
        ctx: &Ctx,
        image: &Image,
        variants: &[Vec<u8>],
    ) -> Result<Outcome<Description>, Error> {
        if image.media_type == MediaType::Jpeg {
            return match self.make_presets(ctx, image, variants, true).await? {
                Ok(description) => Ok(checked(image, description)),
                Err(code) => Ok(Err(code)),
            };
        }
        let answer = match self.have_done(ctx, image, true, Vec::new()).await? {
            Ok(answer) => answer,
            Err(code) => return Ok(Err(code)),
        };
        let description = match checked(image, answer.description) {
            Ok(description) => description,
            Err(code) => return Ok(Err(code)),
        };
        let described = Image {
            has_alpha: Some(description.has_alpha),
            ..image.clone()
        };
        let made = self.make_presets(ctx, &described, variants, false).await?;
        Ok(made.map(|_| description))
    }

    /// Makes and keeps the renditions by name that are missing, in the format that every client takes.
    async fn make_presets(
        &self,
        ctx: &Ctx,
        image: &Image,
        variants: &[Vec<u8>],
        describe: bool,
    ) -> Result<Outcome<Option<Description>>, Error> {
        let (format, quality) = (fallback(image), self.config.quality);
        let recipes: Vec<Recipe> = self
            .config
            .presets
            .iter()
            .map(|preset| preset.recipe(format, quality))
            .filter(|recipe| !variants.contains(&variant(recipe)))
            .collect();
        if recipes.is_empty() && !describe {
            return Ok(Ok(None));
        }
        let answer = match self.have_done(ctx, image, describe, recipes.clone()).await? {
            Ok(answer) => answer,
            Err(code) => return Ok(Err(code)),
        };
        for (recipe, made) in recipes.iter().zip(&answer.renditions) {
            self.keep_rendition(ctx, image, recipe, made).await?;
            crash_point("after-rendition");
        }
        Ok(Ok(answer.description))
    }

    /// Has the sandbox work on the original. A child may die of something else than this image, so one death is no proof.
    async fn have_done(
        &self,
        ctx: &Ctx,
        image: &Image,
        describe: bool,
        recipes: Vec<Recipe>,
    ) -> Result<Outcome<ProcessReply>, Error> {
        let request = ProcessRequest {
            limits: self.config.limits.clone(),
            describe,
            recipes,
        };
        let mut died = false;
        loop {
            let file = self.objects.open_file(&image.original(), image.byte_size).await?;
            let answer = self.sandbox.process(file, &request, Queue::Background).await;
            crash_point("after-decode");
            match answer {
                Ok(answer) => return Ok(Ok(answer)),
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

    /// Writes down what was learned. Version and time of the last change stay: nobody changed anything.
    async fn finish(&self, image: &Image, description: &Description) -> Result<(), Error> {
        let [red, green, blue] = description.color;
        let params = sql::process::FinishProcessingParams {
            has_alpha: description.has_alpha,
            color: i32::from_be_bytes([0, red, green, blue]),
            thumbhash: description.thumbhash.as_slice(),
            phash: description.phash.map(u64::cast_signed),
            camera: Json(&description.camera),
            id: image.id.uuid(),
        };
        let tx = self.db.begin_system().await?;
        let finished = sql::process::finish_processing().params(&*tx, &params).await?;
        if finished == 1
            && image.keep_location
            && let Some(place) = description.location
        {
            let params = sql::process::KeepLocationParams {
                latitude: place.latitude,
                longitude: place.longitude,
                altitude: place.altitude,
                id: image.id.uuid(),
            };
            sql::process::keep_location().params(&*tx, &params).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn fail(&self, ctx: &Ctx, image: &Image, code: FailureCode) -> Result<(), Error> {
        slog::info!(ctx.log, "image processing failed"; "image" => %image.id, "failure_code" => code.as_str());
        let tx = self.db.begin_system().await?;
        let params = sql::process::FailProcessingParams {
            failure_code: code.as_str(),
            id: image.id.uuid(),
        };
        sql::process::fail_processing().params(&*tx, &params).await?;
        Ok(tx.commit().await?)
    }
}

/// The description, if it is one of the image that was promised: whoever shows it relies on its size.
fn checked(image: &Image, description: Option<Description>) -> Outcome<Description> {
    let Some(description) = description else {
        return Err(FailureCode::Corrupt);
    };
    if (image.width, image.height) == (description.width, description.height) {
        return Ok(description);
    }
    Err(FailureCode::DimensionsMismatch)
}
