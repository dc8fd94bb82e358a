--: KeyRow(fingerprint?, finished_at?)

--! reserve_bytes (owner, declared, quota)
--- Reserve bytes of the quota for an upload. No row if they exceed it.
INSERT INTO images.usage (owner_id, reserved_bytes)
SELECT :owner, :declared WHERE :declared::bigint <= :quota::bigint
ON CONFLICT (owner_id) DO UPDATE SET reserved_bytes = usage.reserved_bytes + excluded.reserved_bytes
WHERE usage.used_bytes + usage.reserved_bytes + excluded.reserved_bytes <= :quota::bigint;

--! insert_pending
--- Create the row of an image whose bytes have not arrived yet.
INSERT INTO images.images (id, owner_id, attempt, visibility, title, description, tags, file_name, keep_location,
    reserved_bytes, created_at, updated_at)
VALUES (:id, :owner, :attempt, :visibility, :title, :description, :tags, :file_name, :keep_location, :reserved, :now,
    :now);

--! insert_key
--- Claim an idempotency key for an upload. Changes nothing if the key is taken.
INSERT INTO images.idempotency_keys (owner_id, key, image_id, started_at)
VALUES (:owner, :key, :image, :now)
ON CONFLICT (owner_id, key) DO NOTHING;

--! find_key (owner, key) : KeyRow
--- Find an idempotency key and lock it until the transaction ends.
SELECT image_id, fingerprint, started_at, finished_at FROM images.idempotency_keys
WHERE owner_id = :owner AND key = :key
FOR UPDATE;

--! take_over_key
--- Give an abandoned or expired idempotency key to another upload.
UPDATE images.idempotency_keys SET image_id = :image, started_at = :now, fingerprint = NULL, finished_at = NULL
WHERE owner_id = :owner AND key = :key;

--! finish_key
--- Record the finished upload of an idempotency key. Changes nothing if another upload has taken over the key.
UPDATE images.idempotency_keys SET fingerprint = :fingerprint, finished_at = :now
WHERE owner_id = :owner AND key = :key AND image_id = :image;

--! find_duplicate (sha256, owner, image)
--- Find the owner's oldest other live image with these bytes, unless its original is known to be lost. Selects by bytes
--- before sorting, because an owner may have many images and has few with the same bytes.
WITH same AS MATERIALIZED (
    SELECT id, coalesce(stored_as, id) AS stored_as, attempt, created_at FROM images.images
    WHERE sha256 = :sha256 AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
        AND coalesce(failure_code, '') NOT IN ('original-missing', 'original-damaged')
)
SELECT id, stored_as, attempt FROM same WHERE id <> :image ORDER BY created_at, id LIMIT 1;

--! enqueue_processing (id)
--- Enqueue the processing of an image; the job starts after this transaction has committed.
SELECT true AS enqueued FROM images.enqueue_processing(:id);

--! finalize_usage (real, reserved, owner, quota)
--- Turn reserved bytes into used bytes. Changes nothing if the actual bytes exceed the quota, or if the sweeper has released
--- the reservation.
UPDATE images.usage SET used_bytes = used_bytes + :real, reserved_bytes = reserved_bytes - :reserved,
    image_count = image_count + 1
WHERE owner_id = :owner AND used_bytes + :real <= :quota::bigint AND reserved_bytes >= :reserved;

--! delete_pending (id, attempt)
--- Delete the row of a failed upload of which nothing was stored.
DELETE FROM images.images WHERE id = :id AND state = 'pending' AND attempt = :attempt;

--! abandon_pending (now, id, attempt)
--- Leave a failed upload to the sweeper, because its object may be stored.
UPDATE images.images SET state = 'deleting', reserved_bytes = 0, updated_at = :now, removed_at = :now
WHERE id = :id AND state = 'pending' AND attempt = :attempt;

--! requeue_deletion (now, id, attempt)
--- Leave an object to the sweeper again that was stored after the sweeper had released its reservation.
UPDATE images.images SET state = 'deleting', updated_at = :now, removed_at = :now
WHERE id = :id AND state IN ('deleting', 'deleted') AND attempt = :attempt;

--! release_bytes (reserved, owner)
--- Release reserved bytes.
UPDATE images.usage SET reserved_bytes = reserved_bytes - :reserved WHERE owner_id = :owner;

--! release_key (image)
--- Release the idempotency key of a failed upload.
DELETE FROM images.idempotency_keys WHERE image_id = :image AND finished_at IS NULL;
