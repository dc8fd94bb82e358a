//! The original of an image, whole or in part; everything but the bytes is decided from the row.
use crate::{Error, Etags, IfRange, Image, Library, PreconditionError, RangeSpec, policy};
use infravault_kernel::{Ctx, ImageId};
use infravault_objects::ObjectStream;
use std::ops::RangeInclusive;

/// What is asked for and under which conditions (RFC 9110 section 13.2.2 gives their order).
#[derive(Clone, Debug, Default)]
pub struct DownloadRequest {
    /// Only if it is one of these.
    pub if_match: Option<Etags>,
    /// Only if it is none of these.
    pub if_none_match: Option<Etags>,
    /// The range counts only under this condition; otherwise the whole is meant.
    pub if_range: Option<IfRange>,
    /// The range asked for.
    pub range: Option<RangeSpec>,
    /// Whether only the head is asked for.
    pub head_only: bool,
}

/// An image and what to answer of its original.
#[derive(Debug)]
pub struct Download {
    /// The image.
    pub image: Image,
    /// What to answer.
    pub body: DownloadBody,
}

/// What to answer to who asks for an original.
#[derive(Debug)]
pub enum DownloadBody {
    /// The caller has it already.
    NotModified,
    /// All of it; no bytes where only the head was asked for.
    Whole(Option<ObjectStream>),
    /// A part of it.
    Part(RangeInclusive<u64>, Option<ObjectStream>),
}

impl Library {
    /// The original, for its owner.
    pub async fn download(
        &self,
        ctx: &Ctx,
        id: ImageId,
        request: &DownloadRequest,
    ) -> Result<Download, Error> {
        let (actor, image) = self.look_up(ctx, id).await?;
        policy::may_download_original(&actor, &image)?;
        let tag = image.sha256.to_string();
        let body = match decide(request, &tag, image.byte_size)? {
            Decision::NotModified => DownloadBody::NotModified,
            Decision::Whole => DownloadBody::Whole(self.open(&image, request, None).await?),
            Decision::Part(range) => {
                let bytes = self.open(&image, request, Some(range.clone())).await?;
                DownloadBody::Part(range, bytes)
            }
        };
        Ok(Download { image, body })
    }

    async fn open(
        &self,
        image: &Image,
        request: &DownloadRequest,
        range: Option<RangeInclusive<u64>>,
    ) -> Result<Option<ObjectStream>, Error> {
        if request.head_only {
            return Ok(None);
        }
        let bytes = self
            .objects
            .read(&image.original(), image.byte_size, range)
            .await?;
        Ok(Some(bytes))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Decision {
    NotModified,
    Whole,
    Part(RangeInclusive<u64>),
}

fn decide(request: &DownloadRequest, tag: &str, len: u64) -> Result<Decision, PreconditionError> {
    if request.if_match.as_ref().is_some_and(|tags| !tags.matches(tag)) {
        return Err(PreconditionError::Failed);
    }
    if request
        .if_none_match
        .as_ref()
        .is_some_and(|tags| tags.matches_weakly(tag))
    {
        return Ok(Decision::NotModified);
    }
    match request.range {
        // RFC 9110 section 14.2: a range means something for GET only.
        Some(range)
            if !request.head_only
                && request
                    .if_range
                    .as_ref()
                    .is_none_or(|condition| condition.holds(tag)) =>
        {
            range
                .within(len)
                .map(Decision::Part)
                .ok_or(PreconditionError::Range { len })
        }
        _ => Ok(Decision::Whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Etag;

    fn etag(tag: &str, weak: bool) -> Etag {
        Etag {
            weak,
            tag: tag.to_owned(),
        }
    }

    /// A request for a range under a condition on it.
    fn range_if(if_range: Option<IfRange>) -> DownloadRequest {
        DownloadRequest {
            if_range,
            range: Some(RangeSpec::FromTo(2, 4)),
            ..DownloadRequest::default()
        }
    }

    #[test]
    fn a_range_counts_for_what_it_was_meant() {
        let part = Ok(Decision::Part(2..=4));
        for (request, expected) in [
            (range_if(None), part.clone()),
            (range_if(Some(IfRange::Etag(etag("tag", false)))), part),
            (
                range_if(Some(IfRange::Etag(etag("tag", true)))),
                Ok(Decision::Whole),
            ),
            (
                range_if(Some(IfRange::Etag(etag("other", false)))),
                Ok(Decision::Whole),
            ),
            (range_if(Some(IfRange::Other)), Ok(Decision::Whole)),
        ] {
            assert_eq!(decide(&request, "tag", 10), expected, "{request:?}");
        }
        let head = DownloadRequest {
            head_only: true,
            ..range_if(None)
        };
        assert_eq!(decide(&head, "tag", 10), Ok(Decision::Whole));
        assert_eq!(
            decide(&range_if(None), "tag", 2),
            Err(PreconditionError::Range { len: 2 })
        );
    }

    #[test]
    fn conditions_in_their_order() {
        let not_this = DownloadRequest {
            if_match: Some(Etags::Listed(vec![etag("other", false)])),
            if_none_match: Some(Etags::Any),
            ..DownloadRequest::default()
        };
        assert_eq!(decide(&not_this, "tag", 10), Err(PreconditionError::Failed));
        let known = DownloadRequest {
            if_none_match: Some(Etags::Listed(vec![etag("tag", true)])),
            ..range_if(None)
        };
        assert_eq!(decide(&known, "tag", 10), Ok(Decision::NotModified));
        assert_eq!(
            decide(&DownloadRequest::default(), "tag", 10),
            Ok(Decision::Whole)
        );
    }
}
