--! find : (media_type?, byte_size?, width?, height?, orientation?, frames?, sha256?, stored_at?, removed_at?)
--- The image with this id, if the asking role may see it.
SELECT id, owner_id, attempt, state, visibility, version, title, description, tags, file_name, media_type, byte_size,
    width, height, orientation, frames, sha256, created_at, updated_at, stored_at, removed_at
FROM images.images
WHERE id = :id;

--! touch
--- Moves nothing.
UPDATE images.images SET updated_at = now() WHERE id = :id AND owner_id = :owner;
