//! The context of a request: what the middleware `request` found out about it.
use crate::problem::Problem;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use infravault_kernel::{Credential, Ctx, RequestId};
use slog::Logger;
use std::{
    future::{Ready, ready},
    net::IpAddr,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

/// What is known about a request before any handler runs; put into its extensions by the middleware.
#[derive(Clone)]
pub struct Identity {
    /// Names the request.
    pub request_id: RequestId,
    /// Where to log.
    pub log: Logger,
    /// The client's address, forwarding headers of trusted proxies considered.
    pub ip: IpAddr,
    /// What the request proved, or why it did not.
    pub credential: Arc<Mutex<Result<Credential, Option<Problem>>>>,
    /// The time.
    pub clock: infravault_kernel::Clock,
}

/// The kernel's context of this request; anonymous where nothing was presented, an error where what was
/// presented is no good.
#[derive(Debug)]
pub struct RequestCtx(Ctx);

impl Deref for RequestCtx {
    type Target = Ctx;
    fn deref(&self) -> &Ctx {
        &self.0
    }
}

impl RequestCtx {
    /// The context by value, for tasks that outlive the request.
    pub fn into_inner(self) -> Ctx {
        self.0
    }
}

impl FromRequest for RequestCtx {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let identity = request.extensions().get::<Identity>().cloned();
        ready(
            identity
                .ok_or_else(|| Problem::internal("the request middleware did not run"))
                .and_then(ctx),
        )
    }
}

/// The context of a request of which no credential is looked at, not even one that is no good.
#[derive(Debug)]
pub struct AnyoneCtx(Ctx);

impl Deref for AnyoneCtx {
    type Target = Ctx;
    fn deref(&self) -> &Ctx {
        &self.0
    }
}

impl FromRequest for AnyoneCtx {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let identity = request.extensions().get::<Identity>().cloned();
        let identity = identity.ok_or_else(|| Problem::internal("the request middleware did not run"));
        ready(identity.map(|identity| {
            Self(Ctx {
                request_id: identity.request_id,
                log: identity.log,
                credential: Credential::Anonymous,
                clock: identity.clock,
            })
        }))
    }
}

fn ctx(identity: Identity) -> Result<RequestCtx, Problem> {
    let mut credential = identity.credential.lock().unwrap_or_else(PoisonError::into_inner);
    let credential = match &mut *credential {
        Ok(credential) => credential.clone(),
        Err(problem) => {
            return Err(problem
                .take()
                .unwrap_or_else(|| Problem::internal("asked for the context twice")));
        }
    };
    Ok(RequestCtx(Ctx {
        request_id: identity.request_id,
        log: identity.log,
        credential,
        clock: identity.clock,
    }))
}
