-- Lets infravault_worker read the queue through its view. Only the owner can change it.
GRANT USAGE ON SCHEMA graphile_worker TO infravault_worker;
GRANT SELECT ON graphile_worker.jobs TO infravault_worker;
