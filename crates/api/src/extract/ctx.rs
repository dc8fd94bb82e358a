//! The context of a request, as the middleware has determined it.
use crate::problem::Problem;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use infravault_kernel::{Clock, Credential, Ctx, RequestId};
use slog::Logger;
use std::{
    future::{Ready, ready},
    net::IpAddr,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

/// Facts about a request that the middleware stores in its extensions before a handler runs.
#[derive(Clone)]
pub struct RequestInfo {
    pub request_id: RequestId,
    pub log: Logger,
    /// The client's address, after applying the forwarding headers of trusted proxies.
    pub ip: IpAddr,
    /// The verified credential, or the reason why it is invalid.
    pub credential: Arc<Mutex<Result<Credential, Option<Problem>>>>,
    pub clock: Clock,
}

impl RequestInfo {
    /// Reads what the middleware stored.
    pub fn from_request(request: &HttpRequest) -> Result<Self, Problem> {
        let info = request.extensions().get::<Self>().cloned();
        info.ok_or_else(|| Problem::internal("the request middleware did not run"))
    }

    /// The kernel's context with this credential.
    pub fn into_ctx(self, credential: Credential) -> Ctx {
        Ctx {
            request_id: self.request_id,
            log: self.log,
            credential,
            clock: self.clock,
        }
    }
}

/// The kernel's context of a request. Anonymous if the request has no credential; an invalid credential is rejected.
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
        ready(RequestInfo::from_request(request).and_then(authenticated_ctx))
    }
}

/// The context of a request whose credential is ignored, even if it is invalid.
#[derive(Debug)]
pub struct PublicCtx(Ctx);

impl Deref for PublicCtx {
    type Target = Ctx;
    fn deref(&self) -> &Ctx {
        &self.0
    }
}

impl FromRequest for PublicCtx {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let info = RequestInfo::from_request(request);
        ready(info.map(|info| Self(info.into_ctx(Credential::Anonymous))))
    }
}

fn authenticated_ctx(info: RequestInfo) -> Result<RequestCtx, Problem> {
    let credential = match &mut *info.credential.lock().unwrap_or_else(PoisonError::into_inner) {
        Ok(credential) => credential.clone(),
        Err(problem) => {
            let problem = problem.take();
            return Err(problem.unwrap_or_else(|| Problem::internal("the context was extracted twice")));
        }
    };
    Ok(RequestCtx(info.into_ctx(credential)))
}
