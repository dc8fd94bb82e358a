-- The revision of the queue's schema.
SELECT coalesce(max(id), 0) FROM graphile_worker.migrations
