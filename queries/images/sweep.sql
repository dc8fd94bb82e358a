--! lock_sweep
--- Whether this node may sweep now; until the transaction ends no other node may.
SELECT pg_try_advisory_xact_lock(:lock) AS taken;

-- By state and then by time, although the state is one: under row-level security PostgreSQL does not see that, and would read
-- and sort all images instead of taking them from the index in its order.

--! fail_stale (now, before)
--- Gives up uploads that should have ended long ago: the bytes promised to them are free again, their idempotency
--- keys too, and their objects will be deleted. At most 100.
WITH stale AS (
    SELECT id FROM images.images WHERE state = 'pending' AND updated_at < :before
    ORDER BY state, updated_at LIMIT 100 FOR UPDATE SKIP LOCKED
), failed AS (
    UPDATE images.images AS i SET state = 'deleting', updated_at = :now, removed_at = :now
    FROM stale WHERE i.id = stale.id
    RETURNING i.id, i.owner_id, i.reserved_bytes
), freed AS (
    UPDATE images.usage AS u SET reserved_bytes = u.reserved_bytes - f.bytes
    FROM (SELECT owner_id, sum(reserved_bytes)::bigint AS bytes FROM failed GROUP BY owner_id) AS f
    WHERE u.owner_id = f.owner_id
), keys AS (
    DELETE FROM images.idempotency_keys AS k USING failed AS f WHERE k.image_id = f.id AND k.finished_at IS NULL
)
SELECT id FROM failed;

--! claim_deleting (now, before)
--- Images whose objects are to be deleted: those just removed, and those that nobody finished since `before`. They are
--- left alone by others until then. `shared` is the original that another image needs. Where it is false it stays false:
--- an image takes part in an object only while it holds a lock on another live one that does. At most 100.
UPDATE images.images AS i SET updated_at = :now
FROM (
    SELECT id FROM images.images
    WHERE state = 'deleting' AND (updated_at <= removed_at OR updated_at < :before)
    ORDER BY state, updated_at LIMIT 100 FOR UPDATE SKIP LOCKED
) AS due
WHERE i.id = due.id
RETURNING i.id, i.attempt, coalesce(i.stored_as, i.id) AS stored_as, EXISTS (
    SELECT FROM images.images AS other
    WHERE other.sha256 = i.sha256 AND other.attempt = i.attempt AND other.id <> i.id
        AND other.stored_at IS NOT NULL AND other.state NOT IN ('pending', 'deleting', 'deleted')) AS shared;

--! list_renditions (images)
--- What was made of some images.
SELECT image_id, sha256 FROM images.renditions WHERE image_id = ANY(:images);

--! forget_renditions (images, digests)
--- Forgets renditions whose objects are gone: two lists of the same length.
DELETE FROM images.renditions AS r USING unnest(:images::uuid[], :digests::bytea[]) AS gone (image_id, sha256)
WHERE r.image_id = gone.image_id AND r.sha256 = gone.sha256;

--! forget_locations (images)
--- Forgets where images were taken.
DELETE FROM images.locations WHERE image_id = ANY(:images);

--! mark_deleted (now, ids, claimed)
--- The objects are gone: tombstones stay, without any text of the owner and without what the images showed. An image
--- of which a rendition was kept meanwhile, or that was left to the sweeper once more since it was claimed, is left for the
--- next time.
UPDATE images.images AS i SET state = 'deleted', title = '-', description = '', tags = '{}', file_name = '-',
    failure_code = NULL, color = NULL, thumbhash = NULL, phash = NULL, camera = NULL, reserved_bytes = 0, updated_at = :now
WHERE id = ANY(:ids) AND state = 'deleting' AND updated_at = :claimed
    AND NOT EXISTS (SELECT FROM images.renditions WHERE image_id = i.id);

--! forget_tombstones (before)
--- Forgets images deleted long ago. At most 1000.
DELETE FROM images.images WHERE id IN (
    SELECT id FROM images.images WHERE state = 'deleted' AND updated_at < :before
    ORDER BY state, updated_at LIMIT 1000 FOR UPDATE SKIP LOCKED);

--! forget_keys (before)
--- Forgets idempotency keys that have expired. At most 1000.
DELETE FROM images.idempotency_keys WHERE (owner_id, key) IN (
    SELECT owner_id, key FROM images.idempotency_keys WHERE started_at < :before LIMIT 1000 FOR UPDATE SKIP LOCKED);

--! list_unprocessed (before, after_time, after_id)
--- Images that wait for their work since before a time, oldest first, and whether nobody will do it. At most 500.
SELECT id, stored_at, NOT images.waits_for_processing(id) AS lost FROM (
    SELECT id, stored_at FROM images.images
    WHERE state = 'stored' AND removed_at IS NULL AND stored_at < :before
        AND (stored_at, id) > (:after_time::timestamptz, :after_id::uuid)
    ORDER BY stored_at, id LIMIT 500
) AS unprocessed
ORDER BY stored_at, id;

--! enqueue_processing (ids)
--- Asks for the work on images once more.
SELECT count(*) AS asked FROM unnest(:ids::uuid[]) AS image CROSS JOIN LATERAL images.enqueue_processing(image) AS done;
