--: ImageRow(stored_as?, failure_code?, has_alpha?, color?, thumbhash?, phash?, camera?)

--! find_live (id) : ImageRow
--- The image with this id, if its bytes are stored, it has not been removed, and the asking role may see it.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.images
WHERE id = :id AND stored_at IS NOT NULL AND removed_at IS NULL;

--! finalize_image : ImageRow
--- Make a pending row an image whose bytes are stored. No row if the sweeper has released the reservation.
UPDATE images.images SET state = 'stored', media_type = :media_type, byte_size = :byte_size, width = :width,
    height = :height, orientation = :orientation, frames = :frames, sha256 = :sha256, reserved_bytes = 0,
    updated_at = :now, stored_at = :now
WHERE id = :id AND state = 'pending' AND attempt = :attempt
RETURNING id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at;

--! finalize_duplicate : ImageRow
--- Make a pending row an image that shares the object and the processing results of another image of the owner. The other
--- image cannot be removed before this transaction ends, and whatever removes it then sees this row. No row if the other
--- image was removed before, or if the sweeper has released the reservation.
WITH duplicate AS MATERIALIZED (
    SELECT id, attempt, stored_as, state, has_alpha, color, thumbhash, phash, camera FROM images.images
    WHERE id = :duplicate AND owner_id = :owner AND sha256 = :sha256 AND stored_at IS NOT NULL AND removed_at IS NULL
    FOR SHARE
)
UPDATE images.images AS i SET attempt = duplicate.attempt, stored_as = coalesce(duplicate.stored_as, duplicate.id),
    state = CASE WHEN duplicate.state = 'ready' AND NOT i.keep_location THEN 'ready'::images.state ELSE 'stored' END,
    media_type = :media_type, byte_size = :byte_size, width = :width, height = :height, orientation = :orientation,
    frames = :frames, sha256 = :sha256, has_alpha = duplicate.has_alpha, color = duplicate.color, thumbhash = duplicate.thumbhash,
    phash = duplicate.phash, camera = duplicate.camera, reserved_bytes = 0, updated_at = :now, stored_at = :now
FROM duplicate
WHERE i.id = :id AND i.state = 'pending' AND i.attempt = :attempt
RETURNING i.id, i.owner_id, i.attempt, i.visibility, i.version, i.title, i.description, i.tags, i.file_name, i.media_type,
    i.byte_size, i.width, i.height, i.orientation, i.frames, i.sha256, i.state, i.stored_as, i.failure_code, i.has_alpha,
    i.color, i.thumbhash, i.phash, i.camera, i.keep_location, i.created_at, i.updated_at;

--! replace_texts (title?, description?, tags?, visibility?, any_version) : ImageRow
--- Changes what is given and keeps the rest. No row where it is not the owner's, or of another version.
UPDATE images.images SET title = coalesce(:title, title), description = coalesce(:description, description),
    tags = coalesce(:tags, tags), visibility = coalesce(:visibility, visibility), version = version + 1,
    updated_at = :now
WHERE id = :id AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
    AND (:any_version OR version = ANY(:versions))
RETURNING id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at;

--! list_own (after_time, after_id, max) : ImageRow
--- The own images, newest first, older than a position: the plain list. The inner limit (the largest page and one more)
--- tells the planner that few rows are wanted, so that it keeps one plan instead of making one for every request.
SELECT * FROM (
    SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
        height, orientation, frames, sha256,
        state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
    FROM images.own_images
    WHERE (created_at, id) < (:after_time::timestamptz, :after_id::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT 201
) AS newest
ORDER BY created_at DESC, id DESC
LIMIT :max;

--! list_public (after_time, after_id, max) : ImageRow
--- The public images, newest first, older than a position: the plain list. The inner limit (the largest page and one more)
--- tells the planner that few rows are wanted, so that it keeps one plan instead of making one for every request.
SELECT * FROM (
    SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
        height, orientation, frames, sha256,
        state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
    FROM images.public_images
    WHERE (created_at, id) < (:after_time::timestamptz, :after_id::uuid)
    ORDER BY created_at DESC, id DESC
    LIMIT 201
) AS newest
ORDER BY created_at DESC, id DESC
LIMIT :max;

--! filter_own_created_up (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_time?) : ImageRow
--- Own images that pass a filter, oldest first.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.own_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (created_at, id) > (:after_time::timestamptz, :after_id))
ORDER BY created_at ASC, id ASC
LIMIT :max;

--! filter_own_created_down (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_time?) : ImageRow
--- Own images that pass a filter, newest first.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.own_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (created_at, id) < (:after_time::timestamptz, :after_id))
ORDER BY created_at DESC, id DESC
LIMIT :max;

--! filter_own_title_up (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_title?) : ImageRow
--- Own images that pass a filter, by title.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.own_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (lower(title), id) > (lower(:after_title::text), :after_id))
ORDER BY lower(title) ASC, id ASC
LIMIT :max;

--! filter_own_title_down (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_title?) : ImageRow
--- Own images that pass a filter, by title backwards.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.own_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (lower(title), id) < (lower(:after_title::text), :after_id))
ORDER BY lower(title) DESC, id DESC
LIMIT :max;

--! filter_own_size_up (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_size?) : ImageRow
--- Own images that pass a filter, smallest first.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.own_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (byte_size, id) > (:after_size::bigint, :after_id))
ORDER BY byte_size ASC, id ASC
LIMIT :max;

--! filter_own_size_down (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_size?) : ImageRow
--- Own images that pass a filter, largest first.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.own_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (byte_size, id) < (:after_size::bigint, :after_id))
ORDER BY byte_size DESC, id DESC
LIMIT :max;

--! filter_public_created_up (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_time?) : ImageRow
--- Public images that pass a filter, oldest first.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.public_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (created_at, id) > (:after_time::timestamptz, :after_id))
ORDER BY created_at ASC, id ASC
LIMIT :max;

--! filter_public_created_down (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_time?) : ImageRow
--- Public images that pass a filter, newest first.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.public_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (created_at, id) < (:after_time::timestamptz, :after_id))
ORDER BY created_at DESC, id DESC
LIMIT :max;

--! filter_public_title_up (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_title?) : ImageRow
--- Public images that pass a filter, by title.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.public_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (lower(title), id) > (lower(:after_title::text), :after_id))
ORDER BY lower(title) ASC, id ASC
LIMIT :max;

--! filter_public_title_down (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_title?) : ImageRow
--- Public images that pass a filter, by title backwards.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.public_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (lower(title), id) < (lower(:after_title::text), :after_id))
ORDER BY lower(title) DESC, id DESC
LIMIT :max;

--! filter_public_size_up (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_size?) : ImageRow
--- Public images that pass a filter, smallest first.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.public_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (byte_size, id) > (:after_size::bigint, :after_id))
ORDER BY byte_size ASC, id ASC
LIMIT :max;

--! filter_public_size_down (words?, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_size?) : ImageRow
--- Public images that pass a filter, largest first.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at
FROM images.public_images
WHERE (:words::text IS NULL OR searched @@ images.search_query(:words))
    AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
    AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
    AND (:media_type::text IS NULL OR media_type = :media_type)
    AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
    AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
    AND (:after_id::uuid IS NULL OR (byte_size, id) < (:after_size::bigint, :after_id))
ORDER BY byte_size DESC, id DESC
LIMIT :max;
