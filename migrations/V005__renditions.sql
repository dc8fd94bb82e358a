-- What is learned of an image by decoding it, its renditions, and bytes that several images share.
ALTER TABLE images.images
    ADD COLUMN stored_as     uuid,      -- the image under whose id the bytes lie, where that is another one
    ADD COLUMN failure_code  text CONSTRAINT images_failure_code_known CHECK (failure_code IN (
        'truncated', 'corrupt', 'unsupported', 'too-large', 'too-complex', 'out-of-memory', 'cpu-time-exceeded', 'timed-out',
        'worker-crashed', 'encode-failed', 'dimensions-mismatch', 'original-missing', 'original-damaged')),
    ADD COLUMN has_alpha     boolean,
    ADD COLUMN color        integer,   -- the dominant one, 0xRRGGBB
    ADD COLUMN thumbhash     bytea,
    ADD COLUMN phash         bigint,
    ADD COLUMN camera        jsonb,
    ADD COLUMN keep_location boolean NOT NULL DEFAULT false;

-- The four quarters of a perceptual hash, each a number of its own. Two hashes that differ in at most seven bits have
-- a quarter that differs in at most one.
CREATE FUNCTION images.hash_quarters(hash bigint) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT ARRAY[
            (hash & 65535)::integer,
            ((hash >> 16) & 65535)::integer + 65536,
            ((hash >> 32) & 65535)::integer + 131072,
            ((hash >> 48) & 65535)::integer + 196608]
    $$;

-- Every quarter that differs from one of the hash's in at most one bit: what an image within seven bits has one of.
CREATE FUNCTION images.near_quarters(hash bigint) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT array_agg(quarter # flipped)
        FROM unnest(images.hash_quarters(hash)) AS quarter
        CROSS JOIN (SELECT 0 AS flipped UNION ALL SELECT 1 << bit FROM generate_series(0, 15) AS bit) AS bits
    $$;

CREATE INDEX images_alike ON images.images USING gin (images.hash_quarters(phash))
    WHERE phash IS NOT NULL AND stored_at IS NOT NULL AND removed_at IS NULL;
-- Exact duplicates, and whoever else has the same bytes.
CREATE INDEX images_bytes ON images.images USING hash (sha256) WHERE stored_at IS NOT NULL;
-- What waits for its job.
CREATE INDEX images_unprocessed ON images.images (stored_at) WHERE state = 'stored' AND removed_at IS NULL;

-- Whether somebody is going to look at an image: its job waits or runs. A job whose attempts are used up does neither.
-- The queue lies in a schema of its own, which the body finds when it is called.
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

-- Where an image was taken; kept only where its owner asked for that, shown to nobody else.
CREATE TABLE images.locations (
    image_id  uuid PRIMARY KEY REFERENCES images.images (id) ON DELETE CASCADE,
    latitude  double precision NOT NULL,
    longitude double precision NOT NULL,
    altitude  real,
    CONSTRAINT locations_on_earth CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)
);

CREATE TYPE images.rendition_format AS ENUM ('avif', 'webp', 'jpeg', 'png');

-- An image made of an image. The object is named by the image's id and the SHA-256.
CREATE TABLE images.renditions (
    image_id  uuid NOT NULL REFERENCES images.images (id) ON DELETE CASCADE,
    variant   bytea NOT NULL,           -- which recipe, 16 bytes of its digest
    format    images.rendition_format NOT NULL,
    width     integer NOT NULL,
    height    integer NOT NULL,
    byte_size integer NOT NULL,
    made      integer NOT NULL DEFAULT 1,   -- how often it had to be made
    used_on   date NOT NULL,            -- the last day it was asked for
    sha256    bytea NOT NULL,
    CONSTRAINT renditions_pkey PRIMARY KEY (image_id, variant),
    CONSTRAINT renditions_sizes CHECK (width > 0 AND height > 0 AND byte_size > 0)
);

-- Who is making a rendition now, until when others leave it to them. Losing these rows in a crash loses nothing.
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
-- A rendition is seen by whoever sees its image, a location by the owner alone.
CREATE POLICY app_seen ON images.renditions FOR SELECT TO infravault_app
    USING (EXISTS (SELECT FROM images.images AS i WHERE i.id = image_id));
CREATE POLICY anon_seen ON images.renditions FOR SELECT TO infravault_anon
    USING (EXISTS (SELECT FROM images.images AS i WHERE i.id = image_id));
CREATE POLICY app_own ON images.locations FOR SELECT TO infravault_app
    USING (EXISTS (SELECT FROM images.images AS i WHERE i.id = image_id AND i.owner_id = (SELECT access.account())));

-- The views show what the table has gained.
CREATE OR REPLACE VIEW images.own_images AS
    SELECT * FROM images.images
    WHERE owner_id = (SELECT access.account()) AND stored_at IS NOT NULL AND removed_at IS NULL;
CREATE OR REPLACE VIEW images.public_images AS
    SELECT * FROM images.images
    WHERE visibility = 'public' AND stored_at IS NOT NULL AND removed_at IS NULL;

-- What the asking person may come across: their own images and the public ones, in one scan of an index that knows
-- neither (docs/adr/0010).
CREATE VIEW images.shown_images AS
    SELECT * FROM images.images
    WHERE (owner_id = (SELECT access.account()) OR visibility = 'public')
        AND stored_at IS NOT NULL AND removed_at IS NULL;
GRANT CREATE ON SCHEMA images TO infravault_worker;
ALTER VIEW images.shown_images OWNER TO infravault_worker;
REVOKE CREATE ON SCHEMA images FROM infravault_worker;
GRANT SELECT ON images.shown_images TO infravault_app;
