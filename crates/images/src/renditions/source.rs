//! One statement that brings the image and those of its renditions that may be served.
use super::{Rendition, Wanted, choice::SourceTraits};
use crate::{
    Error, FailureCode, Image, MediaType, Renditions, State, Visibility,
    renditions::presets::fallback_of,
    sql::{self, Params},
};
use infravault_kernel::{AccountId, Actor, Ctx, Id, ImageId};
use infravault_objects::ObjectKey;

/// What a rendition depends on of its image; the texts stay in the database.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) id: ImageId,
    pub(crate) owner: AccountId,
    pub(crate) original: ObjectKey,
    pub(crate) visibility: Visibility,
    pub(crate) state: State,
    pub(crate) failure_code: Option<FailureCode>,
    pub(crate) byte_size: u64,
    pub(crate) size: (u32, u32),
    pub(crate) traits: SourceTraits,
}

/// A source with one of its renditions, if it has one of those asked for.
pub(crate) struct SourceRow {
    pub(crate) source: Source,
    pub(crate) rendition: Option<(Vec<u8>, Rendition)>,
}

/// What the choice of a format depends on.
pub(crate) fn source_traits(has_alpha: Option<bool>, media_type: MediaType, frames: u32) -> SourceTraits {
    SourceTraits {
        animated: frames > 1,
        fallback: fallback_of(has_alpha, media_type),
    }
}

impl Source {
    /// As it follows from an image that was read already.
    pub(crate) fn of(image: &Image) -> Self {
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
    /// The image as far as the caller's role sees it, and those of these renditions that it has.
    pub(super) async fn source(
        &self,
        ctx: &Ctx,
        id: ImageId,
        wanted: &[&Wanted],
    ) -> Result<(Actor, Source, Vec<(Vec<u8>, Rendition)>), Error> {
        let params = sql::renditions::FindSourceParams {
            variants: wanted
                .iter()
                .map(|wanted| wanted.variant.as_slice())
                .collect::<Vec<_>>(),
            id: id.uuid(),
        };
        let (actor, rows) = self
            .db
            .read(
                ctx,
                async |client| sql::renditions::find_source().prepare(client).await,
                async |client, find| find.params(client, &params).map(sql::source).all().await,
            )
            .await?;
        let mut source = None;
        let mut renditions = Vec::new();
        for row in rows {
            let row = row?;
            renditions.extend(row.rendition);
            source = Some(row.source);
        }
        Ok((actor, source.ok_or(Error::NotFound)?, renditions))
    }
}
