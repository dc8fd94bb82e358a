//! The image of a rendition and its stored renditions, read by one statement.
use super::{Rendition, Variant, format_choice::SourceTraits};
use crate::{
    Error, FailureCode, Image, MediaType, Renditions, State, Visibility,
    renditions::presets::fallback_format,
    sql::{self, Params, StoredFormat, number},
};
use infravault_kernel::{AccountId, Actor, Ctx, Id, ImageId};
use infravault_objects::ObjectKey;
use time::Date;

/// The fields of an image that its renditions depend on.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) id: ImageId,
    pub(super) owner: AccountId,
    pub(super) original: ObjectKey,
    pub(super) visibility: Visibility,
    pub(super) state: State,
    pub(super) failure_code: Option<FailureCode>,
    pub(super) byte_size: u64,
    pub(super) size: (u32, u32),
    pub(super) traits: SourceTraits,
}

/// A stored rendition with the id of its variant.
type StoredVariant = (Vec<u8>, Rendition);

impl From<&Image> for Source {
    fn from(image: &Image) -> Self {
        Self {
            id: image.id,
            owner: image.owner,
            original: image.original(),
            visibility: image.visibility,
            state: image.state,
            failure_code: image.failure_code,
            byte_size: image.byte_size,
            size: (image.width, image.height),
            traits: source_traits(image.has_alpha, image.media_type, image.frames),
        }
    }
}

impl Renditions {
    /// Finds the image, if the caller's role can see it, and those of the variants that are stored.
    pub(super) async fn find_source(
        &self,
        ctx: &Ctx,
        id: ImageId,
        variants: &[&Variant],
    ) -> Result<(Actor, Source, Vec<StoredVariant>), Error> {
        let params = sql::renditions::FindSourceParams {
            variants: variants
                .iter()
                .map(|variant| variant.id.as_slice())
                .collect::<Vec<_>>(),
            id: id.uuid(),
        };
        let (actor, rows) = self
            .db
            .read(
                ctx,
                async |client| sql::renditions::find_source().prepare(client).await,
                async |client, find| find.params(client, &params).map(source_row).all().await,
            )
            .await?;
        let mut source = None;
        let mut stored = Vec::new();
        for row in rows {
            let (image, rendition) = row?;
            stored.extend(rendition);
            source = Some(image);
        }
        Ok((actor, source.ok_or(Error::NotFound)?, stored))
    }
}

fn source_traits(has_alpha: Option<bool>, media_type: MediaType, frames: u32) -> SourceTraits {
    SourceTraits {
        animated: frames > 1,
        fallback: fallback_format(has_alpha, media_type),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the generated queries map rows by value"
)]
fn source_row(row: sql::renditions::SourceRowBorrowed<'_>) -> Result<(Source, Option<StoredVariant>), Error> {
    let id = ImageId::from_uuid(row.id);
    let stored = rendition(row.format, row.rendition_size, row.used_on, row.rendition_sha256)?;
    let source = Source {
        id,
        owner: AccountId::from_uuid(row.owner_id),
        original: ObjectKey::Original {
            image: row.stored_as.map_or(id, ImageId::from_uuid),
            attempt: row.attempt,
        },
        visibility: row.visibility.into(),
        state: sql::state(row.state)?,
        failure_code: row.failure_code.map(sql::failure_code).transpose()?,
        byte_size: number(row.byte_size)?,
        size: (number(row.width)?, number(row.height)?),
        traits: source_traits(
            row.has_alpha,
            sql::media_type(row.media_type)?,
            number(row.frames)?,
        ),
    };
    Ok((source, row.variant.map(<[u8]>::to_vec).zip(stored)))
}

/// Reads the columns of a rendition, which are null if there is none.
pub(super) fn rendition(
    format: Option<StoredFormat>,
    byte_size: Option<i32>,
    used_on: Option<Date>,
    sha256: Option<&[u8]>,
) -> Result<Option<Rendition>, Error> {
    let (Some(format), Some(byte_size), Some(last_used), Some(sha256)) = (format, byte_size, used_on, sha256)
    else {
        return Ok(None);
    };
    Ok(Some(Rendition {
        format: sql::format(format),
        len: number(byte_size)?,
        last_used,
        sha256: sql::digest(sha256)?,
    }))
}
