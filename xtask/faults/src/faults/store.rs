//! The S3 store fails in the ways that stores and networks do.

use crate::{
    Outcome,
    load::Tried,
    report::Ran,
    s3proxy::{Act, Rule, S3Proxy},
    world::World,
};
use reqwest::Method;
use std::time::{Duration, Instant};
use tokio::time::timeout;

const ALWAYS: u32 = u32::MAX;
const SEEN: Duration = Duration::from_secs(5);
/// Three tries with pauses, and a question after each of them.
const GIVEN_UP: Duration = Duration::from_secs(25);

const WRITING: [Act; 4] = [
    Act::Fail(500, "InternalError"),
    Act::Fail(503, "SlowDown"),
    Act::Stall,
    Act::CutRequest,
];
const READING: [Act; 6] = [
    Act::Fail(500, "InternalError"),
    Act::Stall,
    Act::CutBody,
    Act::ShortBody,
    Act::WrongByte,
    Act::Trickle,
];

fn proxy(world: &World) -> Outcome<S3Proxy> {
    Ok(world
        .s3
        .as_ref()
        .map(|(_, proxy)| proxy.clone())
        .ok_or("no S3 store")?)
}

/// Everything that can go wrong with a store.
pub(super) async fn fail(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let proxy = proxy(world)?;
    for _ in 0..world.times(1) {
        for act in [Act::Refuse, Act::Stall] {
            proxy.set(Some(rule(act, None, ALWAYS)));
            let red = world.unready(SEEN).await;
            ran.expect(red.is_ok(), || format!("readiness stays green: {act:?}"));
            refused(world, &mut ran, act).await;
            healed(world, &proxy, &mut ran).await?;
        }
        for act in WRITING {
            proxy.set(Some(rule(act, Some("PUT"), ALWAYS)));
            refused(world, &mut ran, act).await;
            // A store that fails once is not noticed.
            proxy.set(Some(rule(act, Some("PUT"), 1)));
            let tried = world.ledger.try_once(world.ledger.next()).await;
            ran.expect(matches!(tried, Tried::Acknowledged(_)), || {
                format!("one failure of the store is the client's: {act:?}")
            });
            healed(world, &proxy, &mut ran).await?;
        }
        for act in READING {
            let seed = world.ledger.next();
            let id = world.ledger.upload(seed, Duration::from_secs(20)).await?;
            proxy.set(Some(rule(act, Some("GET"), ALWAYS)));
            let image = world.ledger.image(seed);
            let path = format!("/api/v1/images/{id}/download");
            for _ in 0..2 {
                let taken = timeout(Duration::from_secs(8), download(world, &path)).await;
                if let Ok(Some(bytes)) = taken {
                    ran.expect(bytes == image, || {
                        format!("wrong bytes were passed on as a success: {act:?}")
                    });
                    ran.expect(false, || format!("the store was not asked: {act:?}"));
                }
            }
            healed(world, &proxy, &mut ran).await?;
            let again = download(world, &path).await;
            ran.expect(again.as_ref() == Some(&image), || {
                format!("what was read wrongly stays wrong: {act:?}")
            });
        }
    }
    ran.note = format!("{:?}", world.ledger.take_failures().0);
    Ok(ran)
}

fn rule(act: Act, method: Option<&'static str>, times: u32) -> Rule {
    Rule { act, method, times }
}

/// The bytes of a whole answer with status 200.
async fn download(world: &World, path: &str) -> Option<Vec<u8>> {
    let answer = world.ledger.request(Method::GET, path).send().await.ok()?;
    let whole = answer.status().as_u16() == 200;
    let bytes = answer.bytes().await.ok()?;
    whole.then(|| bytes.to_vec())
}

/// An upload is answered with 503, in time.
async fn refused(world: &World, ran: &mut Ran, act: Act) {
    let seed = world.ledger.next();
    let began = Instant::now();
    let tried = world.ledger.try_once(seed).await;
    world.ledger.leave(seed);
    ran.expect(matches!(tried, Tried::Again), || {
        format!("an image was taken without a store: {act:?}")
    });
    let took = began.elapsed();
    ran.expect(took < GIVEN_UP, || {
        format!("it takes {took:?} to give up: {act:?}")
    });
}

async fn healed(world: &mut World, proxy: &S3Proxy, ran: &mut Ran) -> Outcome {
    proxy.set(None);
    ran.recovered(world.recovered(Instant::now()).await?);
    ran.cycles += 1;
    Ok(())
}

/// The store has stored and says nothing; looking is enough.
pub(super) async fn lose_reply(world: &mut World) -> Outcome<Ran> {
    let mut ran = Ran::default();
    let proxy = proxy(world)?;
    for _ in 0..world.times(5) {
        proxy.set(Some(rule(Act::LoseAnswer, Some("PUT"), 1)));
        let tried = world.ledger.try_once(world.ledger.next()).await;
        ran.expect(matches!(tried, Tried::Acknowledged(_)), || {
            "a lost answer is the client's".to_owned()
        });
        ran.expect(proxy.hits() > 0, || "no answer was lost".to_owned());
        ran.cycles += 1;
    }
    proxy.set(None);
    ran.recovered(world.recovered(Instant::now()).await?);
    Ok(ran)
}
