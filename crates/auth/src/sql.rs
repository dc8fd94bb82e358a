//! The one place that names the generated queries.
pub(crate) use infravault_auth_queries::client::Params;
pub(crate) use infravault_auth_queries::queries::{
    api_tokens::{
        AddApiTokenParams, CountApiTokensParams, ListApiTokensParams, RevokeApiTokenParams, add_api_token,
        count_api_tokens, forget_api_tokens, list_api_tokens, revoke_api_token,
    },
    audit::{AddAuditRowParams, add_audit_row},
    identities::{AddIdentityParams, UseIdentityParams, add_identity, take_turn, use_identity},
    refresh_tokens::{
        AddRefreshTokenParams, LockRefreshToken, UseRefreshTokenParams, add_refresh_token,
        find_refresh_session, lock_refresh_token, use_refresh_token,
    },
    sessions::{
        AddSessionParams, EnterSessionParams, ExtendSessionParams, FindSessionParams, ListSessionsParams,
        RevokeOldestSessionsParams, RevokeOwnSessionParams, RevokeSessionParams, RevokeSessionsParams,
        add_session, enter_session, extend_session, find_session, forget_sessions, list_sessions,
        revoke_oldest_sessions, revoke_own_session, revoke_session, revoke_sessions,
    },
    sign_ins::{
        AddSignInParams, TakeSignIns, TakeSignInsParams, add_sign_in, forget_sign_ins, take_sign_ins,
    },
};
