-- Acquires a session-level advisory lock if it is free.
SELECT pg_try_advisory_lock($1)
