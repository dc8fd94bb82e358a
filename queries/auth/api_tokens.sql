--! add_api_token
--- A new API token, of which only the hash is kept.
INSERT INTO auth.api_tokens (id, account_id, name, hash, scopes, created_at, expires_at)
VALUES (:id, :account_id, :name, :hash, :scopes, :created_at, :expires_at);

--! count_api_tokens
--- How many API tokens of this account work at the moment.
SELECT count(*) FROM auth.api_tokens
WHERE account_id = :account_id AND revoked_at IS NULL AND expires_at > :now;

--! list_api_tokens : (last_used_at?)
--- The API tokens of this account that were not revoked, newest first.
SELECT id, name, scopes, created_at, expires_at, last_used_at
FROM auth.api_tokens WHERE account_id = :account_id AND revoked_at IS NULL
ORDER BY created_at DESC, id DESC
LIMIT :most;

--! revoke_api_token
--- Ends one API token of this account.
UPDATE auth.api_tokens SET revoked_at = :now
WHERE id = :id AND account_id = :account_id AND revoked_at IS NULL;

--! forget_api_tokens
--- Removes API tokens that ended long ago.
DELETE FROM auth.api_tokens WHERE expires_at < :before OR revoked_at < :before;
