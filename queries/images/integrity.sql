--: OriginalRow(byte_size?, sha256?, media_type?, failure_code?)
--: RunRow(finished_at?, report?, failure_code?)

-- The state is compared as text because PostgreSQL would estimate that no row meets `state <> 'deleted'`; see V009.

--! list_originals (after_shard, after_key, after_attempt, after_id, max) : OriginalRow
--- Lists the rows that reference an original, in the order of the keys. The original of a `live` row must exist; others may
--- not be stored yet or be deleted already. Several rows may reference the same original.
SELECT id, get_byte(uuid_send(coalesce(stored_as, id)), 15) AS shard, coalesce(stored_as, id) AS stored_as, attempt,
    byte_size, sha256, media_type, failure_code, (stored_at IS NOT NULL AND state NOT IN ('pending', 'deleting')) AS live
FROM images.images
WHERE state::text <> 'deleted'
    AND (get_byte(uuid_send(coalesce(stored_as, id)), 15), coalesce(stored_as, id), attempt, id)
        > (:after_shard::integer, :after_key::uuid, :after_attempt::uuid, :after_id::uuid)
ORDER BY get_byte(uuid_send(coalesce(stored_as, id)), 15), coalesce(stored_as, id), attempt, id
LIMIT :max;

--! list_renditions (after_shard, after_image, after_sha256, after_variant, max)
--- Lists the rows that reference a rendition, in the order of the keys. Several rows may reference the same rendition.
SELECT r.image_id, get_byte(uuid_send(r.image_id), 15) AS shard, r.sha256, r.variant, r.byte_size, r.format,
    (i.state NOT IN ('deleting', 'deleted')) AS live
FROM images.renditions AS r
JOIN images.images AS i ON i.id = r.image_id
WHERE (get_byte(uuid_send(r.image_id), 15), r.image_id, r.sha256, r.variant)
    > (:after_shard::integer, :after_image::uuid, :after_sha256::bytea, :after_variant::bytea)
ORDER BY get_byte(uuid_send(r.image_id), 15), r.image_id, r.sha256, r.variant
LIMIT :max;

--! count_original_references (key, attempt)
--- Counts the rows that reference an original, and the live ones among them.
SELECT count(*) AS total,
    count(*) FILTER (WHERE stored_at IS NOT NULL AND state NOT IN ('pending', 'deleting')) AS live
FROM images.images
WHERE state::text <> 'deleted' AND get_byte(uuid_send(coalesce(stored_as, id)), 15) = get_byte(uuid_send(:key), 15)
    AND coalesce(stored_as, id) = :key AND attempt = :attempt;

--! count_rendition_references (image, sha256)
--- Counts the rows that reference a rendition, and the live ones among them.
SELECT count(*) AS total, count(*) FILTER (WHERE i.state NOT IN ('deleting', 'deleted')) AS live
FROM images.renditions AS r
JOIN images.images AS i ON i.id = r.image_id
WHERE r.image_id = :image AND r.sha256 = :sha256;

--! mark_original_lost (key, attempt, failure_code)
--- Marks the images of an original that is missing or damaged. Their renditions are still served.
UPDATE images.images SET state = 'failed', failure_code = :failure_code
WHERE state IN ('stored', 'ready', 'failed') AND failure_code IS DISTINCT FROM :failure_code
    AND get_byte(uuid_send(coalesce(stored_as, id)), 15) = get_byte(uuid_send(:key), 15)
    AND coalesce(stored_as, id) = :key AND attempt = :attempt;

--! unmark_original (key, attempt)
--- Removes the mark and enqueues the processing of the images.
WITH unmarked AS (
    UPDATE images.images SET state = 'stored', failure_code = NULL
    WHERE state = 'failed' AND failure_code IN ('original-missing', 'original-damaged')
        AND get_byte(uuid_send(coalesce(stored_as, id)), 15) = get_byte(uuid_send(:key), 15)
        AND coalesce(stored_as, id) = :key AND attempt = :attempt
    RETURNING id
)
SELECT count(*) AS unmarked FROM unmarked CROSS JOIN LATERAL images.enqueue_processing(unmarked.id) AS done;

--! delete_rendition (image, sha256)
--- Deletes the rows of a rendition whose object is missing or damaged.
DELETE FROM images.renditions WHERE image_id = :image AND sha256 = :sha256;

--! try_share_backup_lock
--- Whether objects may be deleted: not while a backup copies them. A backup does not contain objects that became
--- unreferenced before it took its lock, so it suffices to ask in the transaction that removes the reference or claims the
--- deletion.
SELECT pg_try_advisory_xact_lock_shared(:lock) AS allowed;

--! estimate_library_size
--- Sums the usage of all accounts.
SELECT coalesce(sum(image_count), 0)::bigint AS objects, coalesce(sum(used_bytes), 0)::bigint AS bytes FROM images.usage;

--! expire_upload_sessions (now)
--- Expires all upload sessions in progress.
UPDATE images.upload_sessions SET expires_at = :now WHERE state IN ('open', 'finishing') AND expires_at > :now;

--! insert_run (id, deep, repair, now)
--- Records the start of a run.
INSERT INTO images.integrity_runs (id, deep, repair, started_at) VALUES (:id, :deep, :repair, :now);

--! delete_old_runs (before)
--- Deletes the results of old runs.
DELETE FROM images.integrity_runs WHERE started_at < :before;

--! finish_run (id, now, report?, failure_code?)
--- Records the result of a run.
UPDATE images.integrity_runs SET finished_at = :now, report = :report, failure_code = :failure_code WHERE id = :id;

--! find_last_run (lock) : RunRow
--- Finds the latest run, and whether a run is in progress.
SELECT id, deep, repair, started_at, finished_at, report, failure_code, EXISTS (
    SELECT FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'advisory' AND l.granted AND l.mode = 'ExclusiveLock' AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32) | l.objid::bigint = :lock::bigint) AS running
FROM images.integrity_runs ORDER BY started_at DESC LIMIT 1;
