//! Bodies that are in memory already.
use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

/// How much of it is copied for a connection at a time.
const SLICE: usize = 32 << 10;

/// Shared bytes, given out slice by slice: whoever reads slowly holds a slice of ours and no copy of the whole.
#[derive(Debug)]
pub(crate) struct Sliced(pub Bytes);

impl MessageBody for Sliced {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(u64::try_from(self.0.len()).unwrap_or(u64::MAX))
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let rest = &mut self.get_mut().0;
        let slice = rest.split_to(rest.len().min(SLICE));
        Poll::Ready((!slice.is_empty()).then_some(Ok(slice)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::to_bytes;

    #[actix_web::test]
    async fn slices_are_the_whole() {
        for len in [0, 1, SLICE, SLICE + 1, 3 * SLICE + 7] {
            let whole: Bytes = (0..len).map(|at| at.to_le_bytes()[0]).collect();
            let body = Sliced(whole.clone());
            assert_eq!(body.size(), BodySize::Sized(u64::try_from(len).unwrap()));
            assert_eq!(to_bytes(body).await.unwrap(), whole);
        }
    }
}
