--: TrashSize(bytes?)

--! trash_one (now, id, owner, any_version, versions)
--- Moves an image into the trash. Returns no row if it does not belong to the owner, has another version, or is removed.
UPDATE images.images SET removed_at = :now, trashed_at = :now
WHERE id = :id AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
    AND (:any_version OR version = ANY(:versions))
RETURNING id;

--! measure_trash : TrashSize
--- Measures the caller's trash.
SELECT count(*) AS images, sum(byte_size)::bigint AS bytes FROM images.trashed_images;

--! restore (ids, owner)
--- Restores own images. Returns the ids that are live now, and whether they wait for their processing. Locks the rows in the
--- order of their ids to avoid deadlocks.
WITH found AS MATERIALIZED (
    SELECT id, trashed_at FROM images.images
    WHERE id = ANY(:ids) AND owner_id = :owner AND stored_at IS NOT NULL
        AND (trashed_at IS NOT NULL OR removed_at IS NULL)
    ORDER BY id FOR NO KEY UPDATE
), restored AS (
    UPDATE images.images AS i SET removed_at = NULL, trashed_at = NULL
    FROM found WHERE i.id = found.id AND found.trashed_at IS NOT NULL
    RETURNING i.id, i.state
)
SELECT found.id, coalesce(restored.state = 'stored', false) AS waits FROM found LEFT JOIN restored USING (id);

--! purge_one (now, id, owner)
--- Purges an own image in the trash; the sweeper deletes its objects. Returns no row if it is not in the trash.
UPDATE images.images SET state = 'deleting', removed_at = :now, updated_at = :now, trashed_at = NULL
WHERE id = :id AND owner_id = :owner AND trashed_at IS NOT NULL
RETURNING byte_size;

--! purge_some (now, owner)
--- Purges the images that an account has moved into the trash until now. At most 1000.
WITH found AS MATERIALIZED (
    SELECT id FROM images.images WHERE owner_id = :owner AND trashed_at <= :now
    ORDER BY id LIMIT 1000 FOR NO KEY UPDATE
)
UPDATE images.images AS i SET state = 'deleting', removed_at = :now, updated_at = :now, trashed_at = NULL
FROM found WHERE i.id = found.id
RETURNING i.byte_size;

--! release_usage (freed, images, owner)
--- Subtracts the bytes of purged images from the usage of their account.
UPDATE images.usage SET used_bytes = used_bytes - :freed, image_count = image_count - :images WHERE owner_id = :owner;

--! purge_expired (before, now)
--- Purges images in the trash since before a time and subtracts their bytes from the usage. Skips images that are being
--- restored. At most 100.
WITH due AS MATERIALIZED (
    SELECT id FROM images.images WHERE trashed_at <= :before
    ORDER BY trashed_at LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED
), purged AS (
    UPDATE images.images AS i SET state = 'deleting', removed_at = :now, updated_at = :now, trashed_at = NULL
    FROM due WHERE i.id = due.id
    RETURNING i.id, i.owner_id, i.byte_size
), freed AS (
    UPDATE images.usage AS u SET used_bytes = u.used_bytes - p.bytes, image_count = u.image_count - p.images
    FROM (SELECT owner_id, sum(byte_size)::bigint AS bytes, count(*) AS images FROM purged GROUP BY owner_id) AS p
    WHERE u.owner_id = p.owner_id
)
SELECT id FROM purged;
