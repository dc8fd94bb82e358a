//! Requests per minute and caller (GCRA), reported in the `RateLimit` and `RateLimit-Policy` header fields
//! (draft-ietf-httpapi-ratelimit-headers).
use super::client;
use crate::config::RateLimitConfig;
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

type CallerLimiter =
    RateLimiter<Caller, DefaultKeyedStateStore<Caller>, DefaultClock, StateInformationMiddleware>;

struct Policy {
    name: &'static str,
    per_minute: u32,
    limiter: CallerLimiter,
}

/// The rate limits of this process.
pub struct RateLimits {
    anonymous: Option<Policy>,
    account: Option<Policy>,
    upload: Option<Policy>,
    rendition: Option<Policy>,
    sign_in: Option<Policy>,
}

/// The decision of a limit about one request.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub(super) allowed: bool,
    pub(super) retry_after: u32,
    policy: &'static str,
    per_minute: u32,
    remaining: u32,
}

impl RateLimits {
    pub fn new(config: RateLimitConfig) -> Self {
        Self {
            anonymous: new_policy("anonymous", config.anonymous),
            account: new_policy("account", config.account),
            upload: new_policy("upload", config.upload),
            rendition: new_policy("rendition", config.rendition),
            sign_in: new_policy("sign-in", config.sign_in),
        }
    }

    /// Counts the request; `None` if no limit applies to it.
    pub(super) fn count_request(
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
            return self.sign_in.as_ref().map(|policy| policy.count_request(&network));
        }
        // A page shows many renditions, which are computed only once. Signed transforms count toward the general limits.
        if path.starts_with("/api/v1/images/") && path.contains("/renditions/") {
            return self
                .rendition
                .as_ref()
                .map(|policy| policy.count_request(&caller));
        }
        let upload_paths = ["/api/v1/images", "/api/v1/uploads/presign", "/api/v1/uploads/tus"];
        let upload = *request.method() == Method::POST && upload_paths.contains(&path);
        let policy = match (&caller, upload) {
            (Caller::Network(_), _) => &self.anonymous,
            (_, true) => &self.upload,
            (_, false) => &self.account,
        };
        policy.as_ref().map(|policy| policy.count_request(&caller))
    }

    /// Frees the memory of callers whose limit has fully recovered.
    pub fn forget_idle_callers(&self) {
        for policy in [
            &self.anonymous,
            &self.account,
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

/// Whether the request starts or finishes a sign-in; the other paths below `/auth` are cheap and require a session.
fn is_sign_in(method: &Method, path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/api/v1/auth/") else {
        return false;
    };
    let not_sign_in = ["providers", "me", "sessions", "tokens"];
    *method == Method::GET && !rest.contains('/') && !not_sign_in.contains(&rest)
}

fn new_policy(name: &'static str, per_minute: u32) -> Option<Policy> {
    let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
    let limiter = RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>();
    Some(Policy {
        name,
        per_minute,
        limiter,
    })
}

impl Policy {
    fn count_request(&self, caller: &Caller) -> Decision {
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
            Err(denied) => {
                let wait = denied.wait_time_from(DefaultClock::default().now()).as_secs();
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
            "The limit is {} requests per minute (policy `{}`). Retry after {} seconds.",
            self.per_minute, self.policy, self.retry_after
        )
    }

    /// Sets `RateLimit` and `RateLimit-Policy`.
    pub(super) fn add_headers(&self, headers: &mut HeaderMap) {
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
