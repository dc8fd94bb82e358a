//! Making a rendition once, however many ask for it, on however many nodes.
//!
//! In this process those who ask for the same share one task. Between nodes a row says who makes it, with a lease that
//! is renewed while the work goes on, so that a node that dies holds nobody up for long. Neither holds a connection.
use super::{Key, Rendition, Wanted, source::Source};
use crate::{
    Error, FailureCode, RenditionError, Renditions,
    sql::{self, Params},
};
use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use infravault_imaging::{EncodedImage, Format, ProcessRequest};
use infravault_kernel::{Credential, Ctx, Id, ImageId};
use infravault_sandbox::{Error as SandboxError, ExitReason, Queue};
use std::{
    collections::HashMap,
    fmt,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::oneshot, time::timeout};
use uuid::Uuid;

/// A node that died holds a rendition for so long.
const LEASE: Duration = Duration::from_mins(1);
/// How often a node that lives says so.
const RENEWAL: Duration = Duration::from_secs(20);
/// How often somebody else's rendition is looked for, at first and at last.
const LOOK: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(250));
/// For so long nobody tries again what failed.
const REFUSED: Duration = Duration::from_mins(1);
/// Failures that are remembered at most.
const MOST_REFUSED: usize = 1000;

/// A rendition, with its bytes where it was made just now.
#[derive(Clone, Debug)]
pub(super) struct Fresh {
    pub(super) rendition: Rendition,
    pub(super) bytes: Option<Bytes>,
}

type Outcome = Result<Fresh, RenditionError>;
type Making = Shared<BoxFuture<'static, Outcome>>;

/// What is being made in this process, and what could not be made.
#[derive(Default)]
pub(super) struct Once {
    under_way: Mutex<HashMap<Key, Making>>,
    refused: Mutex<HashMap<Key, (Instant, FailureCode)>>,
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once")
            .field("under_way", &self.under_way().len())
            .finish_non_exhaustive()
    }
}

impl Once {
    fn under_way(&self) -> MutexGuard<'_, HashMap<Key, Making>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self) -> MutexGuard<'_, HashMap<Key, (Instant, FailureCode)>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refuse(&self, key: Key, code: FailureCode) {
        let mut refused = self.refused();
        refused.retain(|_, (since, _)| since.elapsed() < REFUSED);
        if refused.len() < MOST_REFUSED {
            refused.insert(key, (Instant::now(), code));
        }
    }

    fn failure(&self, key: &Key) -> Option<FailureCode> {
        let refused = self.refused();
        let (since, code) = refused.get(key)?;
        (since.elapsed() < REFUSED).then_some(*code)
    }
}

/// Something under way, which ends with this value: also when its task panics.
struct Entry {
    images: Renditions,
    key: Key,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.images.state.once.under_way().remove(&self.key);
    }
}

/// What came of trying to claim a rendition.
enum Claim {
    Mine(Uuid),
    There(Rendition),
    Taken,
}

