//! Computing a rendition: once per process, once per cluster, in the sandbox.
use super::{
    FreshRendition, Variant,
    claim::{Claim, ClaimResult, RENEWAL_INTERVAL},
    single_flight::RenderResult,
    source::Source,
};
use crate::{Error, FailureCode, RenditionError, Renditions};
use infravault_imaging::{EncodedImage, Format, ProcessRequest};
use infravault_kernel::{Credential, Ctx};
use infravault_sandbox::{Error as SandboxError, ExitReason, Queue};
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::time::timeout;

/// First and last interval of polling for a rendition that another node computes.
const POLL_INTERVAL: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(250));

impl Renditions {
    /// Returns the rendition, computed if it does not exist. Returns [`RenditionError::StillMaking`] after
    /// `rendition_wait`; the computation continues.
    pub(super) async fn render(
        &self,
        ctx: &Ctx,
        source: &Source,
        variant: &Variant,
    ) -> Result<FreshRendition, Error> {
        let flight = self
            .state
            .single_flight
            .join_or_start((source.id, variant.id.clone()), || {
                let (renditions, ctx) = (self.clone(), ctx.with_credential(Credential::System));
                let (source, variant) = (source.clone(), variant.clone());
                async move {
                    let result = renditions.render_once_in_cluster(&ctx, &source, &variant).await;
                    if let Err(error) = &result {
                        slog::warn!(ctx.log, "rendition failed"; "image" => %source.id, "error" => %error);
                    }
                    result
                }
            });
        match timeout(self.config.rendition_wait, flight).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(RenditionError::StillMaking.into()),
        }
    }

    async fn render_once_in_cluster(&self, ctx: &Ctx, source: &Source, variant: &Variant) -> RenderResult {
        let key = (source.id, variant.id.clone());
        if let Some(code) = self.state.single_flight.recent_failure(&key) {
            return Err(RenditionError::Undecodable(code));
        }
        let mut interval = POLL_INTERVAL.0;
        loop {
            match self.try_claim(ctx, source.id, &variant.id).await? {
                ClaimResult::Stored(rendition) => return Ok(rendition.into()),
                ClaimResult::Acquired(claim) => {
                    let result = self.render_claimed(ctx, source, variant, &claim).await;
                    self.release_claim(ctx, claim).await;
                    if let Err(RenditionError::Undecodable(code)) = &result {
                        self.state.single_flight.remember_failure(key, *code);
                    }
                    return result;
                }
                ClaimResult::HeldByOther => {}
            }
            while self.is_claimed(source.id, &variant.id).await? {
                tokio::time::sleep(interval).await;
                interval = (interval * 2).min(POLL_INTERVAL.1);
            }
        }
    }

    async fn render_claimed(
        &self,
        ctx: &Ctx,
        source: &Source,
        variant: &Variant,
        claim: &Claim,
    ) -> RenderResult {
        let mut render = pin!(self.render_in_sandbox(ctx, source, variant));
        loop {
            match timeout(RENEWAL_INTERVAL, &mut render).await {
                Ok(result) => return result,
                Err(_) => self.renew_claim(ctx, claim).await,
            }
        }
    }

    async fn render_in_sandbox(&self, ctx: &Ctx, source: &Source, variant: &Variant) -> RenderResult {
        let file = self
            .objects
            .open_file(&source.original, source.byte_size)
            .await
            .map_err(Error::from)?;
        let request = ProcessRequest {
            limits: self.config.limits.clone(),
            describe: false,
            recipes: vec![variant.recipe],
        };
        let queue = match variant.recipe.format {
            Format::Avif => Queue::Avif,
            _ => Queue::Interactive,
        };
        let reply = self.sandbox.process(file, &request, queue).await?;
        let made: EncodedImage = reply
            .renditions
            .into_iter()
            .next()
            .ok_or_else(|| Error::inconsistent("a sandbox reply"))?;
        let rendition = self.store_rendition(ctx, source.id, &variant.id, &made).await?;
        Ok(FreshRendition {
            rendition,
            bytes: Some(made.bytes),
        })
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
