-- The server's version, and whether the login could do anything it likes.
SELECT current_setting('server_version'), (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)
