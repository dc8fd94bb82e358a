--: ImageRow(stored_at?, removed_at?, trashed_at?, stored_as?, failure_code?, has_alpha?, color?, thumbhash?, phash?, camera?)
--: ByTime(words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_time?)
--: ByTitle(words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_title?)
--: BySize(words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_size?)

--! find_live (id) : ImageRow
--- Finds an image whose bytes are stored and that is not removed, if the caller's role can see it.
SELECT * FROM images.image_rows WHERE id = :id AND stored_at IS NOT NULL AND removed_at IS NULL;

--! finalize_image : ImageRow
--- Make a pending row an image whose bytes are stored. No row if the sweeper has released the reservation.
UPDATE images.image_rows SET state = 'stored', media_type = :media_type, byte_size = :byte_size, width = :width,
    height = :height, orientation = :orientation, frames = :frames, sha256 = :sha256, reserved_bytes = 0,
    updated_at = :now, stored_at = :now
WHERE id = :id AND state = 'pending' AND attempt = :attempt
RETURNING *;

--! finalize_duplicate : ImageRow
--- Make a pending row an image that shares the object and the processing results of another image of the owner. The other
--- image cannot be removed before this transaction ends, and whatever removes it then sees this row. No row if the other
--- image was removed before, or if the sweeper has released the reservation.
WITH duplicate AS MATERIALIZED (
    SELECT id, attempt, stored_as, state, has_alpha, color, thumbhash, phash, camera FROM images.images
    WHERE id = :duplicate AND owner_id = :owner AND sha256 = :sha256 AND stored_at IS NOT NULL AND removed_at IS NULL
    FOR SHARE
)
UPDATE images.image_rows AS i SET attempt = duplicate.attempt, stored_as = coalesce(duplicate.stored_as, duplicate.id),
    state = CASE WHEN duplicate.state = 'ready' AND NOT i.keep_location THEN 'ready'::images.state ELSE 'stored' END,
    media_type = :media_type, byte_size = :byte_size, width = :width, height = :height, orientation = :orientation,
    frames = :frames, sha256 = :sha256, has_alpha = duplicate.has_alpha, color = duplicate.color,
    thumbhash = duplicate.thumbhash, phash = duplicate.phash, camera = duplicate.camera, reserved_bytes = 0,
    updated_at = :now, stored_at = :now
FROM duplicate
WHERE i.id = :id AND i.state = 'pending' AND i.attempt = :attempt
RETURNING i.*;

--! update_metadata (title?, description?, tags?, visibility?, any_version) : ImageRow
--- Changes the given fields. Returns no row if the image does not belong to the owner or has another version.
UPDATE images.image_rows SET title = coalesce(:title, title), description = coalesce(:description, description),
    tags = coalesce(:tags, tags), visibility = coalesce(:visibility, visibility), version = version + 1,
    updated_at = :now
WHERE id = :id AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
    AND (:any_version OR version = ANY(:versions))
RETURNING *;

--! list_own (after_time, after_id, max) : ImageRow
--- Lists own images without a filter, newest first. The inner limit (the largest page and one more) tells the planner
--- that few rows are read, so that it keeps one generic plan.
SELECT * FROM (
    SELECT * FROM images.list_own()
    WHERE (created_at, id) < (:after_time::timestamptz, :after_id::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT 201
) AS newest
ORDER BY created_at DESC, id DESC
LIMIT :max;

--! list_public (after_time, after_id, max) : ImageRow
--- Lists public images without a filter, newest first. The inner limit (the largest page and one more) tells the planner
--- that few rows are read, so that it keeps one generic plan.
SELECT * FROM (
    SELECT * FROM images.list_public()
    WHERE (created_at, id) < (:after_time::timestamptz, :after_id::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT 201
) AS newest
ORDER BY created_at DESC, id DESC
LIMIT :max;

--! filter_own_created_asc ByTime : ImageRow
--- Lists own images that pass a filter, oldest first.
SELECT * FROM images.list_own(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (created_at, id) > (:after_time::timestamptz, :after_id)
ORDER BY created_at ASC, id ASC LIMIT :max;

--! filter_own_created_desc ByTime : ImageRow
--- Lists own images that pass a filter, newest first.
SELECT * FROM images.list_own(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (created_at, id) < (:after_time::timestamptz, :after_id)
ORDER BY created_at DESC, id DESC LIMIT :max;

--! filter_own_title_asc ByTitle : ImageRow
--- Lists own images that pass a filter, by title, ascending.
SELECT * FROM images.list_own(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (lower(title), id) > (lower(:after_title::text), :after_id)
ORDER BY lower(title) ASC, id ASC LIMIT :max;

--! filter_own_title_desc ByTitle : ImageRow
--- Lists own images that pass a filter, by title, descending.
SELECT * FROM images.list_own(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (lower(title), id) < (lower(:after_title::text), :after_id)
ORDER BY lower(title) DESC, id DESC LIMIT :max;

--! filter_own_size_asc BySize : ImageRow
--- Lists own images that pass a filter, smallest first.
SELECT * FROM images.list_own(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (byte_size, id) > (:after_size::bigint, :after_id)
ORDER BY byte_size ASC, id ASC LIMIT :max;

--! filter_own_size_desc BySize : ImageRow
--- Lists own images that pass a filter, largest first.
SELECT * FROM images.list_own(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (byte_size, id) < (:after_size::bigint, :after_id)
ORDER BY byte_size DESC, id DESC LIMIT :max;

--! filter_public_created_asc ByTime : ImageRow
--- Lists public images that pass a filter, oldest first.
SELECT * FROM images.list_public(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (created_at, id) > (:after_time::timestamptz, :after_id)
ORDER BY created_at ASC, id ASC LIMIT :max;

--! filter_public_created_desc ByTime : ImageRow
--- Lists public images that pass a filter, newest first.
SELECT * FROM images.list_public(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (created_at, id) < (:after_time::timestamptz, :after_id)
ORDER BY created_at DESC, id DESC LIMIT :max;

--! filter_public_title_asc ByTitle : ImageRow
--- Lists public images that pass a filter, by title, ascending.
SELECT * FROM images.list_public(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (lower(title), id) > (lower(:after_title::text), :after_id)
ORDER BY lower(title) ASC, id ASC LIMIT :max;

--! filter_public_title_desc ByTitle : ImageRow
--- Lists public images that pass a filter, by title, descending.
SELECT * FROM images.list_public(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (lower(title), id) < (lower(:after_title::text), :after_id)
ORDER BY lower(title) DESC, id DESC LIMIT :max;

--! filter_public_size_asc BySize : ImageRow
--- Lists public images that pass a filter, smallest first.
SELECT * FROM images.list_public(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (byte_size, id) > (:after_size::bigint, :after_id)
ORDER BY byte_size ASC, id ASC LIMIT :max;

--! filter_public_size_desc BySize : ImageRow
--- Lists public images that pass a filter, largest first.
SELECT * FROM images.list_public(:words, :visibility, :tag, :media_type, :created_after, :created_before)
WHERE :after_id::uuid IS NULL OR (byte_size, id) < (:after_size::bigint, :after_id)
ORDER BY byte_size DESC, id DESC LIMIT :max;

--! list_trashed (after_time, after_id, max) : ImageRow
--- Lists the caller's trash, the newest first.
SELECT * FROM images.image_rows
WHERE owner_id = (SELECT access.account()) AND trashed_at IS NOT NULL
    AND (trashed_at, id) < (:after_time::timestamptz, :after_id::uuid)
ORDER BY trashed_at DESC, id DESC
LIMIT :max;
