-- The numbers of waiting, running and failed jobs.
SELECT
    count(*) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts),
    count(*) FILTER (WHERE locked_at IS NOT NULL),
    count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts)
FROM graphile_worker.jobs
