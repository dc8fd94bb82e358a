-- Makes the attempt under way the last one.
UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE id = $1::bigint
