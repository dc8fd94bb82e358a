-- Takes a lock for as long as this connection lives, when it is free.
SELECT pg_advisory_lock($1)
