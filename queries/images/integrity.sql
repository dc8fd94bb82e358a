--: NamedOriginal(byte_size?, sha256?, media_type?, failure_code?)
--: RunRow(finished_at?, report?, failure_code?)

-- As text, because PostgreSQL takes `state <> 'deleted'` for a condition that no row meets; see V009.

--! page_originals (after_shard, after_key, after_attempt, after_id, max) : NamedOriginal
--- Rows that name an original, in the order of the keys. `live` is one whose bytes must be there; those of the others may
--- be on their way in or out. More than one row may name the same.
SELECT id, get_byte(uuid_send(coalesce(stored_as, id)), 15) AS shard, coalesce(stored_as, id) AS stored_as, attempt,
    byte_size, sha256, media_type, failure_code, (stored_at IS NOT NULL AND state NOT IN ('pending', 'deleting')) AS live
FROM images.images
WHERE state::text <> 'deleted'
    AND (get_byte(uuid_send(coalesce(stored_as, id)), 15), coalesce(stored_as, id), attempt, id)
        > (:after_shard::integer, :after_key::uuid, :after_attempt::uuid, :after_id::uuid)
ORDER BY get_byte(uuid_send(coalesce(stored_as, id)), 15), coalesce(stored_as, id), attempt, id
LIMIT :max;

--! page_renditions (after_shard, after_image, after_sha256, after_variant, max)
--- Rows that name a rendition, in the order of the keys. More than one row may name the same.
SELECT r.image_id, get_byte(uuid_send(r.image_id), 15) AS shard, r.sha256, r.variant, r.byte_size, r.format,
    (i.state NOT IN ('deleting', 'deleted')) AS live
FROM images.renditions AS r
JOIN images.images AS i ON i.id = r.image_id
WHERE (get_byte(uuid_send(r.image_id), 15), r.image_id, r.sha256, r.variant)
    > (:after_shard::integer, :after_image::uuid, :after_sha256::bytea, :after_variant::bytea)
ORDER BY get_byte(uuid_send(r.image_id), 15), r.image_id, r.sha256, r.variant
LIMIT :max;

--! count_originals (key, attempt)
--- How many rows name an original, and how many of them are live.
SELECT count(*) AS named,
    count(*) FILTER (WHERE stored_at IS NOT NULL AND state NOT IN ('pending', 'deleting')) AS live
FROM images.images
WHERE state::text <> 'deleted' AND get_byte(uuid_send(coalesce(stored_as, id)), 15) = get_byte(uuid_send(:key), 15)
    AND coalesce(stored_as, id) = :key AND attempt = :attempt;

--! count_renditions (image, sha256)
--- How many rows name a rendition, and how many of them are live.
SELECT count(*) AS named, count(*) FILTER (WHERE i.state NOT IN ('deleting', 'deleted')) AS live
FROM images.renditions AS r
JOIN images.images AS i ON i.id = r.image_id
WHERE r.image_id = :image AND r.sha256 = :sha256;

--! mark_damaged (key, attempt, failure_code)
--- Says of images that their original is missing or damaged. Whatever was made of it before is still shown.
UPDATE images.images SET state = 'failed', failure_code = :failure_code
WHERE state IN ('stored', 'ready', 'failed') AND failure_code IS DISTINCT FROM :failure_code
    AND get_byte(uuid_send(coalesce(stored_as, id)), 15) = get_byte(uuid_send(:key), 15)
    AND coalesce(stored_as, id) = :key AND attempt = :attempt;

--! heal (key, attempt)
--- Takes that back, because the original is there again; what is to be made of it is asked for anew.
WITH healed AS (
    UPDATE images.images SET state = 'stored', failure_code = NULL
    WHERE state = 'failed' AND failure_code IN ('original-missing', 'original-damaged')
        AND get_byte(uuid_send(coalesce(stored_as, id)), 15) = get_byte(uuid_send(:key), 15)
        AND coalesce(stored_as, id) = :key AND attempt = :attempt
    RETURNING id
)
SELECT count(*) AS healed FROM healed CROSS JOIN LATERAL images.enqueue_processing(healed.id) AS done;

--! drop_renditions (image, sha256)
--- Forgets renditions whose object is missing or damaged, so that they are made again.
DELETE FROM images.renditions WHERE image_id = :image AND sha256 = :sha256;

--! lock_deletions
--- Whether objects may be deleted now: not while a backup copies them. What a row stopped naming before the backup took
--- its lock is not in the backup, so it is enough to ask for this in the transaction that takes the name away or claims
--- the deletion.
SELECT pg_try_advisory_xact_lock_shared(:lock) AS allowed;

--! library_size
--- How many originals there are about, and their bytes.
SELECT coalesce(sum(image_count), 0)::bigint AS objects, coalesce(sum(used_bytes), 0)::bigint AS bytes FROM images.usage;

--! end_uploads (now)
--- End upload sessions whose parts are not in the store.
UPDATE images.upload_sessions SET expires_at = :now WHERE state IN ('open', 'finishing') AND expires_at > :now;

--! begin_run (id, deep, repair, now)
--- Writes down that a comparison begins.
INSERT INTO images.integrity_runs (id, deep, repair, started_at) VALUES (:id, :deep, :repair, :now);

--! forget_runs (before)
--- Forgets comparisons of long ago.
DELETE FROM images.integrity_runs WHERE started_at < :before;

--! finish_run (id, now, report?, failure_code?)
--- Writes down what a comparison found.
UPDATE images.integrity_runs SET finished_at = :now, report = :report, failure_code = :failure_code WHERE id = :id;

--! find_last_run (lock) : RunRow
--- The newest comparison, and whether somebody is at one now.
SELECT id, deep, repair, started_at, finished_at, report, failure_code, EXISTS (
    SELECT FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'advisory' AND l.granted AND l.mode = 'ExclusiveLock' AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32) | l.objid::bigint = :lock::bigint) AS running
FROM images.integrity_runs ORDER BY started_at DESC LIMIT 1;
