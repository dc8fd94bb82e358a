//! Response bodies that are in memory.
use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

const CHUNK_BYTES: usize = 32 << 10;

/// Shared bytes, sent chunk by chunk: actix-web copies each chunk into the connection's buffer, so that a slow client
/// holds one chunk instead of a copy of the whole body.
#[derive(Debug)]
pub(crate) struct ChunkedBytes(pub Bytes);

impl MessageBody for ChunkedBytes {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(u64::try_from(self.0.len()).unwrap_or(u64::MAX))
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let rest = &mut self.get_mut().0;
        let chunk = rest.split_to(rest.len().min(CHUNK_BYTES));
        Poll::Ready((!chunk.is_empty()).then_some(Ok(chunk)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::to_bytes;

    #[actix_web::test]
    async fn chunks_add_up_to_the_whole_body() {
        for len in [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7] {
            let whole: Bytes = (0..len).map(|at| at.to_le_bytes()[0]).collect();
            let body = ChunkedBytes(whole.clone());
            assert_eq!(body.size(), BodySize::Sized(u64::try_from(len).unwrap()));
            assert_eq!(to_bytes(body).await.unwrap(), whole);
        }
    }
}
