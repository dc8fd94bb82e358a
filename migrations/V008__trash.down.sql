-- Without a trash nothing can restore or purge these images, so all of them are restored, visible to their owner only.
UPDATE images.images SET removed_at = NULL, trashed_at = NULL, visibility = 'private' WHERE trashed_at IS NOT NULL;
DROP VIEW images.trashed_images;
DROP INDEX images.images_trash_oldest;
DROP INDEX images.images_trash;
