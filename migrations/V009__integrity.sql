-- The rule of V008, of which every row that was there is an example: nothing lay in the trash.
ALTER TABLE images.images VALIDATE CONSTRAINT images_trashed_whole;

-- What the comparison of the store with the rows needs: the rows in the order in which a store lists its objects, and
-- what was found.
--
-- The order is that of the keys: the last two digits of the id under which the bytes lie, that id, and the attempt or the
-- digest. Without these indexes every page of rows would be a scan of the table.
--
-- Not only of rows that are not deleted: where every image is ready, PostgreSQL believes of a role under row-level security,
-- which may not see how often each state occurs, that no row is in another state than any that it asks for, that such an
-- index is empty, and that reading all of it is the quickest way to everything.
CREATE INDEX images_keys ON images.images
    (get_byte(uuid_send(coalesce(stored_as, id)), 15), coalesce(stored_as, id), attempt, id);
CREATE INDEX renditions_keys ON images.renditions
    (get_byte(uuid_send(image_id), 15), image_id, sha256, variant);

-- Every comparison that was begun. One that has no end and that nobody is at was cut off.
CREATE TABLE images.integrity_runs (
    id          uuid PRIMARY KEY,
    deep        boolean NOT NULL,           -- every byte was read
    repair      boolean NOT NULL,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    report      jsonb,
    failure_code text                       -- the code of the error that ended it early
);
CREATE INDEX integrity_runs_newest ON images.integrity_runs (started_at DESC);

ALTER TABLE images.integrity_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.integrity_runs FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON images.integrity_runs TO infravault_worker;
CREATE POLICY worker_all ON images.integrity_runs TO infravault_worker USING (true) WITH CHECK (true);
