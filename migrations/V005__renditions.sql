-- Perceptual hashes, duplicates, locations, and renditions.

-- The four 16-bit quarters of a perceptual hash, each in a number range of its own. If two hashes differ in at most seven
-- bits, at least one quarter differs in at most one bit.
CREATE FUNCTION images.hash_quarters(hash bigint) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT ARRAY[
            (hash & 65535)::integer,
            ((hash >> 16) & 65535)::integer + 65536,
            ((hash >> 32) & 65535)::integer + 131072,
            ((hash >> 48) & 65535)::integer + 196608]
    $$;

-- Every quarter within one bit of a quarter of the hash. Each hash within seven bits has at least one of them.
CREATE FUNCTION images.near_quarters(hash bigint) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT array_agg(quarter # flipped)
        FROM unnest(images.hash_quarters(hash)) AS quarter
        CROSS JOIN (SELECT 0 AS flipped UNION ALL SELECT 1 << bit FROM generate_series(0, 15) AS bit) AS bits
    $$;

CREATE INDEX images_similar ON images.images USING gin (images.hash_quarters(phash))
    WHERE phash IS NOT NULL AND stored_at IS NOT NULL AND removed_at IS NULL;
-- Images with the same bytes.
CREATE INDEX images_bytes ON images.images USING hash (sha256) WHERE stored_at IS NOT NULL;
-- Images that wait for processing.
CREATE INDEX images_unprocessed ON images.images (stored_at) WHERE state = 'stored' AND removed_at IS NULL;

-- Whether a job that processes the image is queued or running, i.e. still has attempts left. The schema of the queue is
-- created later; the body resolves it at call time.
CREATE FUNCTION images.waits_for_processing(image uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = ''
    AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM graphile_worker.jobs AS job
            WHERE job.key = 'process:' || image::text
                AND (job.attempts < job.max_attempts OR job.locked_at IS NOT NULL));
    END
    $$;
REVOKE ALL ON FUNCTION images.waits_for_processing(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION images.waits_for_processing(uuid) TO infravault_worker;

-- The GPS location of an image, kept only if the owner asked for it and visible to the owner only.
CREATE TABLE images.locations (
    image_id  uuid PRIMARY KEY REFERENCES images.images (id) ON DELETE CASCADE,
    latitude  double precision NOT NULL,
    longitude double precision NOT NULL,
    altitude  real,
    CONSTRAINT locations_on_earth CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)
);

CREATE TYPE images.rendition_format AS ENUM ('avif', 'webp', 'jpeg', 'png');

-- Renditions. The image's id and the SHA-256 name the object.
CREATE TABLE images.renditions (
    image_id  uuid NOT NULL REFERENCES images.images (id) ON DELETE CASCADE,
    variant   bytea NOT NULL,           -- the first 16 bytes of the digest of the recipe
    format    images.rendition_format NOT NULL,
    width     integer NOT NULL,
    height    integer NOT NULL,
    byte_size integer NOT NULL,
    render_count integer NOT NULL DEFAULT 1,
    used_on   date NOT NULL,            -- the day of the last request
    sha256    bytea NOT NULL,
    CONSTRAINT renditions_pkey PRIMARY KEY (image_id, variant),
    CONSTRAINT renditions_sizes CHECK (width > 0 AND height > 0 AND byte_size > 0)
);

-- Leases: one node computes a rendition, the others wait. The table is unlogged because a crash ends all computations.
CREATE UNLOGGED TABLE images.rendition_claims (
    image_id   uuid NOT NULL,
    variant    bytea NOT NULL,
    claim      uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT rendition_claims_pkey PRIMARY KEY (image_id, variant)
);

ALTER TABLE images.locations ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.locations FORCE ROW LEVEL SECURITY;
ALTER TABLE images.renditions ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.renditions FORCE ROW LEVEL SECURITY;
ALTER TABLE images.rendition_claims ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.rendition_claims FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON images.locations, images.renditions, images.rendition_claims
    TO infravault_worker;
GRANT SELECT ON images.locations TO infravault_app;
GRANT SELECT ON images.renditions TO infravault_app, infravault_anon;

CREATE POLICY worker_all ON images.locations TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON images.renditions TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON images.rendition_claims TO infravault_worker USING (true) WITH CHECK (true);
-- Renditions are visible with their image, locations to the owner only.
CREATE POLICY app_seen ON images.renditions FOR SELECT TO infravault_app
    USING (EXISTS (SELECT FROM images.images AS i WHERE i.id = image_id));
CREATE POLICY anon_seen ON images.renditions FOR SELECT TO infravault_anon
    USING (EXISTS (SELECT FROM images.images AS i WHERE i.id = image_id));
CREATE POLICY app_own ON images.locations FOR SELECT TO infravault_app
    USING (EXISTS (SELECT FROM images.images AS i WHERE i.id = image_id AND i.owner_id = (SELECT access.account())));
