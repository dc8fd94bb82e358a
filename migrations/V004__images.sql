-- Images with what is searched and listed of them, the bytes each account uses, and idempotency keys.
CREATE TYPE images.visibility AS ENUM ('private', 'unlisted', 'public');
CREATE TYPE images.state AS ENUM ('pending', 'stored', 'ready', 'failed', 'trashed', 'deleting', 'deleted');

-- Text as it is searched: lower case, without accents. Declared immutable so that indexes can use it, which
-- holds as long as nobody edits the unaccent dictionary.
CREATE FUNCTION images.fold(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, words)) $$;

-- What typo-tolerant search looks at.
CREATE FUNCTION images.searched_text(title text, tags text[], file_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT images.fold(title || ' ' || array_to_string(tags, ' ') || ' ' || file_name) $$;

-- What full-text search looks at: title over tags over description over file name. Words as they are written
-- (`simple`), and English ones also by their stem; the stop word before them leaves a gap, so that no phrase reaches from
-- one rendering into the next.
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

-- What people type, as a query over searched_words. With operators (quotes, a minus, `or`) or after the end of a word:
-- every word as it is written, or by its English stem. Otherwise the last word may also be the beginning of one.
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
    attempt        uuid NOT NULL,          -- names the object in the store, once
    state          images.state NOT NULL DEFAULT 'pending',
    visibility     images.visibility NOT NULL DEFAULT 'private',
    version        integer NOT NULL DEFAULT 1,
    title          text NOT NULL,
    description    text NOT NULL DEFAULT '',
    tags           text[] NOT NULL DEFAULT '{}',
    file_name      text NOT NULL,
    media_type     text,
    byte_size      bigint,
    width          integer,                -- upright, orientation applied
    height         integer,
    orientation    smallint,
    frames         integer,
    sha256         bytea,
    reserved_bytes bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    stored_at      timestamptz,
    removed_at     timestamptz,
    searched       tsvector GENERATED ALWAYS AS (images.searched_words(title, tags, description, file_name)) STORED,
    CONSTRAINT images_title_length CHECK (length(title) BETWEEN 1 AND 200),
    CONSTRAINT images_description_length CHECK (length(description) <= 4000),
    CONSTRAINT images_file_name_length CHECK (length(file_name) BETWEEN 1 AND 255),
    CONSTRAINT images_tags_count CHECK (cardinality(tags) <= 50),
    CONSTRAINT images_media_type_known CHECK (media_type IN ('image/jpeg', 'image/png', 'image/gif', 'image/webp')),
    CONSTRAINT images_facts_when_stored CHECK (
        stored_at IS NULL OR num_nulls(media_type, byte_size, width, height, orientation, frames, sha256) = 0)
);

-- Live: its bytes are stored and it has not been removed. Every list is a keyset over one of these; the facets find
-- what a filter leaves only little of.
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

-- What the sweeper looks for.
CREATE INDEX images_unfinished ON images.images (state, updated_at) WHERE state IN ('pending', 'deleting', 'deleted');

-- Bytes per account: stored, and promised to uploads under way.
CREATE TABLE images.usage (
    owner_id       uuid PRIMARY KEY REFERENCES users.accounts (id) ON DELETE CASCADE,
    used_bytes     bigint NOT NULL DEFAULT 0,
    reserved_bytes bigint NOT NULL DEFAULT 0,
    image_count    bigint NOT NULL DEFAULT 0,
    CONSTRAINT usage_not_negative CHECK (used_bytes >= 0 AND reserved_bytes >= 0 AND image_count >= 0)
);

-- One row per Idempotency-Key of an upload: under way while finished_at is null. It is made with the image row
-- and lives a day.
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

-- Lists and searches go through these two views. They carry the same rule as the policies, but as an ordinary
-- condition: under a policy PostgreSQL may not use an index for `@@`, `@>`, `LIKE` or lower(), because those
-- operators are not leak-proof, and a search would read every row of the owner (docs/adr/0010).
CREATE VIEW images.own_images AS
    SELECT * FROM images.images
    WHERE owner_id = (SELECT access.account()) AND stored_at IS NOT NULL AND removed_at IS NULL;
CREATE VIEW images.public_images AS
    SELECT * FROM images.images
    WHERE visibility = 'public' AND stored_at IS NOT NULL AND removed_at IS NULL;
GRANT CREATE ON SCHEMA images TO infravault_worker;
ALTER VIEW images.own_images OWNER TO infravault_worker;
ALTER VIEW images.public_images OWNER TO infravault_worker;
REVOKE CREATE ON SCHEMA images FROM infravault_worker;
GRANT SELECT ON images.own_images TO infravault_app;
GRANT SELECT ON images.public_images TO infravault_app, infravault_anon;
