--! add_api_token
--- Add an API token. Only its hash is stored.
INSERT INTO auth.api_tokens (id, account_id, name, hash, scopes, created_at, expires_at)
VALUES (:id, :account_id, :name, :hash, :scopes, :created_at, :expires_at);

--! count_api_tokens
--- Count the valid API tokens of an account.
SELECT count(*) FROM auth.api_tokens
WHERE account_id = :account_id AND revoked_at IS NULL AND expires_at > :now;

--! list_api_tokens : (last_used_at?)
--- List the API tokens of an account that are not revoked, newest first.
SELECT id, name, scopes, created_at, expires_at, last_used_at
FROM auth.api_tokens WHERE account_id = :account_id AND revoked_at IS NULL
ORDER BY created_at DESC, id DESC
LIMIT :limit;

--! revoke_api_token
--- Revoke one API token of an account.
UPDATE auth.api_tokens SET revoked_at = :now
WHERE id = :id AND account_id = :account_id AND revoked_at IS NULL;

--! delete_ended_api_tokens
--- Delete API tokens that expired or were revoked before a time.
DELETE FROM auth.api_tokens WHERE expires_at < :before OR revoked_at < :before;
