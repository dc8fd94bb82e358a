--! add_refresh_token
--- The next refresh token of a session.
INSERT INTO auth.refresh_tokens (hash, session_id, created_at) VALUES (:hash, :session_id, :now);

--! lock_refresh_token : (used_at?, revoked_at?)
--- A refresh token with its session; whoever comes with the same one at the same moment waits here.
SELECT t.used_at, t.session_id, s.account_id, s.created_at, s.expires_at, s.idle_expires_at, s.revoked_at
FROM auth.refresh_tokens t JOIN auth.sessions s ON s.id = t.session_id
WHERE t.hash = :hash
FOR UPDATE OF t;

--! find_refresh_session
--- The session that a refresh token belongs to.
SELECT session_id FROM auth.refresh_tokens WHERE hash = :hash;

--! use_refresh_token
--- Marks a refresh token as used, which it can be once.
UPDATE auth.refresh_tokens SET used_at = :now WHERE hash = :hash;
