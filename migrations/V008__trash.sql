-- The trash. An image in the trash keeps its state, its bytes and its share of the quota. It is hidden because it has
-- `removed_at`, which every list, index and policy excludes (docs/adr/0019). `trashed_at` marks that it can be restored.

-- The trash of an account, newest first, with its size.
CREATE INDEX images_trash ON images.images (owner_id, trashed_at DESC, id DESC) INCLUDE (byte_size)
    WHERE trashed_at IS NOT NULL;
-- For the end of the retention.
CREATE INDEX images_trash_oldest ON images.images (trashed_at) WHERE trashed_at IS NOT NULL;

CREATE VIEW images.trashed_images AS
    SELECT * FROM images.images
    WHERE owner_id = (SELECT access.account()) AND trashed_at IS NOT NULL;
GRANT CREATE ON SCHEMA images TO infravault_worker;
ALTER VIEW images.trashed_images OWNER TO infravault_worker;
REVOKE CREATE ON SCHEMA images FROM infravault_worker;
GRANT SELECT ON images.trashed_images TO infravault_app;
