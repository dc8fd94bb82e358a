--: SimilarRow(stored_as?, failure_code?, has_alpha?, color?, thumbhash?, phash?, camera?)

--! similar_seen (hash, besides, max) : SimilarRow
--- The own and the public images whose perceptual hash differs in at most seven bits, nearest first, then newest.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at,
    bit_count((phash # :hash::bigint)::bit(64))::integer AS distance
FROM images.shown_images
WHERE phash IS NOT NULL AND images.hash_quarters(phash) && images.near_quarters(:hash)
    AND bit_count((phash # :hash)::bit(64)) <= 7 AND id <> :besides
ORDER BY distance, created_at DESC, id DESC
LIMIT :max;

--! similar_public (hash, besides, max) : SimilarRow
--- The public images whose perceptual hash differs in at most seven bits, nearest first, then newest.
SELECT id, owner_id, attempt, visibility, version, title, description, tags, file_name, media_type, byte_size, width,
    height, orientation, frames, sha256,
    state, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location, created_at, updated_at,
    bit_count((phash # :hash::bigint)::bit(64))::integer AS distance
FROM images.public_images
WHERE phash IS NOT NULL AND images.hash_quarters(phash) && images.near_quarters(:hash)
    AND bit_count((phash # :hash)::bit(64)) <= 7 AND id <> :besides
ORDER BY distance, created_at DESC, id DESC
LIMIT :max;
