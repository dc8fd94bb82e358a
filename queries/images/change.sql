--! remove (now, id, owner, any_version, versions)
--- Makes an image invisible and leaves its bytes to the sweeper. No row where it is not the owner's, of another
--- version, or removed already.
UPDATE images.images SET state = 'deleting', version = version + 1, updated_at = :now, removed_at = :now
WHERE id = :id AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
    AND (:any_version OR version = ANY(:versions))
RETURNING byte_size;

--! return_bytes (freed, owner)
--- Takes the bytes of a removed image off its account.
UPDATE images.usage SET used_bytes = used_bytes - :freed, image_count = image_count - 1 WHERE owner_id = :owner;
