-- Whether the schema of the queue exists.
SELECT to_regclass('graphile_worker.migrations') IS NOT NULL
