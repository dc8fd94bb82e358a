-- Removes everything of the product from this database. The extensions stay: others may use them.
DROP SCHEMA IF EXISTS graphile_worker, images, auth, users, access CASCADE;
DROP TABLE IF EXISTS public.refinery_schema_history
