--! list_variants (id)
--- Which renditions of an image are there.
SELECT variant FROM images.renditions WHERE image_id = :id;

--! finish_processing (phash?)
--- What was learned of an image. Its version stays: nobody changed what is said about it. Changes nothing where the image
--- was removed or finished before.
UPDATE images.images SET state = 'ready', has_alpha = :has_alpha, color = :color, thumbhash = :thumbhash,
    phash = :phash, camera = :camera
WHERE id = :id AND state = 'stored' AND removed_at IS NULL;

--! fail_processing (failure_code, id)
--- Records that an image cannot be processed.
UPDATE images.images SET state = 'failed', failure_code = :failure_code
WHERE id = :id AND state = 'stored' AND removed_at IS NULL;

--! keep_location (id, latitude, longitude, altitude?)
--- Where an image was taken, if its owner wants that kept.
INSERT INTO images.locations (image_id, latitude, longitude, altitude)
SELECT id, :latitude, :longitude, :altitude FROM images.images WHERE id = :id AND keep_location
ON CONFLICT (image_id) DO NOTHING;

--: LocationRow(altitude?)

--! find_location (id) : LocationRow
--- Where an own image was taken, if that was kept.
SELECT latitude, longitude, altitude FROM images.locations WHERE image_id = :id;
