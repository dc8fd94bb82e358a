--! add_refresh_token
--- Add a refresh token to a session.
INSERT INTO auth.refresh_tokens (hash, session_id) VALUES (:hash, :session_id);

--! lock_refresh_token : (used_at?, revoked_at?)
--- Find a refresh token with its session and lock it until the transaction ends.
SELECT t.used_at, t.session_id, s.account_id, s.created_at, s.revoked_at
FROM auth.refresh_tokens t JOIN auth.sessions s ON s.id = t.session_id
WHERE t.hash = :hash
FOR UPDATE OF t;

--! find_session_by_refresh_token
--- Find the session of a refresh token.
SELECT session_id FROM auth.refresh_tokens WHERE hash = :hash;

--! use_refresh_token
--- Mark a refresh token as used.
UPDATE auth.refresh_tokens SET used_at = :now WHERE hash = :hash;
