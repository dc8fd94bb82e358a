//! The files of a form, taken in one after the other, each as if it had come alone.
use super::{
    form::{self, File, Form},
    upload_image::{UploadImage, UploadedBody, created, digest, key, length, problem},
};
use crate::{
    app::App,
    extract::RequestCtx,
    problem::{Problem, ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web};
use infravault_images::{BodyError, Error, IdempotencyError, IdempotencyKey, UploadRequest, Uploaded};
use infravault_kernel::AccessError;
use serde::Serialize;
use utoipa::ToSchema;

/// Most files of a form.
pub(super) const MAX_FILES: usize = 50;

/// What became of one file of a form.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadResult)]
pub(super) struct UploadResultBody {
    /// Which file it was, counted from 0.
    index: usize,
    /// What it is called.
    file_name: String,
    /// The status that it would have been answered with alone; 201 where it was taken in.
    status: u16,
    /// The image, where it was taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    image: Option<UploadedBody>,
    /// Why it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<ProblemBody>,
}

/// What became of the files of a form with several.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadResults)]
pub(super) struct UploadResultsBody {
    /// One for each file, in their order; they end where the form could not be read on.
    results: Vec<UploadResultBody>,
}

/// A form and what its request says about all of its files.
struct Sending<'a> {
    app: &'a App,
    ctx: &'a RequestCtx,
    request: &'a HttpRequest,
    form: Form,
    key: Option<IdempotencyKey>,
    /// The announced length of the body.
    length: Option<u64>,
}

/// Takes in what a form brings: 201 for one file as for a plain body, 200 with results for several.
pub(super) async fn upload_form(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    query: &UploadImage,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (key, length) = check_head(app, ctx, request, query)?;
    let form = tokio::time::timeout(app.images.config.rate_window, Form::read(request, payload))
        .await
        .map_err(|_| problem(BodyError::TooSlow.into()))?
        .map_err(problem)?;
    let mut sending = Sending {
        app,
        ctx,
        request,
        form,
        key,
        length,
    };
    sending.take_all().await
}

/// What can be refused before the form is read.
fn check_head(
    app: &App,
    ctx: &RequestCtx,
    request: &HttpRequest,
    query: &UploadImage,
) -> Result<(Option<IdempotencyKey>, Option<u64>), Problem> {
    if *query != UploadImage::default() {
        let detail = "a form says everything in its fields; send no query with it";
        return Err(Problem::parameter("query", detail));
    }
    if digest(request.headers())?.is_some() {
        let detail =
            "must stand in the headers of the part `file`, because it is about the image, not the form";
        return Err(Problem::parameter("Repr-Digest", detail));
    }
    let (key, length, limit) = (key(request)?, length(request), app.images.config.max_upload_bytes);
    let most = limit
        .saturating_mul(MAX_FILES.try_into().unwrap_or(u64::MAX))
        .saturating_add(form::MAX_OVERHEAD);
    if length.is_some_and(|length| length > most) {
        return Err(problem(BodyError::TooLarge { limit }.into()));
    }
    if ctx.credential == infravault_kernel::Credential::Anonymous {
        return Err(AccessError::AuthenticationRequired.into());
    }
    Ok((key, length))
}

impl Sending<'_> {
    async fn take_all(&mut self) -> Result<HttpResponse, Problem> {
        let mut results: Vec<UploadResultBody> = Vec::new();
        while let Some(file) = self.form.next_file() {
            let index = results.len();
            let file_name = file.image.file_name.to_string();
            if index == MAX_FILES {
                let detail = format!("A form may have {MAX_FILES} files; send the others in another one.");
                let fault = problem(BodyError::Malformed(detail).into());
                results.push(self.result(index, file_name, Err(fault)));
                break;
            }
            let outcome = self.take(index, file).await;
            if index == 0 && !self.form.has_more() {
                return outcome.map(|uploaded| created(&self.app.images, uploaded));
            }
            results.push(self.result(index, file_name, outcome));
        }
        Ok(HttpResponse::Ok().json(UploadResultsBody { results }))
    }

    /// Takes in a file, and reads the form on to what comes behind it, if that makes sense.
    async fn take(&mut self, index: usize, file: File) -> Result<Uploaded, Problem> {
        let outcome = match digest(&file.headers) {
            Ok(digest) => {
                let upload = self.upload(index, file, digest);
                let images = &self.app.images;
                images.uploads.upload(self.ctx, upload, self.form.bytes()).await
            }
            Err(refused) => {
                self.skip().await;
                return Err(refused);
            }
        };
        match &outcome {
            Err(error) if !self.goes_on(index, error) => self.form.give_up(),
            _ => self.skip().await,
        }
        outcome.map_err(problem)
    }

    fn upload(&self, index: usize, file: File, digest: Option<infravault_kernel::Sha256>) -> UploadRequest {
        // How long the others are nobody said.
        let announced = if index == 0 { self.announced() } else { None };
        UploadRequest {
            image: file.image,
            declared_type: file.declared_type,
            min_len: announced.unwrap_or(0),
            max_len: self.length,
            key: self.key.as_ref().map(|key| match index {
                0 => key.clone(),
                index => key.for_file(index),
            }),
            digest,
        }
    }

    /// At least how many bytes the files have together. Of a form longer than one image may be that says nothing about the
    /// first.
    fn announced(&self) -> Option<u64> {
        let limit = self.app.images.config.max_upload_bytes;
        let bytes = self.length?.saturating_sub(self.form.overhead);
        Some(bytes).filter(|bytes| *bytes <= limit)
    }

    /// Whether the next file may do where this one does not.
    fn goes_on(&self, index: usize, error: &Error) -> bool {
        match error {
            Error::Refused(_)
            | Error::Body(BodyError::TooLarge { .. } | BodyError::DigestMismatch)
            | Error::Objects(infravault_objects::Error::TooLarge { .. } | infravault_objects::Error::Empty) => {
                true
            }
            // There is no room for what the whole form announces, or it is being sent a second time.
            Error::QuotaExceeded { .. } => index > 0 || self.announced().is_none(),
            Error::Idempotency(fault) => index > 0 || *fault != IdempotencyError::InFlight,
            _ => false,
        }
    }

    /// Reads the form on to what comes behind the file. Where that fails there is nothing more to take.
    async fn skip(&mut self) {
        if self.form.skip_file(&self.app.images.config).await.is_err() {
            self.form.give_up();
        }
    }

    fn result(
        &self,
        index: usize,
        file_name: String,
        outcome: Result<Uploaded, Problem>,
    ) -> UploadResultBody {
        let (status, image, problem) = match outcome {
            Ok(uploaded) => (
                StatusCode::CREATED,
                Some(UploadedBody::new(&self.app.images, uploaded)),
                None,
            ),
            Err(problem) => (problem.status_code(), None, Some(self.body(&problem))),
        };
        UploadResultBody {
            index,
            file_name,
            status: status.as_u16(),
            image,
            problem,
        }
    }

    fn body(&self, problem: &Problem) -> ProblemBody {
        let origin = &self.app.config.server.public_origin;
        problem.body(origin, self.request.path(), &self.ctx.request_id.to_string())
    }
}
