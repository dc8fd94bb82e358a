-- Waits for a session-level advisory lock.
SELECT pg_advisory_lock($1)
