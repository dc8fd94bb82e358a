--: FoundRow(stored_at?, removed_at?, trashed_at?, stored_as?, failure_code?, has_alpha?, color?, thumbhash?, phash?, camera?)
--: Search(words, visibility?, tag?, media_type?, created_after?, created_before?, after_id?, after_rank?)

--! search_own Search : FoundRow
--- Finds own images that match the words, best first. Ranks the newest 1000 matches only, so that a frequent word costs
--- no more than a rare one. Reads the other columns of one page only.
SELECT i.*, page.rank FROM (
    SELECT id, rank FROM (
        SELECT id, round(ts_rank(searched, images.search_query(:words)) * 1000000)::integer AS rank
        FROM (
            SELECT id, searched FROM images.own_images
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
    LIMIT :max
) AS page
JOIN images.list_own() AS i ON i.id = page.id
ORDER BY page.rank DESC, page.id DESC;

--! search_own_similar Search : FoundRow
--- Finds own images with words of similar spelling, for searches without a match. Ranks any 1000 of them. The lower
--- threshold applies to this statement only.
SELECT * FROM (
    SELECT *, round(public.word_similarity(images.fold(:words), images.searched_text(title, tags, file_name)) * 1000000
        )::integer AS rank
    FROM (
        SELECT * FROM images.list_own(NULL, :visibility, :tag, :media_type, :created_after, :created_before)
        WHERE (SELECT set_config('pg_trgm.word_similarity_threshold', '0.32', true)) IS NOT NULL
            AND images.searched_text(title, tags, file_name) OPERATOR(public.%>) images.fold(:words)
        LIMIT 1000
    ) AS similar_words
) AS ranked
WHERE :after_id::uuid IS NULL OR (rank, id) < (:after_rank::integer, :after_id)
ORDER BY rank DESC, id DESC
LIMIT :max;

--! search_public Search : FoundRow
--- Finds public images that match the words, best first. Ranks the newest 1000 matches only, so that a frequent word costs
--- no more than a rare one. Reads the other columns of one page only.
SELECT i.*, page.rank FROM (
    SELECT id, rank FROM (
        SELECT id, round(ts_rank(searched, images.search_query(:words)) * 1000000)::integer AS rank
        FROM (
            SELECT id, searched FROM images.public_images
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
    LIMIT :max
) AS page
JOIN images.list_public() AS i ON i.id = page.id
ORDER BY page.rank DESC, page.id DESC;

--! search_public_similar Search : FoundRow
--- Finds public images with words of similar spelling, for searches without a match. Ranks any 1000 of them. The lower
--- threshold applies to this statement only.
SELECT * FROM (
    SELECT *, round(public.word_similarity(images.fold(:words), images.searched_text(title, tags, file_name)) * 1000000
        )::integer AS rank
    FROM (
        SELECT * FROM images.list_public(NULL, :visibility, :tag, :media_type, :created_after, :created_before)
        WHERE (SELECT set_config('pg_trgm.word_similarity_threshold', '0.32', true)) IS NOT NULL
            AND images.searched_text(title, tags, file_name) OPERATOR(public.%>) images.fold(:words)
        LIMIT 1000
    ) AS similar_words
) AS ranked
WHERE :after_id::uuid IS NULL OR (rank, id) < (:after_rank::integer, :after_id)
ORDER BY rank DESC, id DESC
LIMIT :max;
