-- The server version, and whether the login is a superuser.
SELECT current_setting('server_version'), (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)
