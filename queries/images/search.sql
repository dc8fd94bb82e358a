--: FoundRow(stored_as?, failure_code?, has_alpha?, color?, thumbhash?, phash?, camera?)

--! search_own (words, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_rank?) : FoundRow
--- Own images that match words, best first: of the newest thousand that match, so that a word
--- which is everywhere costs no more than a rare one.
SELECT * FROM (
    SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
        height, orientation, frames, sha256,
        state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at,
        round(ts_rank(searched, images.search_query(:words)) * 1000000)::integer AS rank
    FROM (
        SELECT * FROM images.own_images
        WHERE searched @@ images.search_query(:words)
            AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
            AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
            AND (:media_type::text IS NULL OR media_type = :media_type)
            AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
            AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
        ORDER BY created_at DESC
        LIMIT 1000
    ) AS matching
) AS ranked
WHERE :after_id::uuid IS NULL OR (rank, id) < (:after_rank::integer, :after_id)
ORDER BY rank DESC, id DESC
LIMIT :max;

--! search_own_similar (words, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_rank?) : FoundRow
--- Own images with words that look alike, for when a search finds nothing because something is
--- misspelt: of any thousand that do. The lower threshold holds for this statement only.
SELECT * FROM (
    SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
        height, orientation, frames, sha256,
        state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at,
        round(public.word_similarity(images.fold(:words), images.searched_text(title, tags, file_name)) * 1000000
        )::integer AS rank
    FROM (
        SELECT * FROM images.own_images
        WHERE (SELECT set_config('pg_trgm.word_similarity_threshold', '0.32', true)) IS NOT NULL
            AND images.searched_text(title, tags, file_name) OPERATOR(public.%>) images.fold(:words)
            AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
            AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
            AND (:media_type::text IS NULL OR media_type = :media_type)
            AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
            AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
        LIMIT 1000
    ) AS alike
) AS ranked
WHERE :after_id::uuid IS NULL OR (rank, id) < (:after_rank::integer, :after_id)
ORDER BY rank DESC, id DESC
LIMIT :max;

--! search_public (words, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_rank?) : FoundRow
--- Public images that match words, best first: of the newest thousand that match, so that a word
--- which is everywhere costs no more than a rare one.
SELECT * FROM (
    SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
        height, orientation, frames, sha256,
        state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at,
        round(ts_rank(searched, images.search_query(:words)) * 1000000)::integer AS rank
    FROM (
        SELECT * FROM images.public_images
        WHERE searched @@ images.search_query(:words)
            AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
            AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
            AND (:media_type::text IS NULL OR media_type = :media_type)
            AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
            AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
        ORDER BY created_at DESC
        LIMIT 1000
    ) AS matching
) AS ranked
WHERE :after_id::uuid IS NULL OR (rank, id) < (:after_rank::integer, :after_id)
ORDER BY rank DESC, id DESC
LIMIT :max;

--! search_public_similar (words, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_rank?) : FoundRow
--- Public images with words that look alike, for when a search finds nothing because something is
--- misspelt: of any thousand that do. The lower threshold holds for this statement only.
SELECT * FROM (
    SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
        height, orientation, frames, sha256,
        state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at,
        round(public.word_similarity(images.fold(:words), images.searched_text(title, tags, file_name)) * 1000000
        )::integer AS rank
    FROM (
        SELECT * FROM images.public_images
        WHERE (SELECT set_config('pg_trgm.word_similarity_threshold', '0.32', true)) IS NOT NULL
            AND images.searched_text(title, tags, file_name) OPERATOR(public.%>) images.fold(:words)
            AND (:visibility::images.visibility IS NULL OR visibility = :visibility)
            AND (:tag::text IS NULL OR tags @> ARRAY[:tag])
            AND (:media_type::text IS NULL OR media_type = :media_type)
            AND (:created_after::timestamptz IS NULL OR created_at > :created_after)
            AND (:created_before::timestamptz IS NULL OR created_at < :created_before)
        LIMIT 1000
    ) AS alike
) AS ranked
WHERE :after_id::uuid IS NULL OR (rank, id) < (:after_rank::integer, :after_id)
ORDER BY rank DESC, id DESC
LIMIT :max;

