-- Takes a lock for as long as this connection lives, if it is free.
SELECT pg_try_advisory_lock($1)
