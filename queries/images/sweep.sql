--! lock_sweep
--- Whether this node may sweep now; until the transaction ends no other node may.
SELECT pg_try_advisory_xact_lock(:lock) AS taken;

--! fail_stale (now, before)
--- Gives up uploads that should have ended long ago: the bytes promised to them are free again, their idempotency
--- keys too, and their objects will be deleted. At most 100.
WITH stale AS (
    SELECT id FROM images.images WHERE state = 'pending' AND updated_at < :before
    ORDER BY updated_at LIMIT 100 FOR UPDATE SKIP LOCKED
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
--- Images whose object is to be deleted: those just removed, and those that nobody finished since `before`. They are
--- left alone by others until then. At most 100.
UPDATE images.images AS i SET updated_at = :now
FROM (
    SELECT id FROM images.images
    WHERE state = 'deleting' AND (updated_at <= removed_at OR updated_at < :before)
    ORDER BY updated_at LIMIT 100 FOR UPDATE SKIP LOCKED
) AS due
WHERE i.id = due.id
RETURNING i.id, i.attempt;

--! mark_deleted (now, ids)
--- The objects are gone: tombstones stay, without any text of the owner.
UPDATE images.images SET state = 'deleted', title = '-', description = '', tags = '{}', file_name = '-',
    reserved_bytes = 0, updated_at = :now
WHERE id = ANY(:ids) AND state = 'deleting';

--! forget_tombstones (before)
--- Forgets images deleted long ago. At most 1000.
DELETE FROM images.images WHERE id IN (
    SELECT id FROM images.images WHERE state = 'deleted' AND updated_at < :before LIMIT 1000 FOR UPDATE SKIP LOCKED);

--! forget_keys (before)
--- Forgets idempotency keys that have expired. At most 1000.
DELETE FROM images.idempotency_keys WHERE (owner_id, key) IN (
    SELECT owner_id, key FROM images.idempotency_keys WHERE started_at < :before LIMIT 1000 FOR UPDATE SKIP LOCKED);
