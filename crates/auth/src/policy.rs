//! The rules of sessions: how long they last, and what needs a fresh sign-in.
use crate::{Config, SessionError};
use infravault_kernel::Role;
use std::time::Duration;
use time::OffsetDateTime;

/// A refresh token that comes again so soon after its use comes from another tab, not from a thief.
const CONFLICT_WINDOW: Duration = Duration::from_secs(10);

/// When a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    /// Unused.
    pub(crate) idle: OffsetDateTime,
    /// At the latest; no refresh moves this further away.
    pub(crate) absolute: OffsetDateTime,
}

/// The ends of a session that began at `created` and is used `now`. Moderators and administrators have shorter ones.
pub(crate) fn ends(config: &Config, role: Role, created: OffsetDateTime, now: OffsetDateTime) -> Ends {
    let (idle, lifetime) = match role {
        Role::User => (config.sessions.idle, config.sessions.lifetime),
        Role::Moderator | Role::Admin => (
            config.sessions.privileged_idle,
            config.sessions.privileged_lifetime,
        ),
    };
    let absolute = created + lifetime;
    Ends {
        idle: absolute.min(now + idle),
        absolute,
    }
}

/// What becomes of a refresh token that is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presentation {
    /// It is unused: rotate.
    First,
    /// It was used a moment ago: another tab was faster, nothing is minted.
    Again,
    /// It was used earlier: it was stolen, here or there.
    Stolen,
}

/// Judges a refresh token by when it was used.
pub(crate) fn presentation(used: Option<OffsetDateTime>, now: OffsetDateTime) -> Presentation {
    match used {
        None => Presentation::First,
        Some(used) if now - used <= CONFLICT_WINDOW => Presentation::Again,
        Some(_) => Presentation::Stolen,
    }
}

/// Whether the sign-in is fresh enough for what gives away lasting access.
pub(crate) fn require_fresh(
    config: &Config,
    signed_in: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), SessionError> {
    if now - signed_in <= config.api_tokens.step_up_max_age {
        Ok(())
    } else {
        Err(SessionError::NotFresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infravault_kernel::config::Env;
    use time::{Duration as Span, macros::datetime};

    const NOW: OffsetDateTime = datetime!(2026-10-01 12:00 UTC);

    #[test]
    fn sessions_end_by_role_and_never_later_than_their_absolute_end() {
        let config = Config::from_env(&mut Env::default());
        let user = ends(&config, Role::User, NOW, NOW);
        assert_eq!(
            (user.idle, user.absolute),
            (NOW + Span::days(7), NOW + Span::days(30))
        );
        for role in [Role::Moderator, Role::Admin] {
            let ends = ends(&config, role, NOW, NOW);
            assert_eq!(
                (ends.idle, ends.absolute),
                (NOW + Span::hours(1), NOW + Span::hours(12))
            );
        }
        let old = ends(&config, Role::User, NOW - Span::days(28), NOW);
        assert_eq!(
            (old.idle, old.absolute),
            (NOW + Span::days(2), NOW + Span::days(2))
        );
    }

    #[test]
    fn a_refresh_token_counts_once() {
        assert_eq!(presentation(None, NOW), Presentation::First);
        assert_eq!(presentation(Some(NOW), NOW), Presentation::Again);
        assert_eq!(
            presentation(Some(NOW - Span::seconds(10)), NOW),
            Presentation::Again
        );
        assert_eq!(
            presentation(Some(NOW - Span::milliseconds(10_001)), NOW),
            Presentation::Stolen
        );
    }

    #[test]
    fn a_sign_in_is_fresh_for_ten_minutes() {
        let config = Config::from_env(&mut Env::default());
        assert_eq!(require_fresh(&config, NOW - Span::minutes(10), NOW), Ok(()));
        assert_eq!(
            require_fresh(&config, NOW - Span::seconds(601), NOW),
            Err(SessionError::NotFresh)
        );
    }
}
