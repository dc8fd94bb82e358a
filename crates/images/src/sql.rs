//! The one place that names the generated queries, and turns their rows into what the context knows.
use crate::{Error, Image, Visibility};
use infravault_images_queries::types::images::Visibility as Stored;
use infravault_imaging::MediaType;
use infravault_kernel::{AccountId, Id, ImageId, Sha256};

pub(crate) use infravault_images_queries::{
    client::Params,
    queries::{change, images, search, sweep, upload, usage},
};

/// A picture found by a search, with how well it fits.
pub(crate) struct Found {
    /// The picture.
    pub(crate) image: Image,
    /// How well it fits, in millionths.
    pub(crate) rank: i32,
}

impl From<Visibility> for Stored {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Private => Self::Private,
            Visibility::Unlisted => Self::Unlisted,
            Visibility::Public => Self::Public,
        }
    }
}

impl From<Stored> for Visibility {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Private => Self::Private,
            Stored::Unlisted => Self::Unlisted,
            Stored::Public => Self::Public,
        }
    }
}

macro_rules! image {
    ($row:ident) => {
        Image {
            id: ImageId::from_uuid($row.id),
            owner: AccountId::from_uuid($row.owner_id),
            attempt: $row.attempt,
            visibility: $row.visibility.into(),
            version: $row.version,
            title: $row.title.to_owned(),
            description: $row.description.to_owned(),
            tags: $row.tags.map(str::to_owned).collect(),
            file_name: $row.file_name.to_owned(),
            media_type: MediaType::parse($row.media_type).map_err(|_| Error::inconsistent("a media type"))?,
            byte_size: number($row.byte_size)?,
            width: number($row.width)?,
            height: number($row.height)?,
            orientation: number($row.orientation)?,
            frames: number($row.frames)?,
            sha256: Sha256::try_from($row.sha256).map_err(|_| Error::inconsistent("a SHA-256"))?,
            created_at: $row.created_at,
            updated_at: $row.updated_at,
        }
    };
}

/// Reads the row of a picture.
pub(crate) fn image(row: images::ImageRowBorrowed<'_>) -> Result<Image, Error> {
    Ok(image!(row))
}

/// Reads the row of a picture that was searched for.
pub(crate) fn found(row: search::FoundRowBorrowed<'_>) -> Result<Found, Error> {
    Ok(Found {
        rank: row.rank,
        image: image!(row),
    })
}

/// A number on its way into or out of the database, where it fits.
pub(crate) fn number<A, B: TryFrom<A>>(number: A) -> Result<B, Error> {
    B::try_from(number).map_err(|_| Error::inconsistent("a number"))
}
