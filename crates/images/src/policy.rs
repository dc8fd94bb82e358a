//! Access rules of images: pure functions. Row-level security enforces them again.
use crate::{Error, Image, Visibility};
use infravault_kernel::{AccountId, Actor, Scope};

const ORIGINAL: &str = "Only the owner can download the original. Others can request renditions.";
const CHANGE: &str = "Only the owner can change or delete this image.";
const SIGN: &str = "Only the owner can create transform URLs of this image.";

#[must_use]
pub fn is_owner(actor: &Actor, image: &Image) -> bool {
    actor.account() == Some(image.owner)
}

/// The owner can view all own images, with the scope `images:read`; others can view images that are not private. The error
/// for a hidden image is that for a missing one.
pub fn may_view(actor: &Actor, image: &Image) -> Result<(), Error> {
    may_view_of(actor, image.owner, image.visibility)
}

pub(crate) fn may_view_of(actor: &Actor, owner: AccountId, visibility: Visibility) -> Result<(), Error> {
    if actor.account() == Some(owner) {
        actor.require_scope(Scope::ImagesRead)?;
        return Ok(());
    }
    match visibility {
        Visibility::Private => Err(Error::NotFound),
        Visibility::Unlisted | Visibility::Public => Ok(()),
    }
}

/// Only the owner, regardless of the visibility.
pub fn may_download_original(actor: &Actor, image: &Image) -> Result<(), Error> {
    may_view(actor, image)?;
    if is_owner(actor, image) {
        Ok(())
    } else {
        Err(Error::NotYours(ORIGINAL))
    }
}

/// Only the owner can create URLs that show the image to others.
pub fn may_sign(actor: &Actor, image: &Image) -> Result<(), Error> {
    may_view(actor, image)?;
    if is_owner(actor, image) {
        Ok(())
    } else {
        Err(Error::NotYours(SIGN))
    }
}

/// Only the owner can change and delete.
pub fn may_change(actor: &Actor, image: &Image) -> Result<(), Error> {
    if is_owner(actor, image) {
        return Ok(());
    }
    match image.visibility {
        Visibility::Private => Err(Error::NotFound),
        Visibility::Unlisted | Visibility::Public => Err(Error::NotYours(CHANGE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;
    use infravault_imaging::MediaType;
    use infravault_kernel::{
        ApiTokenId, AuthMethod, DomainError, Id, ImageId, Principal, Role, Scopes, Sha256,
    };
    use time::OffsetDateTime;
    use uuid::Uuid;

    const OWNER: Uuid = Uuid::from_u128(1);

    fn person(account: Uuid, role: Role, scopes: Scopes) -> Actor {
        Actor::Authenticated(Principal {
            account: AccountId::from_uuid(account),
            role,
            scopes,
            quota_bytes: 0,
            auth_method: AuthMethod::ApiToken(ApiTokenId::from_uuid(Uuid::nil())),
        })
    }

    fn image(visibility: Visibility) -> Image {
        Image {
            id: ImageId::from_uuid(Uuid::nil()),
            owner: AccountId::from_uuid(OWNER),
            attempt: Uuid::nil(),
            visibility,
            version: 1,
            title: String::new(),
            description: String::new(),
            tags: Vec::new(),
            file_name: String::new(),
            media_type: MediaType::Png,
            byte_size: 1,
            width: 1,
            height: 1,
            orientation: 1,
            frames: 1,
            sha256: Sha256::digest(b""),
            state: State::Ready,
            stored_as: None,
            failure_code: None,
            has_alpha: Some(false),
            color: None,
            thumbhash: None,
            phash: None,
            camera: None,
            keep_location: false,
            created_at: OffsetDateTime::UNIX_EPOCH,
            updated_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn access_matrix() {
        use Visibility::{Private, Public, Unlisted};
        let owner = person(OWNER, Role::User, Scopes::all());
        let no_scope = person(OWNER, Role::User, Scopes::default());
        let stranger = person(Uuid::from_u128(2), Role::User, Scopes::all());
        let moderator = person(Uuid::from_u128(3), Role::Moderator, Scopes::all());
        let admin = person(Uuid::from_u128(4), Role::Admin, Scopes::all());
        let others = [&Actor::Anonymous, &stranger, &moderator, &admin, &Actor::System];
        let code = |outcome: Result<(), Error>| outcome.err().map_or("ok", |error| error.code());
        for visibility in [Private, Unlisted, Public] {
            let image = image(visibility);
            let outcomes = |actor: &Actor| {
                [may_view, may_download_original, may_change].map(|rule| code(rule(actor, &image)))
            };
            assert_eq!(outcomes(&owner), ["ok", "ok", "ok"], "{visibility}");
            // The write scope is checked before the image is loaded.
            assert_eq!(
                outcomes(&no_scope),
                ["insufficient-scope", "insufficient-scope", "ok"]
            );
            for other in others {
                let expected = match visibility {
                    Private => ["not-found"; 3],
                    Unlisted | Public => ["ok", "forbidden", "forbidden"],
                };
                assert_eq!(outcomes(other), expected, "{visibility} {other:?}");
            }
        }
    }
}
