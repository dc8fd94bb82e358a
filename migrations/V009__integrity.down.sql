DROP TABLE images.integrity_runs;
DROP INDEX images.renditions_keys;
DROP INDEX images.images_keys;
