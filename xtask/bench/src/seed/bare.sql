-- The baseline's table: the same images with what it answers with, and the two indexes that it needs.
CREATE TABLE bare.images AS
SELECT id, owner_id, visibility::text AS visibility, version, title, description, tags, file_name, media_type, byte_size,
    width, height, sha256, created_at, updated_at
FROM images.images;
ALTER TABLE bare.images ADD PRIMARY KEY (id);
CREATE INDEX images_newest ON bare.images (owner_id, created_at DESC, id DESC);
UPDATE images.usage AS u SET used_bytes = i.bytes, image_count = i.count
FROM (SELECT owner_id, sum(byte_size)::bigint AS bytes, count(*) AS count FROM images.images GROUP BY owner_id) AS i
WHERE u.owner_id = i.owner_id;
