--: AccountRow(avatar_image_id?)

--! add_account
--- Add an account.
INSERT INTO users.accounts (id, email, display_name, quota_bytes, created_at, updated_at)
VALUES (:id, :email, :display_name, :quota_bytes, :now, :now);

--! find_account : AccountRow
--- Find an account that is visible to the transaction.
SELECT id, email, display_name, locale, preferences, avatar_image_id, role, state, quota_bytes, version, created_at,
    updated_at
FROM users.accounts
WHERE id = :id;

--! find_accounts_by_email
--- Find the ids of the accounts with an e-mail address, ignoring case. E-mail addresses are not unique.
SELECT id FROM users.accounts WHERE lower(email) = lower(:email) ORDER BY id LIMIT 20;

--! replace_profile (avatar_image_id?, expected_version?) : AccountRow
--- Replace the profile of an account if it has the expected version.
UPDATE users.accounts
SET display_name = :display_name, locale = :locale, preferences = :preferences, avatar_image_id = :avatar_image_id,
    version = version + 1, updated_at = :now
WHERE id = :id AND (:expected_version::integer IS NULL OR version = :expected_version)
RETURNING id, email, display_name, locale, preferences, avatar_image_id, role, state, quota_bytes, version,
    created_at, updated_at;

--! lock_account : AccountRow
--- Find an account and lock it until the transaction ends.
SELECT id, email, display_name, locale, preferences, avatar_image_id, role, state, quota_bytes, version, created_at,
    updated_at
FROM users.accounts
WHERE id = :id
FOR NO KEY UPDATE;

--! lock_admins
--- Lock the active administrators in the order of their ids, so that two of them cannot demote each other concurrently.
SELECT id FROM users.accounts WHERE role = 'ADMIN' AND state = 'active' ORDER BY id FOR NO KEY UPDATE;

--! change_account : AccountRow
--- Set role, state and quota of an account.
UPDATE users.accounts
SET role = :role, state = :state, quota_bytes = :quota_bytes, version = version + 1, updated_at = :now
WHERE id = :id
RETURNING id, email, display_name, locale, preferences, avatar_image_id, role, state, quota_bytes, version,
    created_at, updated_at;

--! list_accounts (role?, state?) : AccountRow
--- List accounts, newest first, for administrators.
SELECT * FROM users.directory
WHERE (created_at, id) < (:before, :before_id) AND created_at < :created_before AND created_at > :created_after
    AND (:role::users.role IS NULL OR role = :role)
    AND (:state::users.account_state IS NULL OR state = :state)
ORDER BY created_at DESC, id DESC
LIMIT :limit;

--! search_accounts (role?, state?) : AccountRow
--- List accounts whose display name or e-mail address matches a pattern, newest first, for administrators.
SELECT * FROM users.directory
WHERE (display_name ILIKE :pattern OR email ILIKE :pattern)
    AND (created_at, id) < (:before, :before_id) AND created_at < :created_before AND created_at > :created_after
    AND (:role::users.role IS NULL OR role = :role)
    AND (:state::users.account_state IS NULL OR state = :state)
ORDER BY created_at DESC, id DESC
LIMIT :limit;
