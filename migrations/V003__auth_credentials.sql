-- Identities, started sign-ins, sessions with their refresh tokens, API tokens and the audit trail.
-- Only hashes of secrets are stored, except those of a started sign-in, which expires after ten minutes.

-- An account can have several identities. An identity is (issuer, subject), never the e-mail address.
CREATE TABLE auth.identities (
    issuer          text NOT NULL,
    subject         text NOT NULL,
    account_id      uuid NOT NULL REFERENCES users.accounts (id) ON DELETE CASCADE,
    created_at      timestamptz NOT NULL DEFAULT now(),
    last_sign_in_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT identities_pkey PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_account ON auth.identities (account_id);

-- Started sign-ins that wait for the callback.
CREATE TABLE auth.sign_ins (
    id_hash          bytea PRIMARY KEY,
    provider         text NOT NULL,
    state            text NOT NULL,
    nonce            text NOT NULL,
    pkce_verifier    text NOT NULL,
    return_to        text NOT NULL,
    -- The session of this browser when the sign-in started, which the new session replaces. The callback cannot
    -- read it, because browsers do not send SameSite=Strict cookies with a redirect from another site.
    previous_session uuid,
    expires_at       timestamptz NOT NULL
);
CREATE UNIQUE INDEX sign_ins_state ON auth.sign_ins (state);
CREATE INDEX sign_ins_expiry ON auth.sign_ins (expires_at);

CREATE TABLE auth.sessions (
    id               uuid PRIMARY KEY,
    account_id       uuid NOT NULL REFERENCES users.accounts (id) ON DELETE CASCADE,
    provider         text NOT NULL,
    user_agent       text NOT NULL DEFAULT '',
    ip               text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT now(),
    authenticated_at timestamptz NOT NULL DEFAULT now(),
    last_used_at     timestamptz NOT NULL DEFAULT now(),
    idle_expires_at  timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    revoked_at       timestamptz,
    revoked_reason   text,
    CONSTRAINT sessions_user_agent_length CHECK (length(user_agent) <= 400),
    CONSTRAINT sessions_revoked_reason_code CHECK (revoked_reason IN
        ('signed_out', 'signed_out_everywhere', 'revoked', 'replaced', 'too_many', 'refresh_reuse'))
);
CREATE INDEX sessions_account ON auth.sessions (account_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;

-- All refresh tokens of a session (the token family). One of them is unused.
CREATE TABLE auth.refresh_tokens (
    hash       bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES auth.sessions (id) ON DELETE CASCADE,
    used_at    timestamptz
);
CREATE INDEX refresh_tokens_session ON auth.refresh_tokens (session_id);

CREATE TABLE auth.api_tokens (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES users.accounts (id) ON DELETE CASCADE,
    name         text NOT NULL,
    hash         bytea NOT NULL,
    scopes       text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    CONSTRAINT api_tokens_hash_key UNIQUE (hash),
    CONSTRAINT api_tokens_name_length CHECK (length(name) BETWEEN 1 AND 100)
);
CREATE INDEX api_tokens_account ON auth.api_tokens (account_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;

-- Changes of credentials and permissions. The application can insert but not read. `event` is a code.
CREATE TABLE auth.audit (
    id         uuid PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    event      text NOT NULL,
    account_id uuid,
    actor_id   uuid,
    request_id text NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_account ON auth.audit (account_id, at DESC);

ALTER TABLE auth.identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.identities FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.sign_ins ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.sign_ins FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.refresh_tokens FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.api_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.api_tokens FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.audit FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA auth TO infravault_worker;
REVOKE UPDATE, DELETE ON auth.audit FROM infravault_worker;
GRANT SELECT, UPDATE ON auth.sessions TO infravault_app;
GRANT SELECT, INSERT, UPDATE ON auth.api_tokens TO infravault_app;
GRANT INSERT ON auth.audit TO infravault_app;

CREATE POLICY worker_all ON auth.identities TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON auth.sign_ins TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON auth.sessions TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON auth.refresh_tokens TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON auth.api_tokens TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON auth.audit TO infravault_worker USING (true) WITH CHECK (true);

CREATE POLICY app_own ON auth.sessions TO infravault_app
    USING (account_id = (SELECT access.account())) WITH CHECK (account_id = (SELECT access.account()));
CREATE POLICY app_admin_end ON auth.sessions TO infravault_app
    USING ((SELECT access.role()) = 'ADMIN') WITH CHECK ((SELECT access.role()) = 'ADMIN');
CREATE POLICY app_own ON auth.api_tokens TO infravault_app
    USING (account_id = (SELECT access.account())) WITH CHECK (account_id = (SELECT access.account()));
CREATE POLICY app_add ON auth.audit FOR INSERT TO infravault_app
    WITH CHECK (actor_id = (SELECT access.account()));

-- Authenticates the transaction: sets its account and role if the credential is valid. Runs as the worker role
-- (SECURITY DEFINER), because an unauthenticated transaction cannot read sessions. PL/pgSQL caches the plans.
-- outcome: 'live', 'ended' (revoked, expired or unknown) or 'suspended'.
CREATE FUNCTION access.enter_session(
    the_session uuid, the_account uuid,
    OUT outcome text, OUT account uuid, OUT role text, OUT quota_bytes bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
DECLARE
    account_state users.account_state;
BEGIN
    SELECT a.id, a.role::text, a.quota_bytes, a.state
        INTO account, role, quota_bytes, account_state
        FROM auth.sessions s JOIN users.accounts a ON a.id = s.account_id
        WHERE s.id = the_session AND s.account_id = the_account
            AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_expires_at > now();
    IF NOT FOUND THEN
        outcome := 'ended';
    ELSIF account_state <> 'active' THEN
        outcome := 'suspended';
    ELSE
        outcome := 'live';
        PERFORM set_config('iv.account', account::text, true), set_config('iv.role', role, true);
    END IF;
END
$$;

CREATE FUNCTION access.enter_token(
    the_hash bytea,
    OUT outcome text, OUT account uuid, OUT role text, OUT quota_bytes bigint, OUT token uuid, OUT scopes text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
DECLARE
    account_state users.account_state;
    used_at timestamptz;
BEGIN
    SELECT a.id, a.role::text, a.quota_bytes, a.state, t.id, t.scopes, t.last_used_at
        INTO account, role, quota_bytes, account_state, token, scopes, used_at
        FROM auth.api_tokens t JOIN users.accounts a ON a.id = t.account_id
        WHERE t.hash = the_hash AND t.revoked_at IS NULL AND t.expires_at > now();
    IF NOT FOUND THEN
        outcome := 'ended';
    ELSIF account_state <> 'active' THEN
        outcome := 'suspended';
    ELSE
        outcome := 'live';
        PERFORM set_config('iv.account', account::text, true), set_config('iv.role', role, true);
        IF used_at IS NULL OR used_at < now() - interval '1 minute' THEN
            -- Skipped while a concurrent request of the same token updates it, so that requests do not wait.
            UPDATE auth.api_tokens SET last_used_at = now()
                WHERE id = (SELECT t.id FROM auth.api_tokens t WHERE t.id = token FOR UPDATE SKIP LOCKED);
        END IF;
    END IF;
END
$$;

GRANT CREATE ON SCHEMA access TO infravault_worker;
ALTER FUNCTION access.enter_session(uuid, uuid) OWNER TO infravault_worker;
ALTER FUNCTION access.enter_token(bytea) OWNER TO infravault_worker;
REVOKE CREATE ON SCHEMA access FROM infravault_worker;
REVOKE ALL ON FUNCTION access.enter_session(uuid, uuid), access.enter_token(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.enter_session(uuid, uuid), access.enter_token(bytea) TO infravault_app;
