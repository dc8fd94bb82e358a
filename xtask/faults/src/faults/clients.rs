//! Clients that disconnect in the middle of an upload.

use crate::{Outcome, report::Ran, world::World};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};

/// How a client goes.
#[derive(Debug, Clone, Copy)]
enum Way {
    Close,
    Reset,
    HalfClose,
}

const LEFT: &str = "SELECT (SELECT count(*) FROM images.images WHERE state = 'pending') \
    + (SELECT coalesce(sum(reserved_bytes), 0)::bigint FROM images.usage)";

/// At every tenth of the body, in three ways; within a second nothing is left.
pub(super) async fn disconnect(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let client = world.cluster.client("infravault").await?;
    for _ in 0..world.times(1) {
        for tenth in 0..10 {
            for way in [Way::Close, Way::Reset, Way::HalfClose] {
                let seed = world.ledger.next();
                leave(world, seed, tenth, way).await?;
                let since = Instant::now();
                while client.query_one(LEFT, &[]).await?.try_get::<_, i64>(0)? != 0 {
                    if since.elapsed() > Duration::from_secs(5) {
                        ran.broken
                            .push(format!("{way:?} at {tenth}/10 leaves something behind"));
                        break;
                    }
                    sleep(Duration::from_millis(10)).await;
                }
                ran.recovered(since.elapsed());
                ran.cycles += 1;
            }
        }
    }
    let longest = ran.recovery;
    ran.expect(longest < Duration::from_secs(1), || {
        format!("it takes {longest:?} until nothing is left")
    });
    Ok(ran)
}

async fn leave(world: &World, seed: u64, tenth: usize, way: Way) -> Outcome {
    // A large one, so that the server has begun to write it.
    let image = world.ledger.image(seed * 8);
    let sent = image.get(..image.len() * tenth / 10).unwrap_or_default();
    let mut stream = TcpStream::connect(("127.0.0.1", world.port)).await?;
    stream
        .write_all(world.ledger.head(seed, image.len()).as_bytes())
        .await?;
    stream.write_all(sent).await?;
    sleep(Duration::from_millis(30)).await;
    match way {
        Way::Close => {}
        Way::Reset => stream.set_zero_linger()?,
        Way::HalfClose => {
            stream.shutdown().await?;
            let mut answer = Vec::new();
            let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
            if answer.starts_with(b"HTTP/1.1 2") {
                return Err("half of an image was taken".into());
            }
        }
    }
    Ok(())
}
