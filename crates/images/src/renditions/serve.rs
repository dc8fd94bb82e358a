//! Serving renditions by preset or by signed URL.
use super::{
    FreshRendition, MAX_CACHED, Rendition, Variant, format_choice::FormatChoice, source::Source,
    transform::SignedTransform,
};
use crate::{
    Error, FailureCode, RenditionError, Renditions, Selection, State, Visibility, policy,
    sql::{self, Params},
};
use bytes::Bytes;
use infravault_imaging::Format;
use infravault_kernel::{Credential, Ctx, Id, ImageId, Sha256};
use infravault_objects::{Error as ObjectError, ObjectKey, ObjectStream};

#[derive(Clone, Debug)]
pub struct RenditionRequest {
    pub format: FormatChoice,
    /// The digests of the copies that the client has already.
    pub cached: Option<Selection<Sha256>>,
    /// The request is a HEAD request.
    pub head_only: bool,
    /// The digest of the preset in the URL (`?v=`).
    pub version: Option<String>,
}

#[derive(Debug)]
pub struct RenditionResponse {
    pub visibility: Visibility,
    /// The URL contains the current digest of the preset, so it always names this content.
    pub immutable: bool,
    pub format: Format,
    /// Size in bytes.
    pub len: u64,
    /// SHA-256 of the file, 64 hexadecimal digits.
    pub etag: String,
    pub body: RenditionBody,
}

#[derive(Debug)]
pub enum RenditionBody {
    NotModified,
    /// Only the header is requested.
    Head,
    Bytes(Bytes),
    Stream(ObjectStream),
}

impl Renditions {
    /// Returns an image's rendition by preset, computed if it does not exist.
    pub async fn get_rendition(
        &self,
        ctx: &Ctx,
        id: ImageId,
        preset: &str,
        request: &RenditionRequest,
    ) -> Result<RenditionResponse, Error> {
        let preset = self.state.preset(preset).ok_or(Error::NotFound)?;
        let variant = |format: Format| {
            let mut variants = preset.variants.iter();
            variants.find(move |variant| variant.recipe.format == format)
        };
        let possible: Vec<&Variant> = request
            .format
            .possible()
            .iter()
            .filter_map(|format| variant(*format))
            .collect();
        let (actor, source, stored) = self.find_source(ctx, id, &possible).await?;
        policy::may_view_of(&actor, source.owner, source.visibility)?;
        let variant = variant(request.format.choose(source.traits)).ok_or(Error::NotFound)?;
        let immutable = source.state == State::Ready && request.version.as_ref() == Some(&preset.digest);
        self.serve(ctx, &source, stored, variant, request, immutable)
            .await
    }

    /// Returns the rendition that a signed URL names. The signature grants access as long as the image exists.
    pub async fn get_transform(
        &self,
        ctx: &Ctx,
        id: ImageId,
        signed: &SignedTransform,
        request: &RenditionRequest,
    ) -> Result<RenditionResponse, Error> {
        self.verify_transform(id, signed, ctx.now())?;
        let transform = &signed.transform;
        let choice = transform.format().map_or(request.format, FormatChoice::Forced);
        let variant = |format| Variant::from(transform.recipe(format, self.config.quality));
        let possible: Vec<Variant> = choice.possible().iter().copied().map(variant).collect();
        let ctx = ctx.with_credential(Credential::System);
        let refs: Vec<&Variant> = possible.iter().collect();
        let (_, source, stored) = self.find_source(&ctx, id, &refs).await?;
        transform.output_size(source.size).map_err(Error::Parameter)?;
        let variant = variant(choice.choose(source.traits));
        self.serve(&ctx, &source, stored, &variant, request, false).await
    }

    async fn serve(
        &self,
        ctx: &Ctx,
        source: &Source,
        stored: Vec<(Vec<u8>, Rendition)>,
        variant: &Variant,
        request: &RenditionRequest,
        immutable: bool,
    ) -> Result<RenditionResponse, Error> {
        let stored = stored.into_iter().find(|(id, _)| *id == variant.id);
        let mut fresh = match stored {
            Some((_, rendition)) => rendition.into(),
            None if source.state == State::Failed => {
                let code = source.failure_code.unwrap_or(FailureCode::Corrupt);
                return Err(RenditionError::Undecodable(code).into());
            }
            None => self.render(ctx, source, variant).await?,
        };
        let Rendition {
            last_used, sha256, ..
        } = fresh.rendition;
        self.state
            .last_used
            .record(source.id, &variant.id, last_used, ctx.now().date());
        let body = if request
            .cached
            .as_ref()
            .is_some_and(|cached| cached.contains(&sha256))
        {
            RenditionBody::NotModified
        } else if request.head_only {
            RenditionBody::Head
        } else if let Some(body) = self.read_rendition(source.id, &fresh).await? {
            body
        } else {
            slog::warn!(ctx.log, "stored rendition missing or damaged; computing it again"; "image" => %source.id);
            self.delete_lost_row(source.id, &variant.id, &sha256).await?;
            fresh = self.render(ctx, source, variant).await?;
            let body = self.read_rendition(source.id, &fresh).await?;
            body.ok_or_else(|| Error::Objects(ObjectError::Missing(fresh.rendition.sha256.to_string())))?
        };
        Ok(RenditionResponse {
            visibility: source.visibility,
            immutable,
            format: fresh.rendition.format,
            len: fresh.rendition.len,
            etag: fresh.rendition.sha256.to_string(),
            body,
        })
    }

    /// Returns `None` if the object is missing or damaged.
    async fn read_rendition(
        &self,
        image: ImageId,
        fresh: &FreshRendition,
    ) -> Result<Option<RenditionBody>, Error> {
        let Rendition { len, sha256, .. } = fresh.rendition;
        if let Some(bytes) = fresh
            .bytes
            .clone()
            .or_else(|| self.state.cache.get(&(image, sha256)))
        {
            return Ok(Some(RenditionBody::Bytes(bytes)));
        }
        let key = ObjectKey::Rendition { image, sha256 };
        let stream = match self.objects.read_verified(&key, len, sha256).await {
            Err(ObjectError::Missing(_) | ObjectError::Corrupt { .. }) => return Ok(None),
            stream => stream?,
        };
        if len > MAX_CACHED {
            return Ok(Some(RenditionBody::Stream(stream)));
        }
        let bytes = match stream.read().await {
            Err(ObjectError::Missing(_) | ObjectError::Corrupt { .. }) => return Ok(None),
            bytes => Bytes::from(bytes?),
        };
        self.state.cache_small(image, sha256, &bytes);
        Ok(Some(RenditionBody::Bytes(bytes)))
    }

    async fn delete_lost_row(&self, image: ImageId, variant: &[u8], sha256: &Sha256) -> Result<(), Error> {
        let params = sql::renditions::DeleteLostParams {
            image: image.uuid(),
            variant,
            sha256: sha256.bytes().as_slice(),
        };
        let tx = self.db.begin_system().await?;
        sql::renditions::delete_lost().params(&*tx, &params).await?;
        Ok(tx.commit().await?)
    }
}
