-- Integrity checks: indexes that return rows in the order in which a store lists its objects, and the results.
--
-- The order is that of the object keys: the last two digits of the id that names the object, that id, and the attempt or
-- the digest. Without these indexes every page of rows is a scan of the table.
--
-- The indexes have no predicate on `state`: a role under row-level security has no access to the statistics of that column.
-- If every image is `ready`, PostgreSQL estimates that no row has another state, considers such an index empty, and reads
-- all of it in every plan.
CREATE INDEX images_keys ON images.images
    (get_byte(uuid_send(coalesce(stored_as, id)), 15), coalesce(stored_as, id), attempt, id);
CREATE INDEX renditions_keys ON images.renditions
    (get_byte(uuid_send(image_id), 15), image_id, sha256, variant);

-- A run without finished_at whose advisory lock is free was interrupted.
CREATE TABLE images.integrity_runs (
    id           uuid PRIMARY KEY,
    deep         boolean NOT NULL,          -- every byte was read
    repair       boolean NOT NULL,
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    report       jsonb,
    failure_code text                       -- the code of the error that ended the run
);
CREATE INDEX integrity_runs_newest ON images.integrity_runs (started_at DESC);

ALTER TABLE images.integrity_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.integrity_runs FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON images.integrity_runs TO infravault_worker;
CREATE POLICY worker_all ON images.integrity_runs TO infravault_worker USING (true) WITH CHECK (true);
