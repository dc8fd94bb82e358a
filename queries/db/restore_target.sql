-- Whether the database contains any of the product's schemas, and the number of connected processes of the product.
SELECT
    EXISTS (SELECT FROM pg_namespace WHERE nspname IN ('access', 'users', 'auth', 'images', 'graphile_worker'))
        OR to_regclass('public.refinery_schema_history') IS NOT NULL,
    (SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'infravault%')
