-- Images $1 to $2, one every three seconds since 2024, of ten owners in turn, a third of them public. Words and tags are
-- drawn with the square of a random number, so that some are common and some are rare, as in what people write.
INSERT INTO images.images (id, owner_id, attempt, state, visibility, title, description, tags, file_name, media_type,
    byte_size, width, height, orientation, frames, sha256, created_at, updated_at, stored_at)
SELECT
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8'
        || substr(hash, 4, 15))::uuid,
    ('00000000-0000-7000-8000-00000000000' || n % 10)::uuid,
    hash::uuid,
    'stored',
    (CASE WHEN n % 3 = 0 THEN 'public' WHEN n % 11 = 0 THEN 'unlisted' ELSE 'private' END)::images.visibility,
    (SELECT string_agg(($3::text[])[1 + floor(random() * random() * cardinality($3::text[]))::integer], ' ')
        FROM generate_series(1, 2 + n % 3)),
    CASE WHEN n % 4 = 0 THEN ''
        ELSE (SELECT string_agg(($3::text[])[1 + floor(random() * random() * cardinality($3::text[]))::integer], ' ')
            FROM generate_series(1, 4 + n % 12)) END,
    ARRAY(SELECT DISTINCT ($4::text[])[1 + floor(random() * random() * cardinality($4::text[]))::integer]
        FROM generate_series(1, 1 + n % 4)),
    (ARRAY['IMG_', 'DSC_', 'PXL_', 'scan-'])[1 + n % 4] || n || '.jpg',
    CASE WHEN n % 20 = 0 THEN 'image/png' WHEN n % 33 = 0 THEN 'image/webp' ELSE 'image/jpeg' END,
    500000 + (n * 7919) % 4000000, 4000, 3000, 1, 1, decode(hash || reverse(hash), 'hex'), at, at, at
FROM (
    SELECT n, md5(n::text) AS hash, timestamptz '2024-01-01 00:00:00+00' + n * interval '3 seconds' AS at
    FROM generate_series($1::bigint, $2::bigint) AS n
) AS numbered;
