-- Statements that restore the owners of views and functions. A dump is restored without owners, because the login of
-- the target database may have another name.
SELECT format(
    'GRANT CREATE ON SCHEMA %1$I TO %2$I; ALTER %3$s OWNER TO %2$I; REVOKE CREATE ON SCHEMA %1$I FROM %2$I',
    schema, owner, object)
FROM (
    SELECT n.nspname AS schema, pg_get_userbyid(c.relowner) AS owner, format('VIEW %I.%I', n.nspname, c.relname) AS object
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'v'
    UNION ALL
    SELECT n.nspname, pg_get_userbyid(p.proowner),
        format('FUNCTION %I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind = 'f'
) AS owned
WHERE schema IN ('access', 'users', 'auth', 'images') AND owner <> session_user
ORDER BY object
