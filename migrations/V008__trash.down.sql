-- Without a trash nothing would ever come back from it or leave it, so all of it comes back, seen by its owner only.
UPDATE images.images SET removed_at = NULL, trashed_at = NULL, visibility = 'private' WHERE trashed_at IS NOT NULL;
DROP VIEW images.trashed_images;
DROP INDEX images.images_trash_oldest;
DROP INDEX images.images_trash;
ALTER TABLE images.images
    DROP CONSTRAINT images_trashed_whole,
    DROP COLUMN trashed_at;
