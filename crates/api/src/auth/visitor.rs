//! Who comes to sign in or out: a request whose access token need not be any good.
use super::cookies;
use crate::{app::App, extract::RequestInfo, problem::Problem};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use infravault_auth::Device;
use infravault_kernel::{Credential, Ctx, Secret};
use std::{
    future::{Ready, ready},
    sync::PoisonError,
};

/// A request to sign in, refresh or sign out. A dead access token counts as none here, because these are the ways
/// to get a new one or to be rid of it.
pub struct Visitor {
    /// The context.
    pub(super) ctx: Ctx,
    /// What the browser says it is, and its address.
    pub(super) device: Device,
    /// The refresh cookie.
    pub(super) refresh: Option<Secret<String>>,
    /// The cookie of a sign-in under way.
    pub(super) transaction: Option<Secret<String>>,
}

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(visitor(request))
    }
}

fn visitor(request: &HttpRequest) -> Result<Visitor, Problem> {
    let info = RequestInfo::from_request(request)?;
    let app = request
        .app_data::<web::Data<App>>()
        .ok_or_else(|| Problem::internal("the application state is missing"))?;
    let insecure = app.config.server.insecure_dev;
    let credential = match &*info.credential.lock().unwrap_or_else(PoisonError::into_inner) {
        Ok(credential) => credential.clone(),
        Err(_) => Credential::Anonymous,
    };
    let user_agent = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Ok(Visitor {
        device: Device {
            user_agent: user_agent.unwrap_or_default().to_owned(),
            ip: info.ip.to_string(),
        },
        ctx: info.into_ctx(credential),
        refresh: cookies::read(request, cookies::refresh_name(insecure))?,
        transaction: cookies::read(request, cookies::transaction_name(insecure))?,
    })
}
