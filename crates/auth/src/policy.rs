//! Rules of sessions: expiry by role, reuse of refresh tokens, recent sign-in.
use crate::{Config, SessionError};
use infravault_kernel::Role;
use std::time::Duration;
use time::OffsetDateTime;

/// Reuse of a refresh token within this time is taken for a concurrent tab, not for theft.
const CONCURRENT_REFRESH_WINDOW: Duration = Duration::from_secs(10);

/// The two times at which a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionExpiry {
    /// End without further use. Never after `absolute`.
    pub(crate) idle: OffsetDateTime,
    /// Latest end. A refresh does not move it.
    pub(crate) absolute: OffsetDateTime,
}

/// Computes the expiry of a session created at `created` and used `now`. Sessions of moderators and administrators
/// are shorter.
pub(crate) fn session_expiry(
    config: &Config,
    role: Role,
    created: OffsetDateTime,
    now: OffsetDateTime,
) -> SessionExpiry {
    let sessions = &config.sessions;
    let (idle_ttl, max_ttl) = match role {
        Role::User => (sessions.idle_ttl, sessions.max_ttl),
        Role::Moderator | Role::Admin => (sessions.privileged_idle_ttl, sessions.privileged_max_ttl),
    };
    let absolute = created + max_ttl;
    SessionExpiry {
        idle: absolute.min(now + idle_ttl),
        absolute,
    }
}

/// How a presented refresh token relates to its earlier uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefreshUse {
    /// Unused: rotate it.
    First,
    /// Used within the last ten seconds: issue nothing.
    Concurrent,
    /// Used earlier: assume theft and revoke the session.
    Reuse,
}

pub(crate) fn classify_refresh(used_at: Option<OffsetDateTime>, now: OffsetDateTime) -> RefreshUse {
    match used_at {
        None => RefreshUse::First,
        Some(used_at) if now - used_at <= CONCURRENT_REFRESH_WINDOW => RefreshUse::Concurrent,
        Some(_) => RefreshUse::Reuse,
    }
}

/// Requires a sign-in within `AUTH_STEP_UP_MAX_AGE`.
pub(crate) fn require_recent_sign_in(
    config: &Config,
    authenticated_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), SessionError> {
    if now - authenticated_at <= config.api_tokens.step_up_max_age {
        Ok(())
    } else {
        Err(SessionError::ReauthenticationRequired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::config::Env;
    use time::{Duration as Span, macros::datetime};

    const NOW: OffsetDateTime = datetime!(2026-10-01 12:00 UTC);

    #[test]
    fn session_expiry_depends_on_role_and_never_exceeds_absolute_end() {
        let config = Config::from_env(&mut Env::default());
        let expiry = |role, created| {
            let expiry = session_expiry(&config, role, created, NOW);
            (expiry.idle - NOW, expiry.absolute - NOW)
        };
        assert_eq!(expiry(Role::User, NOW), (Span::days(7), Span::days(30)));
        for role in [Role::Moderator, Role::Admin] {
            assert_eq!(expiry(role, NOW), (Span::hours(1), Span::hours(12)));
        }
        let old = NOW - Span::days(28);
        assert_eq!(expiry(Role::User, old), (Span::days(2), Span::days(2)));
    }

    #[test]
    fn refresh_token_is_valid_once() {
        let used = |ago| classify_refresh(Some(NOW - Span::milliseconds(ago)), NOW);
        assert_eq!(classify_refresh(None, NOW), RefreshUse::First);
        assert_eq!(used(0), RefreshUse::Concurrent);
        assert_eq!(used(10_000), RefreshUse::Concurrent);
        assert_eq!(used(10_001), RefreshUse::Reuse);
    }

    #[test]
    fn sign_in_is_recent_for_ten_minutes() {
        let config = Config::from_env(&mut Env::default());
        assert_eq!(
            require_recent_sign_in(&config, NOW - Span::minutes(10), NOW),
            Ok(())
        );
        assert_eq!(
            require_recent_sign_in(&config, NOW - Span::seconds(601), NOW),
            Err(SessionError::ReauthenticationRequired)
        );
    }
}
