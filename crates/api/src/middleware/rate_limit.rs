//! Requests per minute and caller, by GCRA; the answer says what is left (draft of the `RateLimit` header fields).
use super::client;
use crate::config::Rates;
use actix_web::{
    dev::ServiceRequest,
    http::{
        Method,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use infravault_kernel::{AccountId, Credential};
use std::{net::IpAddr, num::NonZeroU32};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Caller {
    Account(AccountId),
    Token([u8; 32]),
    Network(IpAddr),
}

type Keyed = RateLimiter<Caller, DefaultKeyedStateStore<Caller>, DefaultClock, StateInformationMiddleware>;

struct Policy {
    name: &'static str,
    per_minute: u32,
    limiter: Keyed,
}

/// The limits of this process.
pub struct RateLimits {
    anonymous: Option<Policy>,
    person: Option<Policy>,
    upload: Option<Policy>,
    rendition: Option<Policy>,
    sign_in: Option<Policy>,
}

/// What a limit says about one request.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub(super) allowed: bool,
    pub(super) retry_after: u32,
    policy: &'static str,
    per_minute: u32,
    remaining: u32,
}

impl RateLimits {
    /// Limits with nothing counted yet.
    pub fn new(rates: Rates) -> Self {
        Self {
            anonymous: policy("anonymous", rates.anonymous),
            person: policy("person", rates.person),
            upload: policy("upload", rates.upload),
            rendition: policy("rendition", rates.rendition),
            sign_in: policy("sign-in", rates.sign_in),
        }
    }

    /// Counts a request; `None` where no limit applies.
    pub(super) fn decide(
        &self,
        request: &ServiceRequest,
        credential: Option<&Credential>,
        ip: IpAddr,
    ) -> Option<Decision> {
        let network = Caller::Network(client::network(ip));
        let caller = match credential {
            Some(Credential::Session { account, .. }) => Caller::Account(*account),
            Some(Credential::ApiToken { hash }) => Caller::Token(*hash),
            _ => network.clone(),
        };
        let path = request.path();
        if path.starts_with("/health/") {
            return None;
        }
        if is_sign_in(request.method(), path) {
            return self.sign_in.as_ref().map(|policy| policy.decide(&network));
        }
        // Made at most once each and cheap afterwards, so there may be many; signed transforms count like the rest.
        if path.starts_with("/api/v1/images/") && path.contains("/renditions/") {
            return self.rendition.as_ref().map(|policy| policy.decide(&caller));
        }
        let begins = ["/api/v1/images", "/api/v1/uploads/presign", "/api/v1/uploads/tus"];
        let upload = *request.method() == Method::POST && begins.contains(&path);
        let policy = match (&caller, upload) {
            (Caller::Network(_), _) => &self.anonymous,
            (_, true) => &self.upload,
            (_, false) => &self.person,
        };
        policy.as_ref().map(|policy| policy.decide(&caller))
    }

    /// Forgets callers that have been quiet for long enough. Called now and then.
    pub fn forget_quiet(&self) {
        for policy in [
            &self.anonymous,
            &self.person,
            &self.upload,
            &self.rendition,
            &self.sign_in,
        ]
        .into_iter()
        .flatten()
        {
            policy.limiter.retain_recent();
        }
    }
}

/// Starting and finishing a sign-in; the other paths under `/auth` are cheap and need a session.
fn is_sign_in(method: &Method, path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/api/v1/auth/") else {
        return false;
    };
    let others = ["providers", "me", "sessions", "tokens"];
    *method == Method::GET && !rest.contains('/') && !others.contains(&rest)
}

fn policy(name: &'static str, per_minute: u32) -> Option<Policy> {
    let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
    let limiter = RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>();
    Some(Policy {
        name,
        per_minute,
        limiter,
    })
}

impl Policy {
    fn decide(&self, caller: &Caller) -> Decision {
        let (policy, per_minute) = (self.name, self.per_minute);
        match self.limiter.check_key(caller) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                Decision {
                    allowed: true,
                    retry_after: 0,
                    policy,
                    per_minute,
                    remaining,
                }
            }
            Err(refusal) => {
                let wait = refusal.wait_time_from(DefaultClock::default().now()).as_secs();
                let retry_after = u32::try_from(wait).unwrap_or(60).saturating_add(1);
                Decision {
                    allowed: false,
                    retry_after,
                    policy,
                    per_minute,
                    remaining: 0,
                }
            }
        }
    }
}

impl Decision {
    pub(super) fn detail(&self) -> String {
        format!(
            "There may be {} requests per minute ({}). Wait {} s.",
            self.per_minute, self.policy, self.retry_after
        )
    }

    /// Says what is left.
    pub(super) fn add(&self, headers: &mut HeaderMap) {
        let Self {
            policy,
            per_minute,
            remaining,
            ..
        } = self;
        let reset = if self.allowed {
            60 - u64::from(*remaining) * 60 / u64::from(*per_minute)
        } else {
            u64::from(self.retry_after)
        };
        for (name, value) in [
            ("ratelimit-policy", format!("\"{policy}\";q={per_minute};w=60")),
            ("ratelimit", format!("\"{policy}\";r={remaining};t={reset}")),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}