impl Renditions {
    /// The rendition, made if nobody has made it. Whoever waits too long is told so, while the work goes on.
    pub(super) async fn make_once(
        &self,
        ctx: &Ctx,
        source: &Source,
        wanted: &Wanted,
    ) -> Result<Fresh, Error> {
        let making = self.join_or_start(ctx, source, wanted);
        match timeout(self.config.rendition_wait, making).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(RenditionError::StillMaking.into()),
        }
    }

    fn join_or_start(&self, ctx: &Ctx, source: &Source, wanted: &Wanted) -> Making {
        let key = (source.id, wanted.variant.clone());
        let mut under_way = self.state.once.under_way();
        if let Some(making) = under_way.get(&key) {
            return making.clone();
        }
        let (tell, told) = oneshot::channel();
        // Nobody tells when the task is gone: the process stops.
        let making = told
            .map(|outcome| outcome.unwrap_or(Err(RenditionError::Busy)))
            .boxed()
            .shared();
        under_way.insert(key.clone(), making.clone());
        let entry = Entry {
            images: self.clone(),
            key,
        };
        let (ctx, source, wanted) = (
            ctx.with_credential(Credential::System),
            source.clone(),
            wanted.clone(),
        );
        tokio::spawn(async move {
            let outcome = entry.images.make(&ctx, &source, &wanted).await;
            if let Err(fault) = &outcome {
                slog::warn!(ctx.log, "a rendition could not be made"; "image" => %source.id, "error" => %fault);
            }
            drop(entry);
            let _nobody_waits = tell.send(outcome);
        });
        making
    }

    async fn make(&self, ctx: &Ctx, source: &Source, wanted: &Wanted) -> Outcome {
        let key = (source.id, wanted.variant.clone());
        if let Some(code) = self.state.once.failure(&key) {
            return Err(RenditionError::Undecodable(code));
        }
        let mut pause = LOOK.0;
        loop {
            match self.claim(ctx, source.id, wanted).await? {
                Claim::There(rendition) => {
                    return Ok(Fresh {
                        rendition,
                        bytes: None,
                    });
                }
                Claim::Mine(claim) => {
                    let outcome = self.make_claimed(ctx, source, wanted, claim).await;
                    self.give_back(ctx, source.id, wanted, claim).await;
                    if let Err(RenditionError::Undecodable(code)) = &outcome {
                        self.state.once.refuse(key, *code);
                    }
                    return outcome;
                }
                Claim::Taken => {}
            }
            while self.is_claimed(source.id, wanted).await? {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LOOK.1);
            }
        }
    }

    /// Claims a rendition, and only then looks whether it is there: whoever had the claim before wrote the row first.
    async fn claim(&self, ctx: &Ctx, image: ImageId, wanted: &Wanted) -> Result<Claim, Error> {
        let claim = ctx.new_id::<ImageId>().uuid();
        let (image, variant) = (image.uuid(), wanted.variant.as_slice());
        let tx = self.db.begin_system().await?;
        let params = sql::renditions::TakeClaimParams {
            image,
            variant,
            claim,
            seconds: LEASE.as_secs_f64(),
        };
        let taken = sql::renditions::take_claim().params(&*tx, &params).await? == 1;
        let params = sql::renditions::LookParams { image, variant };
        let (rendition, _) = sql::renditions::look()
            .params(&*tx, &params)
            .map(sql::looked)
            .one()
            .await??;
        match rendition {
            // The claim goes with the transaction, which is not committed.
            Some(rendition) => Ok(Claim::There(rendition)),
            None if taken => {
                tx.commit().await?;
                Ok(Claim::Mine(claim))
            }
            None => Ok(Claim::Taken),
        }
    }

    /// Whether somebody makes the rendition, which is not there yet.
    async fn is_claimed(&self, image: ImageId, wanted: &Wanted) -> Result<bool, Error> {
        let params = sql::renditions::LookParams {
            image: image.uuid(),
            variant: wanted.variant.as_slice(),
        };
        let tx = self.db.begin_system().await?;
        let (rendition, claimed) = sql::renditions::look()
            .params(&*tx, &params)
            .map(sql::looked)
            .one()
            .await??;
        Ok(rendition.is_none() && claimed)
    }

    async fn make_claimed(&self, ctx: &Ctx, source: &Source, wanted: &Wanted, claim: Uuid) -> Outcome {
        let mut work = pin!(self.work(ctx, source, wanted));
        loop {
            match timeout(RENEWAL, &mut work).await {
                Ok(outcome) => return outcome,
                Err(_) => self.renew(ctx, source.id, wanted, claim).await,
            }
        }
    }

    async fn work(&self, ctx: &Ctx, source: &Source, wanted: &Wanted) -> Outcome {
        let file = self
            .objects
            .open_file(&source.original, source.byte_size)
            .await
            .map_err(Error::from)?;
        let request = ProcessRequest {
            limits: self.config.limits.clone(),
            describe: false,
            recipes: vec![wanted.recipe],
        };
        let queue = match wanted.recipe.format {
            Format::Avif => Queue::Avif,
            _ => Queue::Interactive,
        };
        let answer = self.sandbox.process(file, &request, queue).await?;
        let made: EncodedImage = answer
            .renditions
            .into_iter()
            .next()
            .ok_or_else(|| Error::inconsistent("what the sandbox made"))?;
        let rendition = self.keep(ctx, source.id, &wanted.variant, &made).await?;
        Ok(Fresh {
            rendition,
            bytes: Some(made.bytes),
        })
    }

    async fn renew(&self, ctx: &Ctx, image: ImageId, wanted: &Wanted, claim: Uuid) {
        let renew = async || -> Result<(), Error> {
            let params = sql::renditions::RenewClaimParams {
                seconds: LEASE.as_secs_f64(),
                image: image.uuid(),
                variant: wanted.variant.as_slice(),
                claim,
            };
            let tx = self.db.begin_system().await?;
            sql::renditions::renew_claim().params(&*tx, &params).await?;
            Ok(tx.commit().await?)
        };
        if let Err(error) = renew().await {
            slog::warn!(ctx.log, "a claim could not be renewed; another node may make the rendition, too";
                "image" => %image, "error" => %error);
        }
    }

    async fn give_back(&self, ctx: &Ctx, image: ImageId, wanted: &Wanted, claim: Uuid) {
        let give_back = async || -> Result<(), Error> {
            let params = sql::renditions::EndClaimParams {
                image: image.uuid(),
                variant: wanted.variant.as_slice(),
                claim,
            };
            let tx = self.db.begin_system().await?;
            sql::renditions::end_claim().params(&*tx, &params).await?;
            Ok(tx.commit().await?)
        };
        if let Err(error) = give_back().await {
            slog::warn!(ctx.log, "a claim could not be given back; it ends by itself";
                "image" => %image, "error" => %error);
        }
    }
}

impl From<SandboxError> for RenditionError {
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::Busy | SandboxError::WorkerExited(ExitReason::Crashed) => Self::Busy,
            error @ (SandboxError::Decode(_) | SandboxError::WorkerExited(_)) => {
                Self::Undecodable(FailureCode::from_sandbox(error.code()))
            }
            SandboxError::Io(cause) => Self::Sandbox(Arc::new(cause)),
        }
    }
}
