-- Drops every schema of the product. Extensions stay, because other schemas may use them.
DROP SCHEMA IF EXISTS graphile_worker, images, auth, users, access CASCADE;
DROP TABLE IF EXISTS public.refinery_schema_history
