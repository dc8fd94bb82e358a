-- Background work may look at the queue through its view; nobody but the owner may change it.
GRANT USAGE ON SCHEMA graphile_worker TO infravault_worker;
GRANT SELECT ON graphile_worker.jobs TO infravault_worker;
