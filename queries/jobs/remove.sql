-- Removes the queue and everything in it.
DROP SCHEMA IF EXISTS graphile_worker CASCADE;
