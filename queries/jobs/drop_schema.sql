-- Drops the queue with all jobs.
DROP SCHEMA IF EXISTS graphile_worker CASCADE;
