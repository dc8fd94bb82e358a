--! find_usage (owner)
--- Finds the usage of an account: stored bytes, bytes reserved for uploads in progress, number of images.
SELECT used_bytes, reserved_bytes, image_count FROM images.usage WHERE owner_id = :owner;
