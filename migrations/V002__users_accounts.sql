-- Accounts with role, quota and profile.
CREATE TYPE users.role AS ENUM ('USER', 'MODERATOR', 'ADMIN');
CREATE TYPE users.account_state AS ENUM ('active', 'suspended');

CREATE TABLE users.accounts (
    id              uuid PRIMARY KEY,
    email           text NOT NULL,
    display_name    text NOT NULL,
    locale          text NOT NULL DEFAULT 'en',
    preferences     jsonb NOT NULL DEFAULT '{}',
    avatar_image_id uuid,
    role            users.role NOT NULL DEFAULT 'USER',
    state           users.account_state NOT NULL DEFAULT 'active',
    quota_bytes     bigint NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT accounts_email_length CHECK (length(email) BETWEEN 3 AND 320),
    CONSTRAINT accounts_display_name_length CHECK (length(display_name) BETWEEN 1 AND 100),
    CONSTRAINT accounts_locale_form CHECK (locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    -- The service accepts 8 KiB of compact JSON; the text of jsonb has spaces and unabbreviated numbers.
    CONSTRAINT accounts_preferences_size CHECK (octet_length(preferences::text) <= 16384),
    CONSTRAINT accounts_preferences_object CHECK (jsonb_typeof(preferences) = 'object'),
    CONSTRAINT accounts_quota_not_negative CHECK (quota_bytes >= 0)
);

-- The directory: newest first, and substrings of display name and e-mail address.
CREATE INDEX accounts_newest ON users.accounts (created_at DESC, id DESC);
CREATE INDEX accounts_display_name_trgm ON users.accounts USING gin (display_name public.gin_trgm_ops);
CREATE INDEX accounts_email_trgm ON users.accounts USING gin (email public.gin_trgm_ops);
-- Finds the active administrators, for the rule that one must remain.
CREATE INDEX accounts_administrators ON users.accounts (id) WHERE role = 'ADMIN' AND state = 'active';

ALTER TABLE users.accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE users.accounts FORCE ROW LEVEL SECURITY;
GRANT SELECT, UPDATE ON users.accounts TO infravault_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON users.accounts TO infravault_worker;

CREATE POLICY worker_all ON users.accounts TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY app_read ON users.accounts FOR SELECT TO infravault_app
    USING (id = (SELECT access.account()) OR (SELECT access.role()) = 'ADMIN');
CREATE POLICY app_change ON users.accounts FOR UPDATE TO infravault_app
    USING (id = (SELECT access.account()) OR (SELECT access.role()) = 'ADMIN')
    WITH CHECK (id = (SELECT access.account()) OR (SELECT access.role()) = 'ADMIN');

-- Second line of defense behind the service: only administrators change role, state and quota, and they cannot change
-- their own role.
CREATE FUNCTION users.guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'infravault_app'
        AND (NEW.role, NEW.state, NEW.quota_bytes) IS DISTINCT FROM (OLD.role, OLD.state, OLD.quota_bytes)
        AND (access.role() <> 'ADMIN' OR (NEW.role IS DISTINCT FROM OLD.role AND NEW.id = access.account()))
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'only administrators change role, state and quota, and not their own role';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_account BEFORE UPDATE ON users.accounts
    FOR EACH ROW EXECUTE FUNCTION users.guard_account();

-- All accounts, for administrators. The view has the condition of the policy as an ordinary condition, because under
-- a policy PostgreSQL cannot use an index for ILIKE, which is not leakproof (docs/adr/0010).
CREATE VIEW users.directory AS
    SELECT id, email, display_name, locale, preferences, avatar_image_id, role, state, quota_bytes, version,
        created_at, updated_at
    FROM users.accounts
    WHERE (SELECT access.role()) = 'ADMIN';
GRANT CREATE ON SCHEMA users TO infravault_worker;
ALTER VIEW users.directory OWNER TO infravault_worker;
REVOKE CREATE ON SCHEMA users FROM infravault_worker;
GRANT SELECT ON users.directory TO infravault_app;
