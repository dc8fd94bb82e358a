-- Images, their search documents and list views, storage usage per account, and idempotency keys.
CREATE TYPE images.visibility AS ENUM ('private', 'unlisted', 'public');
CREATE TYPE images.state AS ENUM ('pending', 'stored', 'ready', 'failed', 'deleting', 'deleted');

-- Normalizes text for searching: lower case, without accents. Declared immutable so that indexes can use it, which
-- holds as long as the unaccent dictionary is not edited.
CREATE FUNCTION images.fold(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, words)) $$;

-- The text that typo-tolerant search compares by trigrams.
CREATE FUNCTION images.searched_text(title text, tags text[], file_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT images.fold(title || ' ' || array_to_string(tags, ' ') || ' ' || file_name) $$;

-- The document of full-text search, weighted title > tags > description > file name. Contains every word as written
-- (`simple`) and its English stem. The stop word before each stemmed text leaves a gap in the positions, so that a phrase
-- query cannot match across two texts.
CREATE FUNCTION images.searched_words(title text, tags text[], description text, file_name text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT setweight(to_tsvector('pg_catalog.simple', images.fold(title)), 'A')
            || setweight(to_tsvector('pg_catalog.english', 'the ' || images.fold(title)), 'A')
            || setweight(to_tsvector('pg_catalog.simple', images.fold(array_to_string(tags, ' '))), 'B')
            || setweight(to_tsvector('pg_catalog.simple', images.fold(description)), 'C')
            || setweight(to_tsvector('pg_catalog.english', 'the ' || images.fold(description)), 'C')
            || setweight(to_tsvector('pg_catalog.simple',
                images.fold(regexp_replace(file_name, '[^[:alnum:]]+', ' ', 'g'))), 'D')
    $$;

-- Converts user input to a query over searched_words. Matches every word as written or by its English stem. Unless the
-- input contains operators (quotes, a minus, `or`) or ends after a complete word, the last word also matches as a prefix.
CREATE FUNCTION images.search_query(words text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$
        SELECT CASE
            WHEN written_as !~ '[^[:space:][:punct:]]$' OR written_as ~ '(^|[[:space:]])(-|or[[:space:]])|"' THEN
                written || stems
            ELSE written || stems || begun
            END
        FROM (SELECT images.fold(words) AS written_as) AS folded
        CROSS JOIN LATERAL (
            SELECT websearch_to_tsquery('pg_catalog.simple', written_as) AS written,
                websearch_to_tsquery('pg_catalog.english', written_as) AS stems,
                plainto_tsquery('pg_catalog.simple', regexp_replace(written_as, '[^[:space:][:punct:]]+$', ''))
                    && to_tsquery('pg_catalog.simple',
                        '''' || translate(substring(written_as FROM '[^[:space:][:punct:]]+$'), '''\', '  ') || ''':*')
                    AS begun
        ) AS queries
    $$;

CREATE TABLE images.images (
    id             uuid PRIMARY KEY,
    owner_id       uuid NOT NULL REFERENCES users.accounts (id),
    attempt        uuid NOT NULL,          -- the unique part of the object's key
    state          images.state NOT NULL DEFAULT 'pending',
    visibility     images.visibility NOT NULL DEFAULT 'private',
    version        integer NOT NULL DEFAULT 1,
    title          text NOT NULL,
    description    text NOT NULL DEFAULT '',
    tags           text[] NOT NULL DEFAULT '{}',
    file_name      text NOT NULL,
    media_type     text,
    byte_size      bigint,
    width          integer,                -- after applying the EXIF orientation
    height         integer,
    orientation    smallint,
    frames         integer,
    sha256         bytea,
    reserved_bytes bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    stored_at      timestamptz,
    removed_at     timestamptz,            -- hidden since: in the trash, or being deleted
    trashed_at     timestamptz,            -- in the trash since
    -- What decoding finds out.
    stored_as      uuid,                   -- the image whose id names the object, if the bytes are shared
    failure_code   text,
    has_alpha      boolean,
    color          integer,                -- the dominant color, 0xRRGGBB
    thumbhash      bytea,
    phash          bigint,
    camera         jsonb,
    keep_location  boolean NOT NULL DEFAULT false,
    searched       tsvector GENERATED ALWAYS AS (images.searched_words(title, tags, description, file_name)) STORED,
    CONSTRAINT images_title_length CHECK (length(title) BETWEEN 1 AND 200),
    CONSTRAINT images_description_length CHECK (length(description) <= 4000),
    CONSTRAINT images_file_name_length CHECK (length(file_name) BETWEEN 1 AND 255),
    CONSTRAINT images_tags_count CHECK (cardinality(tags) <= 50),
    CONSTRAINT images_media_type_known CHECK (media_type IN ('image/jpeg', 'image/png', 'image/gif', 'image/webp')),
    CONSTRAINT images_facts_when_stored CHECK (
        stored_at IS NULL OR num_nulls(media_type, byte_size, width, height, orientation, frames, sha256) = 0),
    CONSTRAINT images_trashed_whole CHECK (
        trashed_at IS NULL
        OR (stored_at IS NOT NULL AND removed_at IS NOT NULL AND state IN ('stored', 'ready', 'failed'))),
    CONSTRAINT images_failure_code_known CHECK (failure_code IN (
        'truncated', 'corrupt', 'unsupported', 'too-large', 'too-complex', 'out-of-memory', 'cpu-time-exceeded',
        'timed-out', 'worker-crashed', 'encode-failed', 'dimensions-mismatch', 'original-missing', 'original-damaged'))
);

-- Indexes of live images: the bytes are stored and the image is not removed. Every list is a keyset page over one of them;
-- the facet indexes serve filters with few matches.
CREATE INDEX images_own_newest ON images.images (owner_id, created_at DESC, id DESC)
    WHERE stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_own_title ON images.images (owner_id, lower(title), id)
    WHERE stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_own_size ON images.images (owner_id, byte_size, id)
    WHERE stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_own_searched ON images.images USING gin (owner_id, searched)
    WHERE stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_own_similar_words ON images.images
    USING gin (owner_id, images.searched_text(title, tags, file_name) public.gin_trgm_ops)
    WHERE stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_own_facets ON images.images USING gin (owner_id, tags, media_type, visibility)
    WHERE stored_at IS NOT NULL AND removed_at IS NULL;

CREATE INDEX images_public_newest ON images.images (created_at DESC, id DESC)
    WHERE visibility = 'public' AND stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_public_title ON images.images (lower(title), id)
    WHERE visibility = 'public' AND stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_public_size ON images.images (byte_size, id)
    WHERE visibility = 'public' AND stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_public_searched ON images.images USING gin (searched)
    WHERE visibility = 'public' AND stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_public_similar_words ON images.images
    USING gin (images.searched_text(title, tags, file_name) public.gin_trgm_ops)
    WHERE visibility = 'public' AND stored_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_public_facets ON images.images USING gin (tags, media_type)
    WHERE visibility = 'public' AND stored_at IS NOT NULL AND removed_at IS NULL;

-- For the sweeper.
CREATE INDEX images_unfinished ON images.images (state, updated_at) WHERE state IN ('pending', 'deleting', 'deleted');

-- Bytes per account: stored, and reserved for uploads in progress.
CREATE TABLE images.usage (
    owner_id       uuid PRIMARY KEY REFERENCES users.accounts (id) ON DELETE CASCADE,
    used_bytes     bigint NOT NULL DEFAULT 0,
    reserved_bytes bigint NOT NULL DEFAULT 0,
    image_count    bigint NOT NULL DEFAULT 0,
    CONSTRAINT usage_not_negative CHECK (used_bytes >= 0 AND reserved_bytes >= 0 AND image_count >= 0)
);

-- One row per Idempotency-Key of an upload, created with the row of the image. In progress while finished_at is null.
CREATE TABLE images.idempotency_keys (
    owner_id    uuid NOT NULL REFERENCES users.accounts (id) ON DELETE CASCADE,
    key         text NOT NULL,
    image_id    uuid NOT NULL,
    fingerprint bytea,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (owner_id, key),
    CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 255)
);
CREATE INDEX idempotency_keys_age ON images.idempotency_keys (started_at);
CREATE INDEX idempotency_keys_image ON images.idempotency_keys (image_id);

ALTER TABLE images.images ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.images FORCE ROW LEVEL SECURITY;
ALTER TABLE images.usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.usage FORCE ROW LEVEL SECURITY;
ALTER TABLE images.idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.idempotency_keys FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA images TO infravault_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON images.images, images.idempotency_keys TO infravault_app;
GRANT SELECT, INSERT, UPDATE ON images.usage TO infravault_app;
GRANT SELECT ON images.images TO infravault_anon;

CREATE POLICY worker_all ON images.images TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON images.usage TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON images.idempotency_keys TO infravault_worker USING (true) WITH CHECK (true);

CREATE POLICY app_own ON images.images TO infravault_app
    USING (owner_id = (SELECT access.account())) WITH CHECK (owner_id = (SELECT access.account()));
CREATE POLICY app_shown ON images.images FOR SELECT TO infravault_app
    USING (visibility <> 'private' AND stored_at IS NOT NULL AND removed_at IS NULL);
CREATE POLICY anon_shown ON images.images FOR SELECT TO infravault_anon
    USING (visibility <> 'private' AND stored_at IS NOT NULL AND removed_at IS NULL);
CREATE POLICY app_own ON images.usage TO infravault_app
    USING (owner_id = (SELECT access.account())) WITH CHECK (owner_id = (SELECT access.account()));
CREATE POLICY app_own ON images.idempotency_keys TO infravault_app
    USING (owner_id = (SELECT access.account())) WITH CHECK (owner_id = (SELECT access.account()));

-- The columns that the application reads: all but `searched`. Queries select * from here. Policies of the caller apply.
CREATE VIEW images.image_rows WITH (security_invoker = true) AS
    SELECT id, owner_id, attempt, state, visibility, version, title, description, tags, file_name, media_type, byte_size,
        width, height, orientation, frames, sha256, reserved_bytes, created_at, updated_at, stored_at, removed_at,
        trashed_at, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location
    FROM images.images;
GRANT SELECT, UPDATE ON images.image_rows TO infravault_app, infravault_worker;
GRANT SELECT ON images.image_rows TO infravault_anon;

-- Lists and searches read these views. They apply the rule of the policies as an ordinary condition: under a policy,
-- PostgreSQL does not use an index for `@@`, `@>`, `LIKE` or lower(), because these operators are not leak-proof, and a
-- search would read every row of the owner (docs/adr/0010).
CREATE VIEW images.own_images AS
    SELECT * FROM images.images
    WHERE owner_id = (SELECT access.account()) AND stored_at IS NOT NULL AND removed_at IS NULL;
CREATE VIEW images.public_images AS
    SELECT * FROM images.images
    WHERE visibility = 'public' AND stored_at IS NOT NULL AND removed_at IS NULL;
-- Own and public images in one scan, for an index that contains neither the owner nor the visibility.
CREATE VIEW images.shown_images AS
    SELECT * FROM images.images
    WHERE (owner_id = (SELECT access.account()) OR visibility = 'public')
        AND stored_at IS NOT NULL AND removed_at IS NULL;
GRANT CREATE ON SCHEMA images TO infravault_worker;
ALTER VIEW images.own_images OWNER TO infravault_worker;
ALTER VIEW images.public_images OWNER TO infravault_worker;
ALTER VIEW images.shown_images OWNER TO infravault_worker;
REVOKE CREATE ON SCHEMA images FROM infravault_worker;
GRANT SELECT ON images.own_images, images.shown_images TO infravault_app;
GRANT SELECT ON images.public_images TO infravault_app, infravault_anon;

-- The rows of own_images and public_images that pass a filter; a null argument does not filter. PostgreSQL inlines these
-- functions (one SELECT, STABLE, no SET), so that every index fits as if the conditions were written in the query.
CREATE FUNCTION images.list_own(by_words text DEFAULT NULL, by_visibility images.visibility DEFAULT NULL,
        by_tag text DEFAULT NULL, by_type text DEFAULT NULL, by_start timestamptz DEFAULT NULL,
        by_end timestamptz DEFAULT NULL)
    RETURNS SETOF images.image_rows LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT id, owner_id, attempt, state, visibility, version, title, description, tags, file_name, media_type, byte_size,
            width, height, orientation, frames, sha256, reserved_bytes, created_at, updated_at, stored_at, removed_at,
            trashed_at, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location
        FROM images.own_images
        WHERE (by_words IS NULL OR searched @@ images.search_query(by_words))
            AND (by_visibility IS NULL OR visibility = by_visibility)
            AND (by_tag IS NULL OR tags @> ARRAY[by_tag])
            AND (by_type IS NULL OR media_type = by_type)
            AND (by_start IS NULL OR created_at > by_start)
            AND (by_end IS NULL OR created_at < by_end)
    $$;
CREATE FUNCTION images.list_public(by_words text DEFAULT NULL, by_visibility images.visibility DEFAULT NULL,
        by_tag text DEFAULT NULL, by_type text DEFAULT NULL, by_start timestamptz DEFAULT NULL,
        by_end timestamptz DEFAULT NULL)
    RETURNS SETOF images.image_rows LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT id, owner_id, attempt, state, visibility, version, title, description, tags, file_name, media_type, byte_size,
            width, height, orientation, frames, sha256, reserved_bytes, created_at, updated_at, stored_at, removed_at,
            trashed_at, stored_as, failure_code, has_alpha, color, thumbhash, phash, camera, keep_location
        FROM images.public_images
        WHERE (by_words IS NULL OR searched @@ images.search_query(by_words))
            AND (by_visibility IS NULL OR visibility = by_visibility)
            AND (by_tag IS NULL OR tags @> ARRAY[by_tag])
            AND (by_type IS NULL OR media_type = by_type)
            AND (by_start IS NULL OR created_at > by_start)
            AND (by_end IS NULL OR created_at < by_end)
    $$;
