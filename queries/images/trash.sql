--: TrashSize(bytes?)

--! trash_one (now, id, owner, any_version, versions)
--- Moves an image into the trash. No row where it is not the owner's, of another version, or out of sight already.
UPDATE images.images SET removed_at = :now, trashed_at = :now
WHERE id = :id AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
    AND (:any_version OR version = ANY(:versions))
RETURNING id;

--! measure_trash : TrashSize
--- How many images lie in the trash, and their bytes.
SELECT count(*) AS images, sum(byte_size)::bigint AS bytes FROM images.trashed_images;

--! restore (ids, owner)
--- Takes own images out of the trash; which are live now, and whether they wait for their work. Rows are locked in the
--- order of their ids, so that two who do this at once cannot wait for each other.
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
--- Takes an own image out of the trash for good and leaves its bytes to the sweeper. No row where it is not there.
UPDATE images.images SET state = 'deleting', removed_at = :now, updated_at = :now, trashed_at = NULL
WHERE id = :id AND owner_id = :owner AND trashed_at IS NOT NULL
RETURNING byte_size;

--! purge_some (now, owner)
--- The same for whatever an account's trash holds since before now. At most 1000.
WITH found AS MATERIALIZED (
    SELECT id FROM images.images WHERE owner_id = :owner AND trashed_at <= :now
    ORDER BY id LIMIT 1000 FOR NO KEY UPDATE
)
UPDATE images.images AS i SET state = 'deleting', removed_at = :now, updated_at = :now, trashed_at = NULL
FROM found WHERE i.id = found.id
RETURNING i.byte_size;

--! release_usage (freed, images, owner)
--- Takes the bytes of purged images off their account.
UPDATE images.usage SET used_bytes = used_bytes - :freed, image_count = image_count - :images WHERE owner_id = :owner;

--! purge_expired (before, now)
--- Purges what has lain in the trash since before a time, and takes its bytes off the accounts. At most 100. Whoever is
--- just restoring one of them keeps it.
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
