-- Whether the queue's schema was begun at all.
SELECT to_regclass('graphile_worker.migrations') IS NOT NULL
