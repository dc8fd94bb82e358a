-- What the images belong to: ten owners with room for everything, one session each.
INSERT INTO users.accounts (id, email, display_name, quota_bytes)
SELECT ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'owner' || n || '@bench.example', 'Owner ' || n, 1::bigint << 50
FROM generate_series(0, 9) AS n;

INSERT INTO auth.sessions (id, account_id, provider, idle_expires_at, expires_at)
SELECT ('00000000-0000-7000-9000-00000000000' || n)::uuid, ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'bench',
    now() + interval '10 years', now() + interval '10 years'
FROM generate_series(0, 9) AS n;

INSERT INTO images.usage (owner_id) SELECT id FROM users.accounts;

CREATE SCHEMA bare;
-- A million rows are written faster without indexes; they are made again from this.
CREATE TABLE bare.indexes AS
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'images' AND tablename IN ('images', 'renditions')
    AND indexname NOT IN ('images_pkey', 'renditions_pkey');
ALTER TABLE images.renditions DROP CONSTRAINT renditions_pkey;
