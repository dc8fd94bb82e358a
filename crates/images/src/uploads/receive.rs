//! Taking in the bytes of an upload: from a channel into the spool, at a bearable pace, and looking at what came.
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

/// What comes through the channel: bytes, or `None` for the end. A channel that closes before is a client that went
/// away.
pub(crate) type Piece = Result<Option<Bytes>, BodyError>;

/// How many pieces may be under way. It bounds the memory of an upload, together with the spool.
pub(crate) const PIECES_UNDER_WAY: usize = 2;

/// Passes a body on into the channel until it ends, or until nobody wants it any more.
pub(crate) async fn pump(body: impl Stream<Item = Result<Bytes, BodyError>>, pieces: Sender<Piece>) {
    let mut body = pin!(body);
    loop {
        let item = tokio::select! {
            biased;
            () = pieces.closed() => return,
            item = body.next() => item.transpose(),
        };
        let ends = !matches!(item, Ok(Some(_)));
        if pieces.send(item).await.is_err() || ends {
            return;
        }
    }
}

/// Takes in the whole body.
pub(crate) async fn receive(
    spool: Spool,
    pieces: &mut Receiver<Piece>,
    config: &Config,
) -> Result<SpooledFile, Error> {
    timeout(config.upload_deadline, receive_all(spool, pieces, config))
        .await
        .map_err(|_| BodyError::TooSlow)?
}

async fn receive_all(
    mut spool: Spool,
    pieces: &mut Receiver<Piece>,
    config: &Config,
) -> Result<SpooledFile, Error> {
    let mut pace = Pace::new(config);
    loop {
        let piece = pace.wait_for(pieces).await?.ok_or(BodyError::Interrupted)??;
        match piece {
            Some(bytes) => spool.write(bytes).await?,
            None => return Ok(spool.finish().await?),
        }
    }
}

/// Measures how fast a client sends. Only the time that was spent waiting for the client counts, so that nobody is
/// blamed for a slow disk.
pub(crate) struct Pace {
    window: Duration,
    at_least: u64,
    waited: Duration,
    bytes: u64,
}

impl Pace {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            window: config.rate_window,
            at_least: config.min_rate.saturating_mul(config.rate_window.as_secs()),
            waited: Duration::ZERO,
            bytes: 0,
        }
    }

    /// The next piece; none where the client went away.
    pub(crate) async fn wait_for(
        &mut self,
        pieces: &mut Receiver<Piece>,
    ) -> Result<Option<Piece>, BodyError> {
        loop {
            let began = Instant::now();
            let left = self.window.saturating_sub(self.waited);
            let piece = timeout(left, pieces.recv()).await;
            self.waited += began.elapsed();
            if let Ok(Some(Ok(Some(bytes)))) = &piece {
                self.bytes += u64::try_from(bytes.len()).unwrap_or_default();
            }
            if self.waited >= self.window {
                if self.bytes < self.at_least {
                    return Err(BodyError::TooSlow);
                }
                (self.waited, self.bytes) = (Duration::ZERO, 0);
            }
            if let Ok(piece) = piece {
                return Ok(piece);
            }
        }
    }
}

/// Looks at the structure of what came, on a thread that may wait for the disk.
pub(crate) async fn inspect(spooled: &SpooledFile, limits: &Limits) -> Result<ImageInfo, Error> {
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

    /// Sends `count` pieces of `len` bytes, one every `every` seconds.
    async fn paced(len: usize, every: u64, count: usize) -> Result<usize, BodyError> {
        let (sender, mut receiver) = mpsc::channel::<Piece>(1);
        tokio::spawn(async move {
            for _ in 0..count {
                tokio::time::sleep(Duration::from_secs(every)).await;
                let _ = sender.send(Ok(Some(Bytes::from(vec![0; len])))).await;
            }
            let _ = sender.send(Ok(None)).await;
            // Keeps the channel open, as a client that waits does.
            std::future::pending::<()>().await;
        });
        let mut pace = Pace::new(&config());
        let mut total = 0;
        loop {
            match pace.wait_for(&mut receiver).await?.unwrap() {
                Ok(Some(bytes)) => total += bytes.len(),
                Ok(None) => return Ok(total),
                Err(fault) => return Err(fault),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn slow_bodies_are_closed_and_steady_ones_are_not() {
        assert_eq!(paced(100, 5, 40).await, Ok(4000));
        assert_eq!(paced(1, 2, 40).await, Err(BodyError::TooSlow));
        assert_eq!(paced(1000, 30, 4).await, Err(BodyError::TooSlow));
        assert_eq!(paced(1, 1, 15).await, Ok(15), "a short body may be slow");
    }

    #[tokio::test]
    async fn the_pump_says_how_the_body_ended() {
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
            let (sender, mut receiver) = mpsc::channel::<Piece>(PIECES_UNDER_WAY);
            pump(futures_util::stream::iter(body), sender).await;
            let mut came = Vec::new();
            while let Some(piece) = receiver.recv().await {
                came.push(piece);
            }
            assert_eq!(came, expected);
        }
    }

    #[tokio::test]
    async fn the_pump_stops_when_nobody_listens() {
        let (sender, receiver) = mpsc::channel::<Piece>(PIECES_UNDER_WAY);
        drop(receiver);
        pump(futures_util::stream::pending(), sender).await;
    }
}
