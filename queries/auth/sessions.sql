--! add_session
--- A browser or client that has just signed in.
INSERT INTO auth.sessions (id, account_id, provider, user_agent, ip, created_at, authenticated_at, last_used_at,
    idle_expires_at, expires_at)
VALUES (:id, :account_id, :provider, :user_agent, :ip, :now, :now, :now, :idle_expires_at, :expires_at);

--! find_session
--- One session of this account.
SELECT id, provider, user_agent, ip, created_at, authenticated_at, last_used_at, expires_at
FROM auth.sessions WHERE id = :id AND account_id = :account_id;

--! list_sessions
--- The live sessions of this account, newest first.
SELECT id, provider, user_agent, ip, created_at, authenticated_at, last_used_at, expires_at
FROM auth.sessions
WHERE account_id = :account_id AND revoked_at IS NULL AND expires_at > :now AND idle_expires_at > :now
ORDER BY created_at DESC, id DESC;

--! enter_session : (role?)
--- Whether the session lives and the account is active, and the role of the account now.
SELECT outcome, role FROM access.enter_session(:session, :account);

--! extend_session
--- Moves the ends of a session that was used.
UPDATE auth.sessions SET last_used_at = :now, idle_expires_at = :idle_expires_at, expires_at = :expires_at
WHERE id = :id;

--! revoke_session
--- Ends one session, whosever it is.
UPDATE auth.sessions SET revoked_at = :now, revoked_reason = :reason
WHERE id = :id AND revoked_at IS NULL
RETURNING account_id;

--! revoke_own_session
--- Ends one session of this account.
UPDATE auth.sessions SET revoked_at = :now, revoked_reason = :reason
WHERE id = :id AND account_id = :account_id AND revoked_at IS NULL AND expires_at > :now AND idle_expires_at > :now;

--! revoke_sessions
--- Ends every session of this account.
UPDATE auth.sessions SET revoked_at = :now, revoked_reason = :reason
WHERE account_id = :account_id AND revoked_at IS NULL;

--! revoke_oldest_sessions
--- Ends the sessions of this account beyond the newest ones that it may keep.
UPDATE auth.sessions s SET revoked_at = :now, revoked_reason = :reason
FROM (
    SELECT o.id, row_number() OVER (ORDER BY o.created_at DESC, o.id DESC) AS place
    FROM auth.sessions o
    WHERE o.account_id = :account_id AND o.revoked_at IS NULL AND o.expires_at > :now AND o.idle_expires_at > :now
) AS ranked
WHERE ranked.id = s.id AND ranked.place > :keep AND s.revoked_at IS NULL;

--! forget_sessions
--- Removes sessions that ended long ago, with their refresh tokens.
DELETE FROM auth.sessions WHERE expires_at < :before OR revoked_at < :before;
