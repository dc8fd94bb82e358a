//! Serving renditions: by name, or by a signed address.
use super::{
    Rendition, SMALL, Wanted,
    choice::Choice,
    once::Fresh,
    source::Source,
    transform::{SignedTransform, Transform},
};
use crate::{
    Error, FailureCode, RenditionError, Renditions, Selection, State, Visibility, policy,
    sql::{self, Params},
};
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use infravault_imaging::Format;
use infravault_kernel::{Credential, Ctx, FieldError, Id, ImageId, Scope, Sha256};
use infravault_objects::{Error as ObjectError, ObjectKey, ObjectStream};
use time::OffsetDateTime;

/// What is asked for, and under which condition.
#[derive(Clone, Debug)]
pub struct Ask {
    /// In which format.
    pub choice: Choice,
    /// The digests of the copies that the client has already.
    pub cached: Option<Selection<Sha256>>,
    /// Whether only the head is asked for.
    pub head_only: bool,
    /// What the address says that the content is named by.
    pub version: Option<String>,
}

/// A rendition and what to answer of it.
#[derive(Debug)]
pub struct Served {
    /// Who may see the image.
    pub visibility: Visibility,
    /// Whether the address names this content, so that it stands for nothing else ever.
    pub named_by_content: bool,
    /// What it is encoded as.
    pub format: Format,
    /// Its bytes.
    pub len: u64,
    /// The SHA-256 of the file, 64 hexadecimal digits.
    pub tag: String,
    /// What to answer.
    pub answer: Rendered,
}

/// What to answer to who asks for a rendition.
#[derive(Debug)]
pub enum Rendered {
    /// The caller has it already.
    NotModified,
    /// The head alone.
    Head,
    /// The file.
    Bytes(Bytes),
    /// The file, as it is read.
    Stream(ObjectStream),
}

/// An address of a transform, without what stands before its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUrl {
    /// The parameters of the address.
    pub pairs: Vec<(&'static str, String)>,
    /// Until when it holds.
    pub expires_at: OffsetDateTime,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What it is served as to clients that take neither AVIF nor WebP.
    pub format: Format,
}

impl Renditions {
    /// A rendition by name, if the caller may see its image; made if it is missing.
    pub async fn rendition(&self, ctx: &Ctx, id: ImageId, preset: &str, ask: &Ask) -> Result<Served, Error> {
        let prepared = self.state.preset(preset).ok_or(Error::NotFound)?;
        let of = |format: Format| {
            prepared
                .wanted
                .iter()
                .find(move |wanted| wanted.recipe.format == format)
        };
        let possible: Vec<&Wanted> = ask
            .choice
            .possible()
            .iter()
            .filter_map(|format| of(*format))
            .collect();
        let (actor, source, found) = self.source(ctx, id, &possible).await?;
        policy::may_view_of(&actor, source.owner, source.visibility)?;
        let wanted = of(ask.choice.format(source.traits)).ok_or(Error::NotFound)?;
        let named_by_content = source.state == State::Ready
            && ask
                .version
                .as_ref()
                .is_some_and(|version| *version == prepared.digest);
        self.serve(ctx, &source, found, wanted, ask, named_by_content)
            .await
    }

    /// What a signed address names. The signature is the permission, as long as the image is there.
    pub async fn transform(
        &self,
        ctx: &Ctx,
        id: ImageId,
        signed: &SignedTransform,
        ask: &Ask,
    ) -> Result<Served, Error> {
        self.state.signer.verify(id, signed, ctx.now())?;
        let choice = signed.transform.format().map_or(ask.choice, Choice::Forced);
        let wanted: Vec<Wanted> = choice
            .possible()
            .iter()
            .map(|format| Wanted::of(signed.transform.recipe(*format, self.config.quality)))
            .collect();
        let ctx = ctx.with_credential(Credential::System);
        let refs: Vec<&Wanted> = wanted.iter().collect();
        let (_, source, found) = self.source(&ctx, id, &refs).await?;
        signed
            .transform
            .output_size(source.size)
            .map_err(Error::Parameter)?;
        let format = choice.format(source.traits);
        let wanted = Wanted::of(signed.transform.recipe(format, self.config.quality));
        self.serve(&ctx, &source, found, &wanted, ask, false).await
    }

