--: SimilarRow(stored_at?, removed_at?, trashed_at?, stored_as?, failure_code?, has_alpha?, color?, thumbhash?, phash?, camera?)

--! find_similar (hash, besides, max) : SimilarRow
--- Finds the caller's own and public images whose perceptual hash differs in at most seven bits, nearest first, then newest.
SELECT i.*, page.distance FROM (
    SELECT id, bit_count((phash # :hash::bigint)::bit(64))::integer AS distance
    FROM images.shown_images
    WHERE phash IS NOT NULL AND images.hash_quarters(phash) && images.near_quarters(:hash)
        AND bit_count((phash # :hash)::bit(64)) <= 7 AND id <> :besides
    ORDER BY distance, created_at DESC, id DESC
    LIMIT :max
) AS page
JOIN images.image_rows AS i ON i.id = page.id
ORDER BY page.distance, i.created_at DESC, i.id DESC;

--! find_similar_public (hash, besides, max) : SimilarRow
--- The same among public images only.
SELECT *, bit_count((phash # :hash::bigint)::bit(64))::integer AS distance
FROM images.list_public()
WHERE phash IS NOT NULL AND images.hash_quarters(phash) && images.near_quarters(:hash)
    AND bit_count((phash # :hash)::bit(64)) <= 7 AND id <> :besides
ORDER BY distance, created_at DESC, id DESC
LIMIT :max;
