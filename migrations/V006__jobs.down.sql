-- The queue itself stays. `infravault migrate down` drops it together with the first migration.
DROP FUNCTION images.enqueue_processing(uuid);
