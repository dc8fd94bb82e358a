--: SessionRow()

--! add_session
--- Add a session.
INSERT INTO auth.sessions (id, account_id, provider, user_agent, ip, created_at, authenticated_at, last_used_at,
    idle_expires_at, expires_at)
VALUES (:id, :account_id, :provider, :user_agent, :ip, :now, :now, :now, :idle_expires_at, :expires_at);

--! find_session : SessionRow
--- Find one session of an account.
SELECT id, provider, user_agent, ip, created_at, authenticated_at, last_used_at, expires_at
FROM auth.sessions WHERE id = :id AND account_id = :account_id;

--! list_sessions : SessionRow
--- List the live sessions of an account, newest first.
SELECT id, provider, user_agent, ip, created_at, authenticated_at, last_used_at, expires_at
FROM auth.sessions
WHERE account_id = :account_id AND revoked_at IS NULL AND expires_at > :now AND idle_expires_at > :now
ORDER BY created_at DESC, id DESC;

--! enter_session : (role?)
--- Authenticate the transaction with a session and return the outcome and the role of the account.
SELECT outcome, role FROM access.enter_session(:session, :account);

--! extend_session
--- Set the last use and the expiry of a session.
UPDATE auth.sessions SET last_used_at = :now, idle_expires_at = :idle_expires_at, expires_at = :expires_at
WHERE id = :id;

--! revoke_session
--- Revoke one session of any account.
UPDATE auth.sessions SET revoked_at = :now, revoked_reason = :reason
WHERE id = :id AND revoked_at IS NULL
RETURNING account_id;

--! revoke_own_session
--- Revoke one live session of an account.
UPDATE auth.sessions SET revoked_at = :now, revoked_reason = :reason
WHERE id = :id AND account_id = :account_id AND revoked_at IS NULL AND expires_at > :now AND idle_expires_at > :now;

--! revoke_sessions
--- Revoke all sessions of an account.
UPDATE auth.sessions SET revoked_at = :now, revoked_reason = :reason
WHERE account_id = :account_id AND revoked_at IS NULL;

--! revoke_oldest_sessions
--- Revoke the live sessions of an account except the newest ones.
UPDATE auth.sessions s SET revoked_at = :now, revoked_reason = :reason
FROM (
    SELECT o.id, row_number() OVER (ORDER BY o.created_at DESC, o.id DESC) AS rank
    FROM auth.sessions o
    WHERE o.account_id = :account_id AND o.revoked_at IS NULL AND o.expires_at > :now AND o.idle_expires_at > :now
) AS ranked
WHERE ranked.id = s.id AND ranked.rank > :keep AND s.revoked_at IS NULL;

--! delete_ended_sessions
--- Delete sessions that expired or were revoked before a time, with their refresh tokens.
DELETE FROM auth.sessions WHERE expires_at < :before OR revoked_at < :before;