    /// An address by which whoever has it may fetch a transform of an own image for a while.
    pub async fn sign_transform(
        &self,
        ctx: &Ctx,
        id: ImageId,
        transform: &Transform,
        expires_in: Option<u64>,
    ) -> Result<SignedUrl, Error> {
        let (actor, image) = self.library.look_up(ctx, id).await.map_err(|error| match error {
            // Nobody is told to sign in before anything else.
            Error::NotFound if matches!(ctx.credential, Credential::Anonymous) => {
                Error::Access(infravault_kernel::AccessError::AuthenticationRequired)
            }
            error => error,
        })?;
        actor.require_scope(Scope::ImagesRead)?;
        policy::may_sign(&actor, &image)?;
        let most = self.config.signed_url_ttl.as_secs();
        let expires_in = expires_in.unwrap_or(most);
        if expires_in == 0 || expires_in > most {
            let fault = FieldError::new("expires_in", format_args!("must be 1 to {most} seconds"));
            return Err(Error::Invalid(vec![fault]));
        }
        transform.check().map_err(|fault| Error::Invalid(vec![fault]))?;
        let source = Source::of(&image);
        let (width, height) = transform
            .output_size(source.size)
            .map_err(|fault| Error::Invalid(vec![fault]))?;
        let seconds = i64::try_from(expires_in).unwrap_or_default();
        let expires_at =
            ctx.now().replace_nanosecond(0).unwrap_or(ctx.now()) + time::Duration::seconds(seconds);
        let pairs = self.state.signer.sign(id, transform, expires_at);
        Ok(SignedUrl {
            pairs: pairs.ok_or_else(|| Error::inconsistent("the keys that sign addresses"))?,
            expires_at,
            width,
            height,
            format: transform.format().unwrap_or(source.traits.fallback),
        })
    }

    async fn serve(
        &self,
        ctx: &Ctx,
        source: &Source,
        found: Vec<(Vec<u8>, Rendition)>,
        wanted: &Wanted,
        ask: &Ask,
        named_by_content: bool,
    ) -> Result<Served, Error> {
        let stored = found.into_iter().find(|(variant, _)| *variant == wanted.variant);
        let mut fresh = match stored {
            Some((_, rendition)) => Fresh {
                rendition,
                bytes: None,
            },
            None if source.state == State::Failed => {
                let code = source.failure_code.unwrap_or(FailureCode::Corrupt);
                return Err(RenditionError::Undecodable(code).into());
            }
            None => self.make_once(ctx, source, wanted).await?,
        };
        self.state.used.note(
            source.id,
            &wanted.variant,
            fresh.rendition.used_on,
            ctx.now().date(),
        );
        let mut tag = fresh.rendition.sha256.to_string();
        let known = ask
            .cached
            .as_ref()
            .is_some_and(|cached| cached.contains(&fresh.rendition.sha256));
        let answer = if known {
            Rendered::NotModified
        } else if ask.head_only {
            Rendered::Head
        } else if let Some(answer) = self.read(source.id, &fresh).await? {
            answer
        } else {
            // The row names what is not there, or is damaged: it is made again, once.
            slog::warn!(ctx.log, "a stored rendition is missing or damaged; it is made again"; "image" => %source.id);
            self.drop_lost(source.id, &wanted.variant, &fresh.rendition.sha256)
                .await?;
            fresh = self.make_once(ctx, source, wanted).await?;
            tag = fresh.rendition.sha256.to_string();
            let again = self.read(source.id, &fresh).await?;
            again.ok_or_else(|| Error::Objects(ObjectError::Missing(tag.clone())))?
        };
        Ok(Served {
            visibility: source.visibility,
            named_by_content,
            format: fresh.rendition.format,
            len: fresh.rendition.len,
            tag,
            answer,
        })
    }

    /// The bytes of a rendition; `None` where they are not those that its row names.
    async fn read(&self, image: ImageId, fresh: &Fresh) -> Result<Option<Rendered>, Error> {
        let Rendition { len, sha256, .. } = fresh.rendition;
        if let Some(bytes) = &fresh.bytes {
            return Ok(Some(Rendered::Bytes(bytes.clone())));
        }
        if let Some(bytes) = self.state.at_hand.get(&(image, sha256)) {
            return Ok(Some(Rendered::Bytes(bytes)));
        }
        let key = ObjectKey::Rendition { image, sha256 };
        let stream = match self.objects.read(&key, len, None).await {
            Err(ObjectError::Missing(_) | ObjectError::Corrupt { .. }) => return Ok(None),
            stream => stream?,
        };
        if len > SMALL {
            return Ok(Some(Rendered::Stream(stream)));
        }
        let bytes = match collect(stream).await {
            Err(ObjectError::Missing(_) | ObjectError::Corrupt { .. }) => return Ok(None),
            bytes => bytes?,
        };
        if Sha256::digest(&bytes) != sha256 {
            return Ok(None);
        }
        self.state.put(image, sha256, &bytes);
        Ok(Some(Rendered::Bytes(bytes)))
    }

    async fn drop_lost(&self, image: ImageId, variant: &[u8], sha256: &Sha256) -> Result<(), Error> {
        let params = sql::renditions::DropLostParams {
            image: image.uuid(),
            variant,
            sha256: sha256.bytes().as_slice(),
        };
        let tx = self.db.begin_system().await?;
        sql::renditions::drop_lost().params(&*tx, &params).await?;
        Ok(tx.commit().await?)
    }
}

async fn collect(mut stream: ObjectStream) -> Result<Bytes, ObjectError> {
    let mut all = BytesMut::new();
    while let Some(piece) = stream.try_next().await? {
        all.extend_from_slice(&piece);
    }
    Ok(all.freeze())
}
