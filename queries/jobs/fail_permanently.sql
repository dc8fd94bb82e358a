-- Makes the current attempt of a job its last one.
UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE id = $1::bigint
