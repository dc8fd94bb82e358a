-- The trash. An image in it keeps its state, its bytes and its place in the quota; it is out of sight because it has
-- `removed_at`, on which every list, index and policy already turns (docs/adr/0019). `trashed_at` says that it can come
-- back, and since when it waits.
ALTER TABLE images.images ADD COLUMN trashed_at timestamptz;
ALTER TABLE images.images ADD CONSTRAINT images_trashed_whole CHECK (
    trashed_at IS NULL
    OR (stored_at IS NOT NULL AND removed_at IS NOT NULL AND state IN ('stored', 'ready', 'failed'))) NOT VALID;

-- What lies in an account's trash, newest first, and how much that is.
CREATE INDEX images_trash ON images.images (owner_id, trashed_at DESC, id DESC) INCLUDE (byte_size)
    WHERE trashed_at IS NOT NULL;
-- What has lain there for long.
CREATE INDEX images_trash_oldest ON images.images (trashed_at) WHERE trashed_at IS NOT NULL;

-- The own trash. The other three views have not changed: what is in the trash was never in them.
CREATE VIEW images.trashed_images AS
    SELECT * FROM images.images
    WHERE owner_id = (SELECT access.account()) AND trashed_at IS NOT NULL;
GRANT CREATE ON SCHEMA images TO infravault_worker;
ALTER VIEW images.trashed_images OWNER TO infravault_worker;
REVOKE CREATE ON SCHEMA images FROM infravault_worker;
GRANT SELECT ON images.trashed_images TO infravault_app;
