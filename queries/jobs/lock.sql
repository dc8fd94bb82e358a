-- Waits until nobody else changes the schema of the queue. The lock ends with its connection.
SELECT pg_advisory_lock($1)
