-- The database roles, one schema per bounded context, and the context that row-level security reads.
--
-- Roles belong to the whole cluster, so they are made only where they are missing, and the down script leaves
-- them: another database of the cluster may use them. None can log in; the one login of the product (the owner,
-- who runs this) is a member of each and takes the one it needs when it connects.
--   infravault_app     requests of people; row-level security applies
--   infravault_anon    requests of nobody; reads public rows only
--   infravault_worker  background work and sign-in; sees every row
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['infravault_app', 'infravault_anon', 'infravault_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL; -- another database was faster
            END;
        END IF;
        IF NOT pg_has_role(current_user, role_name, 'MEMBER') OR NOT pg_has_role(current_user, role_name, 'USAGE') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
        END IF;
    END LOOP;
END
$$;

CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA public;

CREATE SCHEMA access;
CREATE SCHEMA users;
CREATE SCHEMA auth;
CREATE SCHEMA images;

GRANT USAGE ON SCHEMA access, users, auth, images TO infravault_app, infravault_worker;
GRANT USAGE ON SCHEMA access, images TO infravault_anon;

-- Who is asking, as the running transaction was told by access.enter_session or access.enter_token.
CREATE FUNCTION access.account() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('iv.account', true), '')::uuid $$;

CREATE FUNCTION access.role() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('iv.role', true), '') $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA access FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA access TO infravault_app, infravault_anon, infravault_worker;
