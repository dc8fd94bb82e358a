-- Images $1 to $2, one every three seconds since 2024, of ten owners in turn, a third of them public. Words and tags are
-- drawn with the square of a random number, so that some are common and some are rare, as in what people write. Four
-- images of an owner in a row look alike: one bit of their perceptual hashes differs. Each has the four renditions that
-- the job makes after an upload.
WITH filled AS (
    INSERT INTO images.images (id, owner_id, attempt, state, visibility, title, description, tags, file_name, media_type,
        byte_size, width, height, orientation, frames, sha256, created_at, updated_at, stored_at,
        has_alpha, color, thumbhash, phash, camera)
    SELECT
        (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8'
            || substr(hash, 4, 15))::uuid,
        ('00000000-0000-7000-8000-00000000000' || n % 10)::uuid,
        hash::uuid,
        'ready',
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
        500000 + (n * 7919) % 4000000, 4000, 3000, 1, 1, decode(hash || reverse(hash), 'hex'), at, at, at,
        n % 20 = 0,
        (n * 7919) % 16777216,
        decode(hash || substr(reverse(hash), 1, 10 + 2 * (n % 5)::integer), 'hex'),
        ('x' || substr(md5('alike' || n / 40 * 10 + n % 10), 1, 16))::bit(64)::bigint # (1::bigint << (n / 10 % 4)::integer),
        CASE WHEN n % 2 = 0 THEN jsonb_build_object('make', 'Canon', 'model', 'Canon EOS R6', 'lens', 'RF 50mm F1.8 STM',
            'exposure', jsonb_build_array(1, 250), 'f_number', 2.8, 'iso', 100 + n % 3100, 'focal_length', 50,
            'taken_at', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS')) ELSE '{}'::jsonb END
    FROM (
        SELECT n, md5(n::text) AS hash, timestamptz '2024-01-01 00:00:00+00' + n * interval '3 seconds' AS at
        FROM generate_series($1::bigint, $2::bigint) AS n
    ) AS numbered
    RETURNING id
)
INSERT INTO images.renditions (image_id, variant, format, width, height, byte_size, used_on, sha256)
SELECT id, preset.variant, 'jpeg', preset.width, preset.height, preset.bytes, date '2026-01-01',
    sha256(uuid_send(id) || preset.variant)
FROM filled
CROSS JOIN (VALUES
    (decode(md5('thumb'), 'hex'), 256, 256, 12000),
    (decode(md5('small'), 'hex'), 512, 384, 35000),
    (decode(md5('medium'), 'hex'), 1024, 768, 120000),
    (decode(md5('large'), 'hex'), 2048, 1536, 420000)
) AS preset (variant, width, height, bytes);
