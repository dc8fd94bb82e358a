--! find_usage (owner)
--- What an account uses: bytes stored, bytes promised to uploads under way, number of images.
SELECT used_bytes, reserved_bytes, image_count FROM images.usage WHERE owner_id = :owner;
