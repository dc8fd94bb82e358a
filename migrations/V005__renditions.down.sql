DROP VIEW images.shown_images;
DROP VIEW images.public_images;
DROP VIEW images.own_images;
DROP TABLE images.rendition_claims;
DROP TABLE images.renditions;
DROP TYPE images.rendition_format;
DROP TABLE images.locations;
DROP FUNCTION images.waits_for_processing(uuid);
DROP INDEX images.images_unprocessed;
DROP INDEX images.images_bytes;
DROP INDEX images.images_alike;
DROP FUNCTION images.near_quarters(bigint);
DROP FUNCTION images.hash_quarters(bigint);
ALTER TABLE images.images
    DROP COLUMN keep_location,
    DROP COLUMN camera,
    DROP COLUMN phash,
    DROP COLUMN thumbhash,
    DROP COLUMN color,
    DROP COLUMN has_alpha,
    DROP COLUMN failure_code,
    DROP COLUMN stored_as;
-- As V004 made them.
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
