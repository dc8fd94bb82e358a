-- Database roles, one schema per context, and the functions that row-level security policies read.
--
-- Roles belong to the whole cluster. They are created only if missing, and the down script keeps them, because
-- other databases of the cluster can use them. None can log in. The database owner, who runs this migration, is a
-- member of each and switches to one of them when it connects.
--   infravault_app     authenticated requests; row-level security applies
--   infravault_anon    anonymous requests; reads public rows only
--   infravault_worker  background jobs and sign-in; sees every row
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['infravault_app', 'infravault_anon', 'infravault_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL; -- created concurrently by another database
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

-- The account and role of the transaction, as set by access.enter_session or access.enter_token.
CREATE FUNCTION access.account() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('iv.account', true), '')::uuid $$;

CREATE FUNCTION access.role() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('iv.role', true), '') $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA access FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA access TO infravault_app, infravault_anon, infravault_worker;
