//! Requests to sign in, refresh or sign out, which do not need a valid access token.
use super::cookies;
use crate::{app::App, extract::RequestInfo, problem::Problem};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use infravault_auth::Device;
use infravault_kernel::{Credential, Ctx, Secret};
use std::{
    future::{Ready, ready},
    sync::PoisonError,
};

/// A request to sign in, refresh or sign out. An invalid access token is treated as none, because these requests
/// replace or revoke it.
pub struct SignInRequest {
    pub(super) ctx: Ctx,
    pub(super) device: Device,
    /// Value of the refresh cookie.
    pub(super) refresh: Option<Secret<String>>,
    /// Value of the transaction cookie of a started sign-in.
    pub(super) transaction: Option<Secret<String>>,
}

impl FromRequest for SignInRequest {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(extract_sign_in_request(request))
    }
}

fn extract_sign_in_request(request: &HttpRequest) -> Result<SignInRequest, Problem> {
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
    Ok(SignInRequest {
        device: Device {
            user_agent: user_agent.unwrap_or_default().to_owned(),
            ip: info.ip.to_string(),
        },
        ctx: info.into_ctx(credential),
        refresh: cookies::read_cookie(request, cookies::refresh_name(insecure))?,
        transaction: cookies::read_cookie(request, cookies::transaction_name(insecure))?,
    })
}
