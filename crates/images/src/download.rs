//! The original of a picture, whole or in part; everything but the bytes is decided from the row.
use crate::{Error, Etag, Etags, Image, Images, PreconditionFault, RangeSpec, policy};
use infravault_kernel::{Ctx, ImageId};
use infravault_objects::ObjectStream;
use std::ops::RangeInclusive;

/// What is asked for and under which conditions (RFC 9110 section 13.2.2 gives their order).
#[derive(Clone, Debug, Default)]
pub struct Fetch {
    /// Only if it is one of these.
    pub if_match: Option<Etags>,
    /// Only if it is none of these.
    pub if_none_match: Option<Etags>,
    /// The range counts only for this one; otherwise the whole is meant. `Some(None)` is a condition that never holds,
    /// such as a date.
    pub if_range: Option<Option<Etag>>,
    /// The range asked for.
    pub range: Option<RangeSpec>,
    /// Whether only the head is asked for.
    pub head_only: bool,
}

/// A picture and what to answer of its original.
#[derive(Debug)]
pub struct Download {
    /// The picture.
    pub image: Image,
    /// What to answer.
    pub answer: Answer,
}

/// What to answer to who asks for an original.
#[derive(Debug)]
pub enum Answer {
    /// The caller has it already.
    NotModified,
    /// All of it; no bytes where only the head was asked for.
    Whole(Option<ObjectStream>),
    /// A part of it.
    Part(RangeInclusive<u64>, Option<ObjectStream>),
}

impl Images {
    /// The original, for its owner.
    pub async fn download(&self, ctx: &Ctx, id: ImageId, fetch: &Fetch) -> Result<Download, Error> {
        let (actor, image) = self.look_up(ctx, id).await?;
        policy::may_download_original(&actor, &image)?;
        let tag = image.sha256.to_string();
        let answer = match decide(fetch, &tag, image.byte_size)? {
            Decision::NotModified => Answer::NotModified,
            Decision::Whole => Answer::Whole(self.open(&image, fetch, None).await?),
            Decision::Part(range) => {
                let bytes = self.open(&image, fetch, Some(range.clone())).await?;
                Answer::Part(range, bytes)
            }
        };
        Ok(Download { image, answer })
    }

    async fn open(
        &self,
        image: &Image,
        fetch: &Fetch,
        range: Option<RangeInclusive<u64>>,
    ) -> Result<Option<ObjectStream>, Error> {
        if fetch.head_only {
            return Ok(None);
        }
        let bytes = self
            .objects
            .read(&image.original(), image.byte_size, range)
            .await?;
        Ok(Some(bytes))
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Decision {
    NotModified,
    Whole,
    Part(RangeInclusive<u64>),
}

fn decide(fetch: &Fetch, tag: &str, len: u64) -> Result<Decision, PreconditionFault> {
    if fetch.if_match.as_ref().is_some_and(|tags| !tags.matches(tag)) {
        return Err(PreconditionFault::Failed);
    }
    if fetch
        .if_none_match
        .as_ref()
        .is_some_and(|tags| tags.matches_weakly(tag))
    {
        return Ok(Decision::NotModified);
    }
    let same = |condition: &Option<Etag>| {
        condition
            .as_ref()
            .is_some_and(|etag| !etag.weak && etag.tag == tag)
    };
    match fetch.range {
        // RFC 9110 section 14.2: a range means something for GET only.
        Some(range) if !fetch.head_only && fetch.if_range.as_ref().is_none_or(same) => range
            .within(len)
            .map(Decision::Part)
            .ok_or(PreconditionFault::Range { len }),
        _ => Ok(Decision::Whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn etag(tag: &str, weak: bool) -> Etag {
        Etag {
            weak,
            tag: tag.to_owned(),
        }
    }

    #[test]
    fn conditions_in_their_order() {
        let none = Fetch::default();
        let range = Fetch {
            range: Some(RangeSpec::FromTo(2, 4)),
            ..Fetch::default()
        };
        let outside = PreconditionFault::Range { len: 10 };
        let cases = [
            (none.clone(), Ok(Decision::Whole)),
            (range.clone(), Ok(Decision::Part(2..=4))),
            (
                Fetch {
                    head_only: true,
                    ..range.clone()
                },
                Ok(Decision::Whole),
            ),
            (
                Fetch {
                    range: Some(RangeSpec::From(10)),
                    ..none.clone()
                },
                Err(outside),
            ),
            (
                Fetch {
                    if_match: Some(Etags::Listed(vec![etag("other", false)])),
                    if_none_match: Some(Etags::Any),
                    ..none.clone()
                },
                Err(PreconditionFault::Failed),
            ),
            (
                Fetch {
                    if_none_match: Some(Etags::Listed(vec![etag("tag", true)])),
                    ..range.clone()
                },
                Ok(Decision::NotModified),
            ),
            (
                Fetch {
                    if_range: Some(Some(etag("tag", false))),
                    ..range.clone()
                },
                Ok(Decision::Part(2..=4)),
            ),
            (
                Fetch {
                    if_range: Some(Some(etag("tag", true))),
                    ..range.clone()
                },
                Ok(Decision::Whole),
            ),
            (
                Fetch {
                    if_range: Some(None),
                    ..range
                },
                Ok(Decision::Whole),
            ),
        ];
        for (fetch, expected) in cases {
            assert_eq!(decide(&fetch, "tag", 10), expected, "{fetch:?}");
        }
    }
}
