--! list_variants (id)
--- Lists the stored renditions of an image.
SELECT variant FROM images.renditions WHERE image_id = :id;

--! mark_ready (phash?)
--- Stores the description of an image. Keeps its version, because its metadata does not change. Changes nothing if the
--- image was removed or processed meanwhile.
UPDATE images.images SET state = 'ready', has_alpha = :has_alpha, color = :color, thumbhash = :thumbhash,
    phash = :phash, camera = :camera
WHERE id = :id AND state = 'stored' AND removed_at IS NULL;

--! mark_failed (failure_code, id)
--- Records that an image cannot be processed.
UPDATE images.images SET state = 'failed', failure_code = :failure_code
WHERE id = :id AND state = 'stored' AND removed_at IS NULL;

--! insert_location (id, latitude, longitude, altitude?)
--- Stores the location of an image if its owner wants to keep it.
INSERT INTO images.locations (image_id, latitude, longitude, altitude)
SELECT id, :latitude, :longitude, :altitude FROM images.images WHERE id = :id AND keep_location
ON CONFLICT (image_id) DO NOTHING;

--: LocationRow(altitude?)

--! find_location (id) : LocationRow
--- Finds the location of an own image.
SELECT latitude, longitude, altitude FROM images.locations WHERE image_id = :id;
