//! Receives a request body into the spool, at a minimum rate, and inspects it.
use crate::{BodyError, Config, Error};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use infravault_imaging::{ImageInfo, Limits, PrescanError, prescan};
use infravault_objects::{Spool, SpooledFile};
use std::{pin::pin, time::Duration};
use tokio::{
    sync::mpsc::{Receiver, Sender},
    time::{Instant, timeout},
};

/// A buffer of a request body, or `None` at its end. A channel that closes earlier means that the client disconnected.
pub(super) type BodyChunk = Result<Option<Bytes>, BodyError>;

/// Chunks between the request and its upload. Together with the spool it bounds the memory of an upload.
pub(super) const CHUNK_BUFFER: usize = 2;

/// Sends a body into the channel, until it ends or the receiver is closed.
pub(super) async fn pump(body: impl Stream<Item = Result<Bytes, BodyError>>, chunks: Sender<BodyChunk>) {
    let mut body = pin!(body);
    loop {
        let item = tokio::select! {
            biased;
            () = chunks.closed() => return,
            item = body.next() => item.transpose(),
        };
        let ends = !matches!(item, Ok(Some(_)));
        if chunks.send(item).await.is_err() || ends {
            return;
        }
    }
}

/// Receives the whole body.
pub(super) async fn receive(
    spool: Spool,
    chunks: &mut Receiver<BodyChunk>,
    config: &Config,
) -> Result<SpooledFile, Error> {
    timeout(config.upload_deadline, receive_all(spool, chunks, config))
        .await
        .map_err(|_| BodyError::TooSlow)?
}

async fn receive_all(
    mut spool: Spool,
    chunks: &mut Receiver<BodyChunk>,
    config: &Config,
) -> Result<SpooledFile, Error> {
    let mut rate = MinRate::new(config);
    loop {
        match rate.next_chunk(chunks).await?.ok_or(BodyError::Interrupted)?? {
            Some(bytes) => spool.write(bytes).await?,
            None => return Ok(spool.finish().await?),
        }
    }
}

/// Enforces the minimum rate. Only time spent waiting for the client counts, so that a slow disk is not the client's fault.
pub(super) struct MinRate {
    window: Duration,
    bytes_per_window: u64,
    waited: Duration,
    received: u64,
}

impl MinRate {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            window: config.rate_window,
            bytes_per_window: config.min_rate.saturating_mul(config.rate_window.as_secs()),
            waited: Duration::ZERO,
            received: 0,
        }
    }

    /// Waits for the next chunk. Returns `None` if the client disconnected.
    pub(super) async fn next_chunk(
        &mut self,
        chunks: &mut Receiver<BodyChunk>,
    ) -> Result<Option<BodyChunk>, BodyError> {
        loop {
            let start = Instant::now();
            let left = self.window.saturating_sub(self.waited);
            let chunk = timeout(left, chunks.recv()).await;
            self.waited += start.elapsed();
            if let Ok(Some(Ok(Some(bytes)))) = &chunk {
                self.received += u64::try_from(bytes.len()).unwrap_or_default();
            }
            if self.waited >= self.window {
                if self.received < self.bytes_per_window {
                    return Err(BodyError::TooSlow);
                }
                (self.waited, self.received) = (Duration::ZERO, 0);
            }
            if let Ok(chunk) = chunk {
                return Ok(chunk);
            }
        }
    }
}

/// Checks the structure of the image, on a thread that may block.
pub(super) async fn inspect(spooled: &SpooledFile, limits: &Limits) -> Result<ImageInfo, Error> {
    let (reader, len, limits) = (spooled.reader(), spooled.len(), limits.clone());
    let facts = tokio::task::spawn_blocking(move || prescan(reader, len, &limits))
        .await
        .map_err(|error| PrescanError::Io(std::io::Error::other(error)))??;
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    fn config() -> Config {
        Config {
            min_rate: 10,
            rate_window: Duration::from_secs(20),
            ..Config::default()
        }
    }

    /// Sends `count` chunks of `len` bytes, one every `every` seconds.
    async fn receive_paced(len: usize, every: u64, count: usize) -> Result<usize, BodyError> {
        let (sender, mut receiver) = mpsc::channel::<BodyChunk>(1);
        tokio::spawn(async move {
            for _ in 0..count {
                tokio::time::sleep(Duration::from_secs(every)).await;
                let _ = sender.send(Ok(Some(Bytes::from(vec![0; len])))).await;
            }
            let _ = sender.send(Ok(None)).await;
            // Keeps the channel open, like a client that waits.
            std::future::pending::<()>().await;
        });
        let mut rate = MinRate::new(&config());
        let mut total = 0;
        loop {
            match rate.next_chunk(&mut receiver).await?.unwrap() {
                Ok(Some(bytes)) => total += bytes.len(),
                Ok(None) => return Ok(total),
                Err(error) => return Err(error),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn body_below_minimum_rate_is_rejected() {
        assert_eq!(receive_paced(100, 5, 40).await, Ok(4000));
        assert_eq!(receive_paced(1, 2, 40).await, Err(BodyError::TooSlow));
        assert_eq!(receive_paced(1000, 30, 4).await, Err(BodyError::TooSlow));
        assert_eq!(receive_paced(1, 1, 15).await, Ok(15), "a short body may be slow");
    }

    #[tokio::test]
    async fn pump_forwards_the_end_or_error_of_the_body() {
        for (body, expected) in [
            (
                vec![Ok(Bytes::from_static(b"a"))],
                vec![Ok(Some(Bytes::from_static(b"a"))), Ok(None)],
            ),
            (
                vec![Err(BodyError::Interrupted)],
                vec![Err(BodyError::Interrupted)],
            ),
        ] {
            let (sender, mut receiver) = mpsc::channel::<BodyChunk>(CHUNK_BUFFER);
            pump(futures_util::stream::iter(body), sender).await;
            let mut items = Vec::new();
            while let Some(chunk) = receiver.recv().await {
                items.push(chunk);
            }
            assert_eq!(items, expected);
        }
    }

    #[tokio::test]
    async fn pump_stops_when_receiver_is_dropped() {
        let (sender, receiver) = mpsc::channel::<BodyChunk>(CHUNK_BUFFER);
        drop(receiver);
        pump(futures_util::stream::pending(), sender).await;
    }
}
