-- Upload sessions: announced at once, their bytes sent later, in parts, through any node. A part is one object in the store.
-- Its row is inserted before the object is written, so that every object has a row.
CREATE TYPE images.upload_kind AS ENUM ('single', 'parts', 'tus', 'tus_partial');
CREATE TYPE images.upload_session_state AS ENUM ('open', 'finishing', 'finished', 'joined', 'ended');
CREATE TYPE images.upload_part_state AS ENUM ('reserved', 'stored', 'deleting');

CREATE TABLE images.upload_sessions (
    id             uuid PRIMARY KEY,
    owner_id       uuid NOT NULL REFERENCES users.accounts (id),
    kind           images.upload_kind NOT NULL,
    state          images.upload_session_state NOT NULL DEFAULT 'open',
    declared_bytes bigint NOT NULL,
    received_bytes bigint NOT NULL DEFAULT 0,   -- the offset of a tus upload, which is also its lock
    reserved_bytes bigint NOT NULL,             -- this session's share of the account's reserved bytes
    part_count     integer NOT NULL DEFAULT 0,  -- number of parts ever reserved
    media_type     text NOT NULL,               -- as declared by the client
    sha256         bytea,                       -- announced digest of the whole
    file_name      text NOT NULL,
    title          text,
    description    text NOT NULL,
    tags           text[] NOT NULL,
    visibility     images.visibility NOT NULL,
    keep_location  boolean NOT NULL,
    metadata       text NOT NULL,               -- Upload-Metadata as the client sent it
    concat         text NOT NULL,               -- Upload-Concat as the client sent it
    image_id       uuid,                        -- the image that it becomes or has become
    attempt        uuid,
    claimed_until  timestamptz,                 -- end of the claim of the node that finishes it
    joined_into    uuid,                        -- the session that it was concatenated into
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    CONSTRAINT upload_sessions_sizes CHECK (declared_bytes > 0 AND received_bytes BETWEEN 0 AND declared_bytes
        AND reserved_bytes BETWEEN 0 AND declared_bytes),
    CONSTRAINT upload_sessions_image_when_finished CHECK (
        state NOT IN ('finishing', 'finished') OR num_nulls(image_id, attempt) = 0),
    CONSTRAINT upload_sessions_texts CHECK (length(file_name) BETWEEN 1 AND 255 AND length(title) BETWEEN 1 AND 200
        AND length(description) <= 4000 AND cardinality(tags) <= 50)
);
CREATE INDEX upload_sessions_owner ON images.upload_sessions (owner_id) WHERE state IN ('open', 'finishing');
CREATE INDEX upload_sessions_expiry ON images.upload_sessions (expires_at);

CREATE TABLE images.upload_parts (
    id           uuid PRIMARY KEY,              -- with stored_under, the key of the object
    session_id   uuid NOT NULL REFERENCES images.upload_sessions (id),
    owner_id     uuid NOT NULL,
    stored_under uuid NOT NULL,                 -- the session that received it; a concatenated session has taken it over
    position     bigint NOT NULL,               -- its number, or its offset with tus
    byte_size    bigint NOT NULL,
    sha256       bytea NOT NULL,
    state        images.upload_part_state NOT NULL DEFAULT 'reserved',
    due_at       timestamptz NOT NULL,          -- the object is not written after this time
    CONSTRAINT upload_parts_sizes CHECK (byte_size > 0 AND position >= 0)
);
CREATE INDEX upload_parts_session ON images.upload_parts (session_id, position);
CREATE INDEX upload_parts_due ON images.upload_parts (due_at) WHERE state <> 'stored';

ALTER TABLE images.upload_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.upload_sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE images.upload_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.upload_parts FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON images.upload_sessions, images.upload_parts TO infravault_worker;
GRANT SELECT, INSERT, UPDATE ON images.upload_sessions, images.upload_parts TO infravault_app;

CREATE POLICY worker_all ON images.upload_sessions TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON images.upload_parts TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY app_own ON images.upload_sessions TO infravault_app
    USING (owner_id = (SELECT access.account())) WITH CHECK (owner_id = (SELECT access.account()));
CREATE POLICY app_own ON images.upload_parts TO infravault_app
    USING (owner_id = (SELECT access.account())) WITH CHECK (owner_id = (SELECT access.account()));
