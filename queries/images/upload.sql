--: KeyRow(fingerprint?, finished_at?)

--! reserve_bytes (owner, declared, quota)
--- Promises bytes to an upload, if they still fit into the quota; no row where they do not.
INSERT INTO images.usage (owner_id, reserved_bytes)
SELECT :owner, :declared WHERE :declared::bigint <= :quota::bigint
ON CONFLICT (owner_id) DO UPDATE SET reserved_bytes = usage.reserved_bytes + excluded.reserved_bytes
WHERE usage.used_bytes + usage.reserved_bytes + excluded.reserved_bytes <= :quota::bigint;

--! insert_pending
--- The row of an upload whose bytes are still to come.
INSERT INTO images.images (id, owner_id, attempt, visibility, title, description, tags, file_name, keep_location,
    reserved_bytes, created_at, updated_at)
VALUES (:id, :owner, :attempt, :visibility, :title, :description, :tags, :file_name, :keep_location, :reserved, :now,
    :now);

--! insert_key
--- Takes an idempotency key for an upload; changes nothing where it is taken.
INSERT INTO images.idempotency_keys (owner_id, key, image_id, started_at)
VALUES (:owner, :key, :image, :now)
ON CONFLICT (owner_id, key) DO NOTHING;

--! find_key (owner, key) : KeyRow
--- What is known of an idempotency key, which stays as it is until the transaction ends.
SELECT image_id, fingerprint, started_at, finished_at FROM images.idempotency_keys
WHERE owner_id = :owner AND key = :key
FOR UPDATE;

--! take_over_key
--- Gives an abandoned or expired idempotency key to another upload.
UPDATE images.idempotency_keys SET image_id = :image, started_at = :now, fingerprint = NULL, finished_at = NULL
WHERE owner_id = :owner AND key = :key;

--! finish_key
--- Records what an idempotency key was used for; changes nothing where another upload has taken it over.
UPDATE images.idempotency_keys SET fingerprint = :fingerprint, finished_at = :now
WHERE owner_id = :owner AND key = :key AND image_id = :image;

--! find_same (sha256, owner, besides, marks)
--- The oldest live image of an owner with these bytes. Found by its bytes and sorted then, because an owner may have
--- many images and has few with the same bytes. None whose bytes are known to be lost.
WITH same AS MATERIALIZED (
    SELECT id, coalesce(stored_as, id) AS stored_as, attempt, created_at FROM images.images
    WHERE sha256 = :sha256 AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
        AND (failure IS NULL OR failure <> ALL(:marks::text[]))
)
SELECT id, stored_as, attempt FROM same WHERE id <> :besides ORDER BY created_at, id LIMIT 1;

--! enqueue_processing (id)
--- Asks for the work on an image, once this transaction has ended well.
SELECT true AS asked FROM images.enqueue_processing(:id);

--! settle_usage (real, reserved, owner, quota)
--- Turns a promise into use, if the bytes that really came fit into the quota. A promise that the sweeper took back
--- is no longer there to turn.
UPDATE images.usage SET used_bytes = used_bytes + :real, reserved_bytes = reserved_bytes - :reserved,
    image_count = image_count + 1
WHERE owner_id = :owner AND used_bytes + :real <= :quota::bigint AND reserved_bytes >= :reserved;

--! forget_pending (id, attempt)
--- Forgets a refused upload of which nothing was stored.
DELETE FROM images.images WHERE id = :id AND state = 'pending' AND attempt = :attempt;

--! abandon_pending (now, id, attempt)
--- Leaves a failed upload to the sweeper, because bytes of it may be stored.
UPDATE images.images SET state = 'deleting', reserved_bytes = 0, updated_at = :now, removed_at = :now
WHERE id = :id AND state = 'pending' AND attempt = :attempt;

--! reopen_deleting (now, id, attempt)
--- Leaves an object to the sweeper once more: it was stored after the sweeper had given the upload up.
UPDATE images.images SET state = 'deleting', updated_at = :now, removed_at = :now
WHERE id = :id AND state IN ('deleting', 'deleted') AND attempt = :attempt;

--! release_bytes (reserved, owner)
--- Takes back a promise.
UPDATE images.usage SET reserved_bytes = reserved_bytes - :reserved WHERE owner_id = :owner;

--! release_key (image)
--- Frees the idempotency key of a failed upload.
DELETE FROM images.idempotency_keys WHERE image_id = :image AND finished_at IS NULL;
