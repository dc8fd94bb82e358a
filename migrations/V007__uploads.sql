-- Uploads that stay open: announced at once, their bytes sent later, in pieces, perhaps through other nodes. A piece is one
-- object of the store, and its row is written before it, so that no byte lies there that no row knows of.
CREATE TYPE images.upload_kind AS ENUM ('single', 'parts', 'tus', 'tus_partial');
CREATE TYPE images.upload_state AS ENUM ('open', 'finishing', 'finished', 'joined', 'ended');
CREATE TYPE images.piece_state AS ENUM ('promised', 'stored', 'deleting');

CREATE TABLE images.uploads (
    id             uuid PRIMARY KEY,
    owner_id       uuid NOT NULL REFERENCES users.accounts (id),
    kind           images.upload_kind NOT NULL,
    state          images.upload_state NOT NULL DEFAULT 'open',
    declared_bytes bigint NOT NULL,
    received_bytes bigint NOT NULL DEFAULT 0,   -- of tus: the offset, which is also the lock
    reserved_bytes bigint NOT NULL,             -- what of the account's reserved bytes is this upload's
    pieces         integer NOT NULL DEFAULT 0,  -- how many were ever promised
    media_type     text NOT NULL,               -- as declared; it decides nothing
    sha256         bytea,                       -- what the whole must have, where that was said
    file_name      text NOT NULL,
    title          text,
    description    text NOT NULL,
    tags           text[] NOT NULL,
    visibility     images.visibility NOT NULL,
    keep_location  boolean NOT NULL,
    metadata       text NOT NULL,               -- Upload-Metadata and Upload-Concat as the client sent them
    concat         text NOT NULL,
    image_id       uuid,                        -- the image that is being made of it, or was
    attempt        uuid,
    claimed_until  timestamptz,                 -- until when others leave the finishing to whoever does it
    joined_into    uuid,                        -- the upload that took this one's pieces over
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    CONSTRAINT uploads_sizes CHECK (declared_bytes > 0 AND received_bytes BETWEEN 0 AND declared_bytes
        AND reserved_bytes BETWEEN 0 AND declared_bytes),
    CONSTRAINT uploads_image_when_finished CHECK (
        state NOT IN ('finishing', 'finished') OR num_nulls(image_id, attempt) = 0),
    CONSTRAINT uploads_texts CHECK (length(file_name) BETWEEN 1 AND 255 AND length(title) BETWEEN 1 AND 200
        AND length(description) <= 4000 AND cardinality(tags) <= 50)
);
CREATE INDEX uploads_owner ON images.uploads (owner_id) WHERE state IN ('open', 'finishing');
CREATE INDEX uploads_expiry ON images.uploads (expires_at);

CREATE TABLE images.upload_pieces (
    id        uuid PRIMARY KEY,                 -- with stored_under it names the object
    upload_id uuid NOT NULL REFERENCES images.uploads (id),
    owner_id  uuid NOT NULL,
    stored_under uuid NOT NULL,                 -- the upload that it was sent to, which another one may have taken over
    place     bigint NOT NULL,                  -- where it belongs: its number, or its offset
    byte_size bigint NOT NULL,
    sha256    bytea NOT NULL,
    state     images.piece_state NOT NULL DEFAULT 'promised',
    due_at    timestamptz NOT NULL,             -- from then on nobody writes the object any more
    CONSTRAINT upload_pieces_sizes CHECK (byte_size > 0 AND place >= 0)
);
CREATE INDEX upload_pieces_upload ON images.upload_pieces (upload_id, place);
CREATE INDEX upload_pieces_due ON images.upload_pieces (due_at) WHERE state <> 'stored';

ALTER TABLE images.uploads ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.uploads FORCE ROW LEVEL SECURITY;
ALTER TABLE images.upload_pieces ENABLE ROW LEVEL SECURITY;
ALTER TABLE images.upload_pieces FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON images.uploads, images.upload_pieces TO infravault_worker;
GRANT SELECT, INSERT, UPDATE ON images.uploads, images.upload_pieces TO infravault_app;

CREATE POLICY worker_all ON images.uploads TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON images.upload_pieces TO infravault_worker USING (true) WITH CHECK (true);
CREATE POLICY app_own ON images.uploads TO infravault_app
    USING (owner_id = (SELECT access.account())) WITH CHECK (owner_id = (SELECT access.account()));
CREATE POLICY app_own ON images.upload_pieces TO infravault_app
    USING (owner_id = (SELECT access.account())) WITH CHECK (owner_id = (SELECT access.account()));
