--! try_lock_sweep
--- Locks the sweep for this node until the end of the transaction.
SELECT pg_try_advisory_xact_lock(:lock) AS locked;

-- Sorted by state and time, although the state is constant: under row-level security, PostgreSQL does not recognize that, and
-- would read and sort all images instead of using the order of the index.

--! fail_stale_uploads (now, before)
--- Fails abandoned uploads: releases their reservations and idempotency keys and marks their objects for deletion. At most
--- 100.
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
--- Claims images whose objects are to be deleted: removed ones, and those whose claim is older than `before`. `shared` means
--- that another image needs the original. False stays false: an image starts to share an object only while it holds a lock
--- on another live image that does. At most 100.
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

--! list_rendition_objects (images)
--- Lists the rendition objects of some images.
SELECT image_id, sha256 FROM images.renditions WHERE image_id = ANY(:images);

--! delete_renditions (images, digests)
--- Deletes the rows of deleted rendition objects, given as two lists of the same length.
DELETE FROM images.renditions AS r USING unnest(:images::uuid[], :digests::bytea[]) AS gone (image_id, sha256)
WHERE r.image_id = gone.image_id AND r.sha256 = gone.sha256;

--! delete_locations (images)
--- Deletes the locations of images.
DELETE FROM images.locations WHERE image_id = ANY(:images);

--! mark_deleted (now, ids, claimed)
--- Turns images whose objects are deleted into tombstones without metadata. Skips images that got a rendition meanwhile or
--- were reopened for deletion since they were claimed; the next sweep handles them.
UPDATE images.images AS i SET state = 'deleted', title = '-', description = '', tags = '{}', file_name = '-',
    failure_code = NULL, color = NULL, thumbhash = NULL, phash = NULL, camera = NULL, reserved_bytes = 0, updated_at = :now
WHERE id = ANY(:ids) AND state = 'deleting' AND updated_at = :claimed
    AND NOT EXISTS (SELECT FROM images.renditions WHERE image_id = i.id);

--! delete_tombstones (before)
--- Deletes old tombstones. At most 1000.
DELETE FROM images.images WHERE id IN (
    SELECT id FROM images.images WHERE state = 'deleted' AND updated_at < :before
    ORDER BY state, updated_at LIMIT 1000 FOR UPDATE SKIP LOCKED);

--! delete_expired_keys (before)
--- Deletes expired idempotency keys. At most 1000.
DELETE FROM images.idempotency_keys WHERE (owner_id, key) IN (
    SELECT owner_id, key FROM images.idempotency_keys WHERE started_at < :before LIMIT 1000 FOR UPDATE SKIP LOCKED);

--! list_unprocessed (before, after_time, after_id)
--- Lists images that wait for their processing since before a time, oldest first, and whether a job will process them. At
--- most 500.
SELECT id, stored_at, images.waits_for_processing(id) AS has_job FROM (
    SELECT id, stored_at FROM images.images
    WHERE state = 'stored' AND removed_at IS NULL AND stored_at < :before
        AND (stored_at, id) > (:after_time::timestamptz, :after_id::uuid)
    ORDER BY stored_at, id LIMIT 500
) AS unprocessed
ORDER BY stored_at, id;

--! enqueue_processing (ids)
--- Enqueues the processing of images.
SELECT count(*) AS enqueued FROM unnest(:ids::uuid[]) AS image CROSS JOIN LATERAL images.enqueue_processing(image) AS done;
